package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.ReleaseName;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.HistoryCommand;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.Release;
import com.marcnuri.helm.TemplateCommand;
import com.marcnuri.helm.UninstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A call of Helm with all its arguments. It can be sent to another process. Not thread-safe. */
final class HelmCommand {
  private static final int MAX_BYTES = 1 << 30;
  private static final int BEGIN = 1;

  private final Kind kind;
  private final String chart;
  private String name = "";
  private String namespace = "";
  private String kubeVersion = "";
  private String kubeconfig = "";
  private String description = "";
  private int timeoutSeconds = 0;
  private int revision = 0;
  private final List<String> valuesFiles = new ArrayList<>();
  private final List<String> settings = new ArrayList<>();
  private final List<String> fileSettings = new ArrayList<>();

  /** The operation of Helm. */
  enum Kind {
    TEMPLATE,
    SHOW_CHART,
    INSTALL,
    UPGRADE,
    ROLLBACK,
    HISTORY,
    NOTES,
    UNINSTALL
  }

  private HelmCommand(Kind kind, String chart) {
    this.kind = kind;
    this.chart = chart;
  }

  /** The other process has another working directory. */
  private static String absolute(Path file) {
    return file.toAbsolutePath().toString();
  }

  /** {@code helm template}. */
  static HelmCommand template(Path chart) {
    return new HelmCommand(Kind.TEMPLATE, absolute(chart));
  }

  /** {@code helm show chart}. */
  static HelmCommand showChart(Path chart) {
    return new HelmCommand(Kind.SHOW_CHART, absolute(chart));
  }

  /** {@code helm install}. */
  static HelmCommand install(Path chart) {
    return new HelmCommand(Kind.INSTALL, absolute(chart));
  }

  /** {@code helm upgrade}. */
  static HelmCommand upgrade(Path chart) {
    return new HelmCommand(Kind.UPGRADE, absolute(chart));
  }

  /** {@code helm rollback}. helm-java has no such command. */
  static HelmCommand rollback(int revision) {
    HelmCommand command = new HelmCommand(Kind.ROLLBACK, "");
    command.revision = revision;
    return command;
  }

  /** {@code helm history}. */
  static HelmCommand history() {
    return new HelmCommand(Kind.HISTORY, "");
  }

  /** Renders the notes of a chart, with lookups: {@code helm install --dry-run=server}. */
  static HelmCommand notes(Path chart) {
    return new HelmCommand(Kind.NOTES, absolute(chart));
  }

  /** {@code helm uninstall}. */
  static HelmCommand uninstall() {
    return new HelmCommand(Kind.UNINSTALL, "");
  }

  Kind kind() {
    return kind;
  }

  String chart() {
    return chart;
  }

  String name() {
    return name;
  }

  String namespace() {
    return namespace;
  }

  String kubeVersion() {
    return kubeVersion;
  }

  String kubeconfig() {
    return kubeconfig;
  }

  int timeoutSeconds() {
    return timeoutSeconds;
  }

  int revision() {
    return revision;
  }

  List<String> valuesFiles() {
    return List.copyOf(valuesFiles);
  }

  /** Returns the keys and values of {@code --set}, in turn. */
  List<String> settings() {
    return List.copyOf(settings);
  }

  /** Returns the keys and files of {@code --set-file}, in turn. */
  List<String> fileSettings() {
    return List.copyOf(fileSettings);
  }

  /** Returns what the command does, for messages. */
  String describe() {
    return switch (kind) {
      case TEMPLATE -> "rendering the chart";
      case SHOW_CHART -> "reading the chart";
      case INSTALL -> "installing the release " + name;
      case UPGRADE -> "upgrading the release " + name;
      case ROLLBACK -> "rolling back the release " + name;
      case HISTORY, NOTES -> "reading the release " + name;
      case UNINSTALL -> "uninstalling the release " + name;
    };
  }

  HelmCommand withKubeconfig(Path file) {
    kubeconfig = absolute(file);
    return this;
  }

  HelmCommand withTimeout(int seconds) {
    timeoutSeconds = seconds;
    return this;
  }

  HelmCommand withRelease(String releaseName, String releaseNamespace) {
    name = releaseName;
    namespace = releaseNamespace;
    return this;
  }

  HelmCommand withDescription(String text) {
    description = text;
    return this;
  }

  HelmCommand withKubeVersion(String version) {
    kubeVersion = version;
    return this;
  }

  HelmCommand withValuesFile(Path file) {
    valuesFiles.add(absolute(file));
    return this;
  }

  void set(String key, Object value) {
    settings.add(key);
    settings.add(value.toString());
  }

  void setFile(String key, Path file) {
    fileSettings.add(key);
    fileSettings.add(absolute(file));
  }

  /**
   * Calls Helm in this process.
   *
   * @return the output of Helm; for a release the lines that {@link #releases} reads
   * @throws IllegalStateException with the error output of Helm when it fails
   */
  String call() {
    // helm-java returns null for a chart that renders nothing.
    return Objects.requireNonNullElse(
        switch (kind) {
          case TEMPLATE -> template();
          case SHOW_CHART -> new Helm(Path.of(chart)).show().chart().call();
          case INSTALL -> lines(install());
          case UPGRADE -> lines(upgrade());
          case ROLLBACK -> throw new IllegalStateException("helm-java has no rollback");
          case HISTORY -> revisions();
          case NOTES -> readNotes();
          case UNINSTALL -> removeRelease();
        },
        "");
  }

  private @Nullable String template() {
    TemplateCommand command = new Helm(Path.of(chart)).template();
    if (!name.isEmpty()) {
      command.withName(name).withNamespace(namespace);
    }
    command.withKubeVersion(kubeVersion);
    setValues(command::withValuesFile, command::set, command::setFile);
    return command.call();
  }

  private Release install() {
    InstallCommand command =
        new Helm(Path.of(chart))
            .install()
            .withName(name)
            .withNamespace(namespace)
            .withTimeout(timeoutSeconds);
    setValues(command::withValuesFile, command::set, command::setFile);
    withKubeconfig(command::withKubeConfig);
    return command.call();
  }

  private Release upgrade() {
    UpgradeCommand command =
        new Helm(Path.of(chart))
            .upgrade()
            .withName(name)
            .withNamespace(namespace)
            .withTimeout(timeoutSeconds)
            .resetValues();
    if (!description.isEmpty()) {
      command.withDescription(description);
    }
    setValues(command::withValuesFile, command::set, command::setFile);
    withKubeconfig(command::withKubeConfig);
    return command.call();
  }

  private String revisions() {
    HistoryCommand command = Helm.history(name).withNamespace(namespace);
    withKubeconfig(command::withKubeConfig);
    return command.call().stream()
        .map(
            one ->
                lines(
                    name,
                    namespace,
                    String.valueOf(one.getRevision()),
                    one.getStatus(),
                    one.getChart()))
        .collect(Collectors.joining("\n"));
  }

  private String readNotes() {
    InstallCommand command =
        new Helm(Path.of(chart))
            .install()
            .withName(name)
            .withNamespace(namespace)
            .dryRun()
            .withDryRunOption(DryRun.SERVER);
    withKubeconfig(command::withKubeConfig);
    return command.call().getOutput();
  }

  private String removeRelease() {
    UninstallCommand command = Helm.uninstall(name).withNamespace(namespace);
    withKubeconfig(command::withKubeConfig);
    return command.call();
  }

  private void withKubeconfig(Consumer<Path> setter) {
    if (!kubeconfig.isEmpty()) {
      setter.accept(Path.of(kubeconfig));
    }
  }

  /** The commands of helm-java have methods of the same names for values, and no common type. */
  private void setValues(
      Consumer<Path> file, BiConsumer<String, Object> single, BiConsumer<String, Path> fromFile) {
    valuesFiles.forEach(values -> file.accept(Path.of(values)));
    for (int i = 0; i < settings.size(); i += 2) {
      single.accept(settings.get(i), settings.get(i + 1));
    }
    for (int i = 0; i < fileSettings.size(); i += 2) {
      fromFile.accept(fileSettings.get(i), Path.of(fileSettings.get(i + 1)));
    }
  }

  private static String lines(Release release) {
    return lines(
        release.getName(),
        release.getNamespace(),
        release.getRevision(),
        release.getStatus(),
        release.getChart());
  }

  /** Returns the form in which a release is passed between processes. */
  static String lines(String name, String namespace, String revision, String status, String chart) {
    return String.join("\n", name, namespace, revision, status, chart);
  }

  /** Reads the releases that a command has returned. */
  static List<ai.kubernaut.airgap.chart.Release> releases(String lines) {
    String[] parts = lines.split("\n", -1);
    List<ai.kubernaut.airgap.chart.Release> releases = new ArrayList<>();
    for (int i = 0; i + 4 < parts.length; i += 5) {
      releases.add(
          ai.kubernaut.airgap.chart.Release.builder()
              .name(ReleaseName.of(parts[i], parts[i + 1]))
              .revision(Integer.parseInt(parts[i + 2]))
              .status(parts[i + 3].toLowerCase(Locale.ROOT))
              .chart(parts[i + 4])
              .build());
    }
    return releases;
  }

  void write(DataOutputStream to) throws IOException {
    to.writeByte(BEGIN);
    for (String text :
        List.of(kind.name(), chart, name, namespace, kubeVersion, kubeconfig, description)) {
      writeText(to, text);
    }
    to.writeInt(timeoutSeconds);
    for (List<String> list : List.of(valuesFiles, settings, fileSettings)) {
      to.writeInt(list.size());
      for (String text : list) {
        writeText(to, text);
      }
    }
    to.flush();
  }

  /** Reads a command; empty at the end of the stream. */
  static Optional<HelmCommand> read(DataInputStream from) throws IOException {
    int begin = from.read();
    if (begin < 0) {
      return Optional.empty();
    }
    if (begin != BEGIN) {
      throw new IOException("a command begins with " + begin);
    }
    HelmCommand command = new HelmCommand(Kind.valueOf(readText(from)), readText(from));
    command.name = readText(from);
    command.namespace = readText(from);
    command.kubeVersion = readText(from);
    command.kubeconfig = readText(from);
    command.description = readText(from);
    command.timeoutSeconds = from.readInt();
    for (List<String> list : List.of(command.valuesFiles, command.settings, command.fileSettings)) {
      int size = from.readInt();
      for (int i = 0; i < size; i++) {
        list.add(readText(from));
      }
    }
    return Optional.of(command);
  }

  static void writeText(DataOutputStream to, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.writeInt(bytes.length);
    to.write(bytes);
  }

  static String readText(DataInputStream from) throws IOException {
    int length = from.readInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("a text of " + length + " bytes");
    }
    byte[] bytes = from.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("the text ends after " + bytes.length + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
