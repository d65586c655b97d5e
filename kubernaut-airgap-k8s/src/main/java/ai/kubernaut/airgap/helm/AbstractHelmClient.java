package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateConditions;
import ai.kubernaut.airgap.chart.ValuesLayer;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What all adapters have in common: they give Helm a {@link ChartCopy}, and messages of Helm become
 * exceptions without secrets. Thread-safe.
 */
abstract class AbstractHelmClient implements HelmClient {
  /**
   * The version that templates see where there is no cluster: the library's own default is older
   * than charts accept.
   */
  private static final String OFFLINE_KUBERNETES = "1.33.0";

  /** How much of the beginning and of the end of a very long message is shown. */
  private static final int SHOWN = 1500;

  private final @Nullable Path kubeconfig;
  private final HelmCalls offline;
  private final HelmCalls online;
  private volatile @Nullable List<String> knownApiVersions;

  /**
   * Creates a client.
   *
   * @param kubeconfig of the cluster; null for that of the environment
   * @param offline is called for what needs no cluster; closed with this client
   * @param online is called for what needs one; closed with this client
   */
  AbstractHelmClient(@Nullable Path kubeconfig, HelmCalls offline, HelmCalls online) {
    this.kubeconfig = kubeconfig;
    this.offline = offline;
    this.online = online;
  }

  @Override
  public String render(Chart chart, ReleaseName release, Branch branch) {
    ChartFiles.require(chart);
    try (ChartCopy copy =
        ChartCopy.forOfflineRendering(chart, apiVersions(branch), branch.lookups())) {
      HelmCommand command =
          HelmCommand.template(copy.directory())
              .withRelease(release.name(), release.namespace())
              .withKubeVersion(branch.kubeVersion().orElse(OFFLINE_KUBERNETES));
      setValues(copy.withHiddenHooks(chart), copy, command);
      String rendered =
          call(
              chart,
              "The chart " + chart.location() + " could not be rendered",
              copy,
              () -> offline.call(command));
      return copy.restore(rendered);
    }
  }

  /** All API versions that templates shall see; none where Helm's own will do. */
  private List<String> apiVersions(Branch branch) {
    return branch.apiVersions().isEmpty()
        ? List.of()
        : Stream.concat(branch.apiVersions().stream(), knownApiVersions().stream())
            .distinct()
            .toList();
  }

  private List<String> knownApiVersions() {
    List<String> known = knownApiVersions;
    if (known == null) {
      known = readKnownApiVersions();
      knownApiVersions = known;
    }
    return known;
  }

  @Override
  public List<TemplateConditions> conditions(Chart chart) {
    ChartFiles.requireChart(chart);
    return TemplateReader.conditions(
        ChartCopy.templates(chart),
        this::knownApiVersions,
        KubernetesVersion.parse(OFFLINE_KUBERNETES));
  }

  /** What the Helm inside knows by itself; it is the same for every chart, so once is enough. */
  private List<String> readKnownApiVersions() {
    try (ChartCopy copy = ChartCopy.forApiVersions()) {
      HelmCommand command =
          HelmCommand.template(copy.directory()).withKubeVersion(OFFLINE_KUBERNETES);
      String rendered =
          call(
              "The API versions that Helm knows could not be read",
              copy::restore,
              () -> offline.call(command));
      return ((List<?>) field(rendered, "versions")).stream().map(Object::toString).toList();
    }
  }

  private static Object field(String rendered, String name) {
    Map<?, ?> document =
        Yaml.readMapping("what Helm rendered", rendered, Yaml.DuplicateKeys.REFUSED);
    return Objects.requireNonNull(document.get(name), name);
  }

  @Override
  public String values(Chart chart) {
    ChartFiles.require(chart);
    try (ChartCopy copy = ChartCopy.forValues(chart)) {
      HelmCommand command =
          HelmCommand.template(copy.directory())
              .withKubeVersion(chart.kubeVersion().orElse(OFFLINE_KUBERNETES));
      setValues(chart, copy, command);
      String rendered =
          call(
              chart,
              "The values of the chart " + chart.location() + " could not be read",
              copy,
              () -> offline.call(command));
      return ((List<?>) field(rendered, "values"))
          .stream().map(Object::toString).collect(Collectors.joining("\n"));
    }
  }

  @Override
  public String metadata(Chart chart) {
    ChartFiles.requireChart(chart);
    try (ChartCopy copy = ChartCopy.of(chart.location())) {
      return call(
          "Chart.yaml of the chart " + chart.location() + " could not be read",
          copy::restore,
          () -> offline.call(HelmCommand.showChart(copy.directory())));
    }
  }

  @Override
  public Map<List<String>, String> schemas(Chart chart) {
    ChartFiles.requireChart(chart);
    try (ChartCopy copy = ChartCopy.withUnpackedSubcharts(chart)) {
      return schemas(chart, copy);
    }
  }

  @Override
  public String crds(Chart chart) {
    ChartFiles.requireChart(chart);
    try (ChartCopy copy = ChartCopy.withUnpackedSubcharts(chart)) {
      return ChartCrds.in(copy.directory());
    } catch (IOException e) {
      throw new HelmException(
          "The CustomResourceDefinitions of the chart "
              + chart.location()
              + " could not be read: "
              + e.getMessage(),
          "",
          e);
    }
  }

  private static Map<List<String>, String> schemas(Chart chart, ChartCopy copy) {
    try {
      return ValuesSchemas.in(copy.directory());
    } catch (IOException | InvalidYamlException e) {
      throw new HelmException(
          "The values schemas of the chart "
              + chart.location()
              + " could not be read: "
              + copy.restore(String.valueOf(e.getMessage())),
          "",
          e);
    }
  }

  @Override
  public Release install(Chart chart, ReleaseName release, Duration timeout) {
    return deploy(
        chart,
        release,
        timeout,
        HelmCommand::install,
        "The release " + release.name() + " could not be installed in " + release.namespace());
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName release, Duration timeout) {
    return deploy(
        chart,
        release,
        timeout,
        HelmCommand::upgrade,
        "The release " + release.name() + " could not be upgraded in " + release.namespace());
  }

  private Release deploy(
      Chart chart,
      ReleaseName release,
      Duration timeout,
      Function<Path, HelmCommand> operation,
      String failure) {
    ChartFiles.require(chart);
    try (ChartCopy copy = ChartCopy.forInstalling(chart)) {
      HelmCommand command =
          onCluster(operation.apply(copy.directory()), release).withTimeout(seconds(timeout));
      setValues(chart, copy, command);
      return onlyOne(call(chart, failure, copy, () -> online.call(command)));
    }
  }

  private static Release onlyOne(String lines) {
    return HelmCommand.releases(lines).get(0);
  }

  /** Runs a command on the cluster that needs no chart of the user. */
  final String callCluster(String failure, HelmCommand command) {
    return call(failure, UnaryOperator.identity(), () -> online.call(command));
  }

  /** Runs such a command that returns a release. */
  final Release deploy(String failure, HelmCommand command) {
    return onlyOne(callCluster(failure, command));
  }

  final HelmCommand onCluster(HelmCommand command, ReleaseName release) {
    command.withRelease(release.name(), release.namespace());
    return kubeconfig == null ? command : command.withKubeconfig(kubeconfig);
  }

  @Override
  public List<Release> history(ReleaseName release) {
    HelmCommand command = onCluster(HelmCommand.history(), release);
    try {
      return HelmCommand.releases(
          callCluster("The release " + release.name() + " could not be read", command));
    } catch (HelmException e) {
      if (e.helmMessage().contains("release: not found")) {
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public void uninstall(ReleaseName release) {
    HelmCommand command = onCluster(HelmCommand.uninstall(), release);
    String unused =
        callCluster(
            "The release " + release.name() + " could not be removed from " + release.namespace(),
            command);
  }

  /** Ends the processes of this client. Calling it again does nothing. */
  @Override
  public void close() {
    offline.close();
    online.close();
  }

  private void setValues(Chart chart, ChartCopy copy, HelmCommand command) {
    int number = 0;
    for (ValuesLayer layer : chart.layers()) {
      number++;
      command.withValuesFile(
          layer instanceof ValuesLayer.Json json
              ? copy.write("values-" + number + ".json", json.asValuesFile())
              : ((ValuesLayer.File) layer).path());
    }
    for (Chart.Setting setting : chart.settings()) {
      number++;
      set(setting, copy, "set-" + number, command);
    }
    // helm-java has no --set-string; the content of a file is a string as well.
    for (Chart.Setting text : chart.stringSettings()) {
      number++;
      command.setFile(text.key(), copy.write("text-" + number, text.value()));
    }
    chart.fileSettings().forEach(setting -> command.setFile(setting.key(), setting.file()));
  }

  /**
   * Adds a single value to a command.
   *
   * @param file the name of a file for the value, where one is needed
   */
  void set(Chart.Setting setting, ChartCopy copy, String file, HelmCommand command) {
    command.set(setting.key(), setting.value());
  }

  static int seconds(Duration timeout) {
    return Math.toIntExact(Math.max(1, timeout.toSeconds()));
  }

  private static <T> T call(String failure, UnaryOperator<String> restore, Supplier<T> command) {
    try {
      return command.get();
    } catch (IllegalStateException e) {
      // helm-java has one way to fail: this exception with the text that Helm would print. It may
      // quote secrets, so it does not become the cause.
      String said = restore.apply(String.valueOf(e.getMessage()).trim());
      throw new HelmException(failure + ": " + HelmAdvice.explain(shortened(said)), said, null);
    }
  }

  /** The same; where Helm cannot read the values, with the place where they are broken. */
  private static <T> T call(Chart chart, String failure, ChartCopy copy, Supplier<T> command) {
    try {
      return call(failure, said -> SecretValues.of(chart).mask(copy.restore(said)), command);
    } catch (HelmException e) {
      if (!e.helmMessage().contains("YAML to JSON")
          && !e.helmMessage().contains("unmarshaling JSON")) {
        throw e;
      }
      // Helm knows the line at best, and often the one before.
      throw copy.brokenValues(chart)
          .map(
              broken ->
                  new HelmException(
                      failure
                          + ": "
                          + broken
                          + "; correct it there (Helm says: "
                          + shortened(e.helmMessage())
                          + ")",
                      e.helmMessage(),
                      e))
          .orElse(e);
    }
  }

  /** Templates that include themselves make Helm say the same a thousand times. */
  private static String shortened(String said) {
    return said.length() <= 2 * SHOWN
        ? said
        : said.substring(0, SHOWN) + " … " + said.substring(said.length() - SHOWN);
  }

  /** Returns the kubeconfig for {@code toString}. */
  final String describeKubeconfig() {
    return kubeconfig == null ? "" : "[" + kubeconfig + "]";
  }
}
