package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The manifests of a chart, hooks included, as a cluster would get them. Immutable. */
public final class RenderedChart {
  private static final String SOURCE = "# Source: ";

  private final List<RenderedManifest> manifests;

  private RenderedChart(List<RenderedManifest> manifests) {
    this.manifests = List.copyOf(manifests);
  }

  /**
   * Reads manifests as {@link HelmClient#render} gives them, or any other stream of YAML documents.
   *
   * @param text the documents
   * @return the objects in them; empty documents are left out, the items of a List stand for
   *     themselves
   * @throws ai.kubernaut.airgap.yaml.InvalidYamlException when a document is no YAML mapping
   */
  public static RenderedChart parse(String text) {
    List<RenderedManifest> manifests = new ArrayList<>();
    String template = "";
    StringBuilder document = new StringBuilder();
    for (String line : (text + "\n---\n").lines().toList()) {
      if (line.equals("---") || line.startsWith("--- ")) {
        add(manifests, template, document.toString());
        document.setLength(0);
      } else {
        // The lines of earlier documents are dropped, so positions in messages count from the
        // document's beginning. Helm names the template once for all its documents.
        if (line.startsWith(SOURCE)) {
          template = line.substring(SOURCE.length()).trim();
        }
        document.append(line).append('\n');
      }
    }
    return new RenderedChart(manifests);
  }

  private static void add(List<RenderedManifest> manifests, String template, String document) {
    if (document.isBlank()) {
      return;
    }
    String name =
        template.isEmpty() ? "manifest " + (manifests.size() + 1) : "what " + template + " renders";
    // Helm accepts duplicate keys, and so does Kubernaut v1.5.7 contain one.
    Map<?, ?> mapping = Yaml.readMapping(name, document, Yaml.DuplicateKeys.LAST_WINS);
    if (mapping.isEmpty()) {
      return;
    }
    addObjects(manifests, template, Fields.of(mapping));
  }

  /** Adds an object; a list of any kind, {@code List} or {@code PodList}, stands for its items. */
  private static void addObjects(List<RenderedManifest> manifests, String template, Fields fields) {
    ObjectList.of(fields)
        .ifPresentOrElse(
            list -> list.items().forEach(item -> addObjects(manifests, template, item)),
            () -> manifests.add(RenderedManifest.of(template, KubernetesObject.of(fields))));
  }

  /**
   * The manifests of a chart, with what the chart says of itself as one more object of the kind
   * {@code Chart}: its annotations may name images ({@code images}, {@code artifacthub.io/images}).
   *
   * @param helm renders
   * @param chart the chart and its values
   * @param release the names that the templates see
   * @return the manifests
   * @throws HelmException when the chart is not there or is none, its schema or its templates
   *     refuse the values
   */
  public static RenderedChart of(HelmClient helm, Chart chart, ReleaseName release) {
    List<RenderedManifest> manifests =
        new ArrayList<>(parse(helm.render(chart, release)).manifests());
    manifests.add(metadata(helm, chart));
    return new RenderedChart(manifests);
  }

  /** The content of {@code Chart.yaml}. */
  static Fields chartYaml(HelmClient helm, Chart chart) {
    return Fields.of(
        Yaml.readMapping(
            "Chart.yaml of " + chart.location(),
            helm.metadata(chart),
            Yaml.DuplicateKeys.LAST_WINS));
  }

  /** What a chart says of itself, as an object. */
  static RenderedManifest metadata(HelmClient helm, Chart chart) {
    Fields about = chartYaml(helm, chart);
    return RenderedManifest.of(
        "Chart.yaml",
        KubernetesObject.of(
            Fields.of(Map.of())
                .with("Chart", "kind")
                .with(about.text("name").orElse(""), "metadata", "name")
                .with(about.strings("annotations"), "metadata", "annotations")));
  }

  /** {@return the objects in the order of the documents} */
  public List<RenderedManifest> manifests() {
    return manifests;
  }

  /**
   * Returns the images that the pods of the objects need.
   *
   * @return each image once, sorted by reference, with all its reasons
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when the image of a pod is not a
   *     valid reference
   */
  public List<ImageUse> images() {
    return images(List.of(ImageFinder.containers()));
  }

  /**
   * The images that some finders find.
   *
   * @param finders what to look for
   * @return each image once, sorted by reference, with all its reasons
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when a finder finds what is no
   *     legal reference; the message names the place
   */
  public List<ImageUse> images(List<ImageFinder> finders) {
    return FoundImages.in(manifests, finders).uses();
  }

  /**
   * The namespaces in which pods of this chart may run: those it creates, and those its objects
   * name.
   *
   * @param release where objects live that name no namespace
   * @return sorted, the release's own included
   */
  public List<String> namespaces(ReleaseName release) {
    TreeSet<String> namespaces = new TreeSet<>();
    namespaces.add(release.namespace());
    for (RenderedManifest manifest : manifests) {
      KubernetesObject object = manifest.object();
      if (object.kind().equals("Namespace")) {
        namespaces.add(object.name());
      } else if (!FoundImages.in(List.of(manifest), List.of(ImageFinder.containers())).isEmpty()) {
        object.namespace().ifPresent(namespaces::add);
      }
    }
    return List.copyOf(namespaces);
  }

  /** How many objects there are. */
  @Override
  public String toString() {
    return manifests.size() + " manifests";
  }
}
