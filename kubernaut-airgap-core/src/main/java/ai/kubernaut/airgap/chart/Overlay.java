package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values that turn a chart's image references to the mirror: what the guide, step 4b, has
 * people write into {@code values-airgap.yaml} by hand. It is made from the values that the chart
 * has, so no key is set that a chart's schema might refuse. Immutable.
 */
public final class Overlay {
  /** Stands for the last part of a name, which the chart puts there. */
  private static final String SERVICE = "service";

  private final Fields values;

  private Overlay(Fields values) {
    this.values = values;
  }

  /**
   * Makes the overlay for a chart's values.
   *
   * <p>Where the chart builds references from {@code global.image.registry}, {@code .namespace} and
   * {@code .separator}, those are set. Every value that is a whole reference to one of the images
   * gets the reference to the mirror, and so do references in parts, {@code repository} with {@code
   * registry} and {@code tag} beside it. Lists are replaced as a whole, since Helm does not merge
   * them.
   *
   * @param chart the merged values of the chart
   * @param target the mirror
   * @param references for each image of the chart the reference by which it is pulled from the
   *     mirror
   * @param pullSecrets names of the pull secrets that pods need, for {@code
   *     global.imagePullSecrets}; may be empty
   * @return the overlay; whether it reaches every image is for the rendered chart to show
   */
  public static Overlay of(
      ChartValues chart,
      Target target,
      Map<ImageRef, ImageRef> references,
      Set<String> pullSecrets) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    if (replaced("", chart.fields().content(), references) instanceof Map<?, ?> whole) {
      ChartValues.merge(values, whole);
    }
    Map<String, Object> global = new LinkedHashMap<>();
    if (chart.fields().value("global", "image", "registry").isPresent()) {
      global.put("image", builtReferences(chart.fields().fields("global", "image"), target));
    }
    if (!pullSecrets.isEmpty() && chart.fields().value("global", "imagePullSecrets").isPresent()) {
      List<Map<String, String>> names = new ArrayList<>();
      pullSecrets.forEach(name -> names.add(Map.of("name", name)));
      global.put("imagePullSecrets", names);
    }
    if (!global.isEmpty()) {
      ChartValues.merge(values, Map.of("global", global));
    }
    return new Overlay(Fields.of(values));
  }

  /**
   * How the chart has to join its references so that they become the names that the target's rule
   * gives.
   */
  private static Map<String, Object> builtReferences(Fields image, Target target) {
    String registry = image.text("registry").orElse("");
    String namespace = image.text("namespace").orElse("");
    int slash = registry.indexOf('/');
    String path =
        slash < 0
            ? namespace
            : registry.substring(slash + 1) + (namespace.isEmpty() ? "" : "/" + namespace);
    Map<String, Object> built = new LinkedHashMap<>();
    built.put("registry", target.address());
    // A dash that joins the source's own name is part of that name, and stays.
    String joint = image.text("separator").filter(own -> !namespace.isEmpty()).orElse("/");
    String separator = joint;
    if (!path.isEmpty()) {
      String joined = target.join(path + joint + SERVICE);
      String before = joined.substring(0, joined.length() - SERVICE.length());
      separator = before.substring(before.length() - joint.length());
      built.put("namespace", before.substring(0, before.length() - joint.length()));
    } else if (joint.equals("/")) {
      separator = target.separator().value();
    }
    if (image.value("separator").isPresent() || !separator.equals("/")) {
      built.put("separator", separator);
    }
    return built;
  }

  /** The part of a tree that changes when references are replaced; null when nothing does. */
  private static @Nullable Object replaced(
      String name, @Nullable Object value, Map<ImageRef, ImageRef> references) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> changed = new LinkedHashMap<>(inParts(Fields.of(map), references));
      map.forEach(
          (key, child) -> {
            Object changedChild = replaced(key.toString(), child, references);
            if (changedChild != null) {
              changed.put(key.toString(), changedChild);
            }
          });
      return changed.isEmpty() ? null : changed;
    }
    if (value instanceof List<?> list) {
      return replacedList(name, list, references);
    }
    return value instanceof String text
        ? reference(name, text).map(references::get).map(ImageRef::toString).orElse(null)
        : null;
  }

  /**
   * The usual other way to name an image in values: {@code repository}, often with {@code tag} and
   * sometimes with {@code registry}, side by side. The tag is the same in the mirror.
   */
  private static Map<String, String> inParts(Fields map, Map<ImageRef, ImageRef> references) {
    String registry =
        map.text("registry").filter(text -> !text.isEmpty()).map(text -> text + "/").orElse("");
    Optional<ImageRef> named =
        map.text("repository").flatMap(repository -> legal(registry + repository));
    for (Map.Entry<ImageRef, ImageRef> reference : references.entrySet()) {
      if (named.isPresent()
          && named.get().tag().isEmpty()
          && named.get().repository().equals(reference.getKey().repository())) {
        Repository mirrored = reference.getValue().repository();
        return map.value("registry").isPresent()
            ? Map.of("registry", mirrored.registry(), "repository", mirrored.name())
            : Map.of("repository", mirrored.toString());
      }
    }
    return Map.of();
  }

  private static @Nullable Object replacedList(
      String name, List<?> list, Map<ImageRef, ImageRef> references) {
    boolean changed = false;
    List<@Nullable Object> copy = new ArrayList<>();
    for (Object element : list) {
      Object changedElement = replaced(name, element, references);
      changed |= changedElement != null;
      if (changedElement instanceof Map<?, ?> changedMap && element instanceof Map<?, ?> map) {
        Map<Object, @Nullable Object> whole = new LinkedHashMap<>(map);
        whole.putAll(changedMap);
        copy.add(whole);
      } else {
        copy.add(changedElement != null ? changedElement : element);
      }
    }
    return changed ? copy : null;
  }

  /** A word like {@code postgres} is a user's name as well, unless its key speaks of an image. */
  private static Optional<ImageRef> reference(String name, String text) {
    boolean word = text.indexOf('/') < 0 && text.indexOf(':') < 0 && text.indexOf('@') < 0;
    if (word && !name.toLowerCase(Locale.ROOT).contains("image")) {
      return Optional.empty();
    }
    return legal(text);
  }

  private static Optional<ImageRef> legal(String text) {
    try {
      return Optional.of(ImageRef.parse(text));
    } catch (InvalidReferenceException notAReference) {
      return Optional.empty();
    }
  }

  /**
   * The values.
   *
   * @return a tree as Helm takes it, unmodifiable
   */
  public Map<String, @Nullable Object> values() {
    return values.content();
  }

  /**
   * The values as a file for {@code helm -f}.
   *
   * @return a YAML document
   */
  public String toYaml() {
    return Yaml.write(values.content());
  }

  /**
   * Takes single values away from a chart that would stand over this overlay: Helm puts {@code
   * --set} over every file.
   *
   * @param chart the chart and its layers
   * @return the chart without the settings that this overlay makes
   */
  public Chart reachIn(Chart chart) {
    List<Chart.Setting> kept = new ArrayList<>();
    for (Chart.Setting setting : chart.settings()) {
      if (!sets(values.content(), ChartValues.path(setting.key()))) {
        kept.add(setting);
      }
    }
    return ImmutableChart.builder().from(chart).settings(kept).build();
  }

  private static boolean sets(@Nullable Object value, List<String> path) {
    if (path.isEmpty()) {
      return !(value instanceof Map);
    }
    return value instanceof Map<?, ?> map
        && map.containsKey(path.get(0))
        && sets(map.get(path.get(0)), path.subList(1, path.size()));
  }

  /** The names of the outermost keys alone: lists that are replaced as a whole may hold secrets. */
  @Override
  public String toString() {
    return "Overlay" + values.content().keySet();
  }
}
