package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.image.ImageRef;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.immutables.value.Value;

/**
 * A Helm chart on disk with the values for it, layered as Helm layers them: the chart's own, then
 * files and JSON values in their order, then single values, then single texts, then values from
 * files. Immutable; each method that adds something returns a new chart.
 */
@Value.Immutable
public interface Chart {
  /**
   * A chart with only its own values.
   *
   * @param location its directory, or the {@code .tgz} it is packed in
   * @return the chart; nothing is read yet
   */
  static Chart at(Path location) {
    return ImmutableChart.builder().location(location).build();
  }

  /** {@return the directory or archive of the chart, as it was given} */
  Path location();

  /**
   * {@return the artifact in an OCI registry from which the chart was fetched; empty for other
   * charts}
   */
  Optional<ImageRef> artifact();

  /** {@return the values files and JSON values in their order; later ones override earlier ones} */
  List<ValuesLayer> layers();

  /** {@return the paths of the values files in their order} */
  default List<Path> valuesFiles() {
    return layers().stream()
        .filter(ValuesLayer.File.class::isInstance)
        .map(layer -> ((ValuesLayer.File) layer).path())
        .toList();
  }

  /**
   * {@return all files that values come from, each once: values files, files whose content is a
   * value, and the SDK config}
   */
  default List<Path> files() {
    LinkedHashSet<Path> files = new LinkedHashSet<>(valuesFiles());
    fileSettings().forEach(setting -> files.add(setting.file()));
    sdkConfigFile().ifPresent(files::add);
    return List.copyOf(files);
  }

  /**
   * Changes the paths of the chart and of its files.
   *
   * @param location gives for the chart and each file the path to use
   * @return the chart with these paths
   */
  default Chart relocated(UnaryOperator<Path> location) {
    return ImmutableChart.builder()
        .from(this)
        .location(location.apply(location()))
        .layers(
            layers().stream()
                .map(
                    layer ->
                        layer instanceof ValuesLayer.File file
                            ? new ValuesLayer.File(location.apply(file.path()))
                            : layer)
                .toList())
        .fileSettings(
            fileSettings().stream()
                .map(
                    setting ->
                        ImmutableFileSetting.of(setting.key(), location.apply(setting.file())))
                .toList())
        .sdkConfigFile(sdkConfigFile().map(location))
        .build();
  }

  /** {@return single values in their order; they override the layers} */
  List<Setting> settings();

  /**
   * {@return single values that are always strings, in their order; they override {@link
   * #settings()}}
   */
  List<Setting> stringSettings();

  /** {@return values that are the content of files, in their order; they override all others} */
  List<FileSetting> fileSettings();

  /**
   * Returns the file with the configuration of the LLM (the guide, step 4c). Its content becomes
   * the value with the key {@code sdkConfigContent}.
   *
   * @return empty if none was given
   */
  Optional<Path> sdkConfigFile();

  /**
   * Returns the image references that are replaced in the rendered manifests before they are
   * installed; {@link Rewriting} describes where.
   *
   * @return from each reference, exactly as the chart renders it, to its replacement
   */
  Map<String, String> rewriting();

  /**
   * Returns the names of pull secrets that every rendered ServiceAccount gets in addition to its
   * own.
   *
   * @return by default none
   */
  Set<String> accountPullSecrets();

  /**
   * {@return the release that the chart is installed as; by default {@code kubernaut} in {@code
   * kubernaut-system}}
   */
  @Value.Default
  default ReleaseName release() {
    return ReleaseName.defaultRelease();
  }

  /**
   * Returns the Kubernetes version that templates see when they are rendered without a cluster,
   * like {@code helm template --kube-version}.
   *
   * @return for example {@code 1.31.0}; by default empty: the client chooses a recent version
   */
  Optional<String> kubeVersion();

  /**
   * Returns the API versions that templates see in addition to those of Kubernetes when they are
   * rendered without a cluster, like {@code helm template --api-versions}. Charts ask for {@code
   * route.openshift.io/v1}, for example, to detect OpenShift.
   *
   * @return by default none
   */
  List<String> apiVersions();

  /**
   * Lays a values file over what is there, as {@code helm -f}.
   *
   * @param file a YAML file
   * @return the chart with the file
   */
  default Chart values(Path file) {
    return ImmutableChart.builder().from(this).addLayers(new ValuesLayer.File(file)).build();
  }

  /**
   * Lays a JSON value over what is there, as {@code helm --set-json}; maps are merged key by key.
   *
   * @param key the path of the value, with dots, and without elements of lists
   * @param json the value as JSON: a map, a list, or a single value
   * @return the chart with the value
   * @throws IllegalArgumentException when it is no JSON, or the key names an element of a list
   */
  default Chart setJson(String key, String json) {
    return ImmutableChart.builder().from(this).addLayers(ValuesLayer.Json.of(key, json)).build();
  }

  /**
   * Sets one value to a text, as {@code helm --set-string}: {@code "1.10"} and {@code "true"} stay
   * what they are.
   *
   * @param key the path of the value, with dots
   * @param text the text, taken literally
   * @return the chart with the value
   */
  default Chart setString(String key, String text) {
    return ImmutableChart.builder()
        .from(this)
        .addStringSettings(ImmutableSetting.of(key, text))
        .build();
  }

  /**
   * Says which artifact of an OCI registry the chart was fetched as. It is mirrored with the images
   * then.
   *
   * @param artifact for example {@code quay.io/kubernaut-ai/charts/kubernaut:1.1.0}
   * @return the chart with the artifact
   */
  default Chart fromArtifact(ImageRef artifact) {
    return ImmutableChart.builder().from(this).artifact(artifact).build();
  }

  /**
   * Sets the release that the chart is installed as.
   *
   * @param name the name of the release, at most 53 characters
   * @param namespace its namespace, at most 63 characters
   * @return the chart with the release
   * @throws IllegalArgumentException when a name is invalid
   */
  default Chart release(String name, String namespace) {
    return release(ReleaseName.of(name, namespace));
  }

  /**
   * Sets the release that the chart is installed as.
   *
   * @param release the name and the namespace
   * @return the chart with the release
   */
  default Chart release(ReleaseName release) {
    return ImmutableChart.builder().from(this).release(release).build();
  }

  /**
   * Says which Kubernetes templates see when they are rendered without a cluster.
   *
   * @param version for example {@code 1.31.0}
   * @return the chart with the version
   */
  default Chart kubeVersion(String version) {
    return ImmutableChart.builder().from(this).kubeVersion(version).build();
  }

  /**
   * Adds API versions that templates see when they are rendered without a cluster.
   *
   * @param versions for example {@code route.openshift.io/v1}
   * @return the chart with the versions
   */
  default Chart apiVersions(String... versions) {
    return ImmutableChart.builder().from(this).addApiVersions(versions).build();
  }

  /**
   * Limits the chart to the branches of one cluster.
   *
   * @param versions what the cluster serves
   * @return the chart with the Kubernetes version and the API versions
   */
  default Chart onCluster(ClusterVersions versions) {
    Chart limited = apiVersions(versions.apis().toArray(String[]::new));
    return versions.kubernetes().isEmpty() ? limited : limited.kubeVersion(versions.kubernetes());
  }

  /**
   * Limits the chart to the branches of OpenShift clusters.
   *
   * @return the chart with {@link ClusterVersions#openShiftApis()}
   */
  default Chart onOpenShift() {
    return apiVersions(ClusterVersions.openShiftApis().toArray(String[]::new));
  }

  /**
   * Sets one value, as {@code helm --set}.
   *
   * @param key the path of the value, with dots
   * @param value the value, as Helm reads it there: numbers and booleans become such, commas are
   *     escaped with a backslash
   * @return the chart with the value
   */
  default Chart set(String key, String value) {
    return ImmutableChart.builder().from(this).addSettings(ImmutableSetting.of(key, value)).build();
  }

  /**
   * Sets one value to the content of a file, as {@code helm --set-file}.
   *
   * @param key the path of the value, with dots
   * @param file the file
   * @return the chart with the value
   */
  default Chart setFile(String key, Path file) {
    return ImmutableChart.builder()
        .from(this)
        .addFileSettings(ImmutableFileSetting.of(key, file))
        .build();
  }

  /**
   * Gives the configuration of the LLM (the guide, step 4c).
   *
   * @param file the SDK config, a YAML file
   * @return the chart with the file
   */
  default Chart sdkConfig(Path file) {
    return ImmutableChart.builder().from(this).sdkConfigFile(file).build();
  }

  /**
   * Replaces image references in what the chart renders, in hooks too, but not in its {@code crds},
   * which are no templates. This is for references that no value reaches, and for digests.
   *
   * @param texts from each reference, exactly as the chart renders it so far, to the text to put
   *     there; a text that an earlier rewriting puts there can be replaced in its turn
   * @return the chart with the rewriting
   * @throws IllegalArgumentException when a reference is empty
   */
  default Chart rewriting(Map<String, String> texts) {
    Map<String, String> composed = new LinkedHashMap<>();
    rewriting().forEach((from, to) -> composed.put(from, texts.getOrDefault(to, to)));
    texts.forEach(composed::putIfAbsent);
    return ImmutableChart.builder().from(this).rewriting(composed).build();
  }

  /**
   * Adds pull secrets to every rendered ServiceAccount, those of hooks and subcharts included. Pods
   * that name no pull secrets get them from there.
   *
   * @param names the names of Secrets
   * @return the chart with these and all earlier names
   */
  default Chart accountPullSecrets(Set<String> names) {
    return ImmutableChart.builder().from(this).addAllAccountPullSecrets(names).build();
  }

  /**
   * Takes single values away, which would otherwise stand over every values file.
   *
   * @param unwanted tells which
   * @return the chart without them
   */
  default Chart withoutSettings(Predicate<Setting> unwanted) {
    return ImmutableChart.builder()
        .from(this)
        .settings(settings().stream().filter(unwanted.negate()).toList())
        .stringSettings(stringSettings().stream().filter(unwanted.negate()).toList())
        .build();
  }

  /**
   * Changes layers of values, and the keys of single values.
   *
   * @param layer gives for each layer the one to have in its place
   * @param key gives for each key of a single value the one to have in its place
   * @return the chart with the others
   */
  default Chart withValues(UnaryOperator<ValuesLayer> layer, UnaryOperator<String> key) {
    UnaryOperator<Setting> renamed =
        setting -> ImmutableSetting.of(key.apply(setting.key()), setting.value());
    return ImmutableChart.builder()
        .from(this)
        .layers(layers().stream().map(layer).toList())
        .settings(settings().stream().map(renamed).toList())
        .stringSettings(stringSettings().stream().map(renamed).toList())
        .build();
  }

  /** Checks that every reference to rewrite is one. */
  @Value.Check
  default void check() {
    if (rewriting().containsKey("")) {
      throw new IllegalArgumentException(
          "an empty text cannot be rewritten; give the reference as the chart renders it");
    }
  }

  /** One value of {@code --set} or {@code --set-string}. Immutable. */
  @Value.Immutable
  interface Setting {
    /**
     * The path of the value.
     *
     * @return for example {@code global.image.tag}
     */
    @Value.Parameter
    String key();

    /**
     * The value as text; it may be a secret, and does not print.
     *
     * @return the text
     */
    @Value.Parameter
    @Value.Redacted
    String value();

    /**
     * The parts of the key.
     *
     * @return the names between its dots; a backslash keeps the dot after it
     */
    default List<String> path() {
      return ChartValues.path(key());
    }
  }

  /** One value of {@code --set-file}. Immutable. */
  @Value.Immutable
  interface FileSetting {
    /**
     * The path of the value.
     *
     * @return for example {@code holmesgptApi.sdkConfigContent}
     */
    @Value.Parameter
    String key();

    /**
     * The file whose content it is.
     *
     * @return the path
     */
    @Value.Parameter
    Path file();
  }
}
