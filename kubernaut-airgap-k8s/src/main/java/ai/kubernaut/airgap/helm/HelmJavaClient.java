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
import com.marcnuri.helm.jni.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Helm, embedded by helm-java: no {@code helm} binary is needed. Thread-safe.
 *
 * <p>Helm runs in processes of their own, started from {@code bin/java} of this JVM with the first
 * calls, and ended after a minute without a call, by {@link #close()}, and with this JVM. So the
 * signal handlers, the standard streams and the home directory of this JVM are not touched, and an
 * interrupt ends a call. Processes that only render have no cluster and an empty environment. The
 * processes need this library and helm-java in files of the class path; where that is not possible,
 * see {@link Builder#inProcess()}.
 *
 * <p>The native library comes from the class path and is never downloaded.
 *
 * <pre>{@code
 * try (HelmClient helm = HelmJavaClient.builder().kubeconfig(Path.of("kubeconfig")).build()) {
 *   helm.status(ReleaseName.defaultRelease()).ifPresent(System.out::println);
 * }
 * }</pre>
 */
public final class HelmJavaClient implements HelmClient {
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

  private HelmJavaClient(Builder builder) {
    requireNativeLibrary();
    this.kubeconfig = builder.kubeconfig;
    if (builder.inProcess) {
      this.offline = new InProcessHelm();
      this.online = offline;
    } else {
      this.offline = new HelmWorkers(false, HelmWorkers.limit(), HelmWorkers.idleTime());
      this.online = new HelmWorkers(true, HelmWorkers.limit(), HelmWorkers.idleTime());
    }
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Creates a client for the cluster of {@code $KUBECONFIG}, or of {@code ~/.kube/config}.
   * Rendering needs no cluster.
   *
   * @return the client
   * @throws HelmException when no native Helm library for this platform is on the class path
   */
  public static HelmJavaClient create() {
    return builder().build();
  }

  /**
   * Creates a client for the cluster of a kubeconfig file.
   *
   * @param kubeconfig the file
   * @return the client
   * @throws HelmException when no native Helm library for this platform is on the class path
   */
  public static HelmJavaClient withKubeconfig(Path kubeconfig) {
    return builder().kubeconfig(kubeconfig).build();
  }

  /** Builds a {@link HelmJavaClient}. Not thread-safe. */
  public static final class Builder {
    private @Nullable Path kubeconfig;
    private boolean inProcess;

    private Builder() {}

    /**
     * Sets the kubeconfig of the cluster.
     *
     * @param file the file; by default {@code $KUBECONFIG}, or {@code ~/.kube/config}
     * @return this builder
     */
    public Builder kubeconfig(Path file) {
      this.kubeconfig = Objects.requireNonNull(file, "file");
      return this;
    }

    /**
     * Runs Helm in this JVM, for hosts that may start no process. The handlers of SIGTERM, SIGINT,
     * SIGQUIT, SIGHUP, SIGUSR1 and SIGUSR2 stay those of the host. What remains: a call cannot be
     * interrupted; a crash of Helm ends the JVM; Helm's log goes to the standard error of the JVM;
     * the native library stays loaded, and in the temporary directory when the JVM is killed;
     * caches are written to the home directory; and templates that hide a {@code lookup} from
     * reading can read the cluster of {@code $KUBECONFIG} while they are rendered.
     *
     * @return this builder
     */
    public Builder inProcess() {
      this.inProcess = true;
      return this;
    }

    /**
     * Builds the client. No process is started.
     *
     * @return the client
     * @throws HelmException when no native Helm library for this platform is on the class path
     */
    public HelmJavaClient build() {
      return new HelmJavaClient(this);
    }
  }

  /** Without a native library on the class path, helm-java would fetch one from the network. */
  private static void requireNativeLibrary() {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (NativeLibrary.serviceProviderLibrary(HelmJavaClient.class.getClassLoader()) == null) {
      throw new HelmException(
          "no native Helm library is on the class path; add the one for this platform ("
              + platform
              + "), an artifact of the group com.marcnuri.helm-java, for example linux-amd64",
          "",
          null);
    }
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
      return HelmCommand.release(call(chart, failure, copy, () -> online.call(command)));
    }
  }

  private HelmCommand onCluster(HelmCommand command, ReleaseName release) {
    command.withRelease(release.name(), release.namespace());
    return kubeconfig == null ? command : command.withKubeconfig(kubeconfig);
  }

  @Override
  public Optional<Release> status(ReleaseName release) {
    HelmCommand command = onCluster(HelmCommand.status(), release);
    try {
      return Optional.of(
          HelmCommand.release(
              call(
                  "The release " + release.name() + " could not be read",
                  UnaryOperator.identity(),
                  () -> online.call(command))));
    } catch (HelmException e) {
      if (e.helmMessage().contains("release: not found")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void uninstall(ReleaseName release) {
    HelmCommand command = onCluster(HelmCommand.uninstall(), release);
    call(
        "The release " + release.name() + " could not be removed from " + release.namespace(),
        UnaryOperator.identity(),
        () -> online.call(command));
  }

  /** Ends the processes of this client. Calling it again does nothing. */
  @Override
  public void close() {
    offline.close();
    online.close();
  }

  private static void setValues(Chart chart, ChartCopy copy, HelmCommand command) {
    int number = 0;
    for (ValuesLayer layer : chart.layers()) {
      number++;
      command.withValuesFile(
          layer instanceof ValuesLayer.Json json
              ? copy.write("values-" + number + ".json", json.asValuesFile())
              : ((ValuesLayer.File) layer).path());
    }
    chart.settings().forEach(setting -> command.set(setting.key(), setting.value()));
    // helm-java has no --set-string; the content of a file is a string as well.
    for (Chart.Setting text : chart.stringSettings()) {
      number++;
      command.setFile(text.key(), copy.write("text-" + number, text.value()));
    }
    chart.fileSettings().forEach(setting -> command.setFile(setting.key(), setting.file()));
  }

  private static int seconds(Duration timeout) {
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

  @Override
  public String toString() {
    return "HelmJavaClient" + (kubeconfig == null ? "" : "[" + kubeconfig + "]");
  }
}
