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
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.StatusCommand;
import com.marcnuri.helm.UninstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import com.marcnuri.helm.jni.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Helm, embedded by helm-java: no {@code helm} program is needed. Thread-safe.
 *
 * <p>Rendering and reading charts happen in a process of its own, which is started with the first
 * such call, has an empty environment and no cluster, and ends with {@link #close()}; an interrupt
 * ends them. It needs {@code bin/java} of this JVM, and this library and helm-java in files of the
 * class path. Calls that need the cluster run in this process; interrupts do not end them, and they
 * wait without end for an API server that never answers: see {@link
 * ai.kubernaut.airgap.chart.ProbedHelmClient}.
 *
 * <p>The native library comes from the class path and is never downloaded. Installing, upgrading
 * and removing would take SIGTERM and SIGINT away from the JVM; this client gives them back before
 * it does anything else. SIGQUIT is lost with the first of these calls.
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
  private final OfflineHelmProcess offline = new OfflineHelmProcess();
  private volatile @Nullable List<String> knownApiVersions;
  private boolean primed;

  private HelmJavaClient(@Nullable Path kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  /**
   * A client for the cluster of {@code $KUBECONFIG}, or of {@code ~/.kube/config}. Rendering needs
   * no cluster.
   *
   * @return the client
   * @throws HelmException when no native Helm library for this platform is on the class path
   */
  public static HelmJavaClient create() {
    requireNativeLibrary();
    return new HelmJavaClient(null);
  }

  /**
   * A client for the cluster of a kubeconfig file.
   *
   * @param kubeconfig the file
   * @return the client
   * @throws HelmException when no native Helm library for this platform is on the class path
   */
  public static HelmJavaClient withKubeconfig(Path kubeconfig) {
    requireNativeLibrary();
    return new HelmJavaClient(kubeconfig);
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
      OfflineCommand command =
          OfflineCommand.template(copy.directory())
              .withRelease(release.name(), release.namespace())
              .withKubeVersion(branch.kubeVersion().orElse(OFFLINE_KUBERNETES));
      setValues(
          copy.withHiddenHooks(chart),
          copy,
          command::withValuesFile,
          command::set,
          command::setFile);
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
      OfflineCommand command =
          OfflineCommand.template(copy.directory()).withKubeVersion(OFFLINE_KUBERNETES);
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
      OfflineCommand command =
          OfflineCommand.template(copy.directory())
              .withKubeVersion(chart.kubeVersion().orElse(OFFLINE_KUBERNETES));
      setValues(chart, copy, command::withValuesFile, command::set, command::setFile);
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
          "What the chart " + chart.location() + " says of itself could not be read",
          copy::restore,
          () -> offline.call(OfflineCommand.showChart(copy.directory())));
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
    ChartFiles.require(chart);
    prime();
    try (ChartCopy copy = ChartCopy.forInstalling(chart)) {
      InstallCommand command =
          new Helm(copy.directory())
              .install()
              .withName(release.name())
              .withNamespace(release.namespace())
              .withTimeout(seconds(timeout));
      setValues(chart, copy, command::withValuesFile, command::set, command::setFile);
      if (kubeconfig != null) {
        command.withKubeConfig(kubeconfig);
      }
      return release(
          call(
              chart,
              "The release " + release.name() + " could not be installed in " + release.namespace(),
              copy,
              command::call));
    }
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName release, Duration timeout) {
    ChartFiles.require(chart);
    prime();
    try (ChartCopy copy = ChartCopy.forInstalling(chart)) {
      UpgradeCommand command =
          new Helm(copy.directory())
              .upgrade()
              .withName(release.name())
              .withNamespace(release.namespace())
              .withTimeout(seconds(timeout))
              .resetValues();
      setValues(chart, copy, command::withValuesFile, command::set, command::setFile);
      if (kubeconfig != null) {
        command.withKubeConfig(kubeconfig);
      }
      return release(
          call(
              chart,
              "The release " + release.name() + " could not be upgraded in " + release.namespace(),
              copy,
              command::call));
    }
  }

  @Override
  public Optional<Release> status(ReleaseName release) {
    StatusCommand command = Helm.status(release.name()).withNamespace(release.namespace());
    if (kubeconfig != null) {
      command.withKubeConfig(kubeconfig);
    }
    try {
      return Optional.of(
          release(
              call(
                  "The release " + release.name() + " could not be read",
                  UnaryOperator.identity(),
                  command::call)));
    } catch (HelmException e) {
      if (e.helmMessage().contains("release: not found")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void uninstall(ReleaseName release) {
    prime();
    UninstallCommand command = Helm.uninstall(release.name()).withNamespace(release.namespace());
    if (kubeconfig != null) {
      command.withKubeConfig(kubeconfig);
    }
    call(
        "The release " + release.name() + " could not be removed from " + release.namespace(),
        UnaryOperator.identity(),
        command::call);
  }

  /**
   * Ends the process that renders. Calling it again does nothing; the client cannot render
   * afterwards.
   */
  @Override
  public void close() {
    // The native library, if anything was installed, stays loaded for the whole JVM.
    offline.close();
  }

  /**
   * The commands of helm-java take values by methods of the same names, and have no type in common.
   */
  private static void setValues(
      Chart chart,
      ChartCopy copy,
      Consumer<Path> file,
      BiConsumer<String, Object> single,
      BiConsumer<String, Path> fromFile) {
    int number = 0;
    for (ValuesLayer layer : chart.layers()) {
      number++;
      file.accept(
          layer instanceof ValuesLayer.Json json
              ? copy.write("values-" + number + ".json", json.asValuesFile())
              : ((ValuesLayer.File) layer).path());
    }
    chart.settings().forEach(setting -> single.accept(setting.key(), setting.value()));
    // helm-java has no --set-string; the content of a file is a text as well.
    for (Chart.Setting text : chart.stringSettings()) {
      number++;
      fromFile.accept(text.key(), copy.write("text-" + number, text.value()));
    }
    chart.fileSettings().forEach(setting -> fromFile.accept(setting.key(), setting.file()));
  }

  private static int seconds(Duration timeout) {
    return Math.toIntExact(Math.max(1, timeout.toSeconds()));
  }

  private static Release release(com.marcnuri.helm.Release release) {
    return Release.builder()
        .name(ReleaseName.of(release.getName(), release.getNamespace()))
        .revision(Integer.parseInt(release.getRevision()))
        .status(release.getStatus().toLowerCase(Locale.ROOT))
        .chart(release.getChart())
        .build();
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

  /**
   * Gives the JVM its signals back before the first call that would keep them for as long as it
   * takes.
   */
  private synchronized void prime() {
    if (!primed) {
      HostSignals.prime();
      primed = true;
    }
  }

  @Override
  public String toString() {
    return "HelmJavaClient" + (kubeconfig == null ? "" : "[" + kubeconfig + "]");
  }
}
