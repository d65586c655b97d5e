package ai.kubernaut.airgap.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A call of Helm that needs no cluster, with everything that it takes. It can be sent to another
 * process. Not thread-safe.
 */
final class OfflineCommand {
  private static final int MAX_BYTES = 1 << 30;
  private static final int BEGIN = 1;

  private final Kind kind;
  private final String chart;
  private String name = "";
  private String namespace = "";
  private String kubeVersion = "";
  private final List<String> valuesFiles = new ArrayList<>();
  private final List<String> settings = new ArrayList<>();
  private final List<String> fileSettings = new ArrayList<>();

  /** What Helm does. */
  private enum Kind {
    TEMPLATE,
    SHOW_CHART
  }

  private OfflineCommand(Kind kind, String chart) {
    this.kind = kind;
    this.chart = chart;
  }

  /** The other process has another working directory. */
  private static String absolute(Path file) {
    return file.toAbsolutePath().toString();
  }

  /** {@code helm template}. */
  static OfflineCommand template(Path chart) {
    return new OfflineCommand(Kind.TEMPLATE, absolute(chart));
  }

  /** {@code helm show chart}. */
  static OfflineCommand showChart(Path chart) {
    return new OfflineCommand(Kind.SHOW_CHART, absolute(chart));
  }

  OfflineCommand withRelease(String releaseName, String releaseNamespace) {
    name = releaseName;
    namespace = releaseNamespace;
    return this;
  }

  OfflineCommand withKubeVersion(String version) {
    kubeVersion = version;
    return this;
  }

  void withValuesFile(Path file) {
    valuesFiles.add(absolute(file));
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
   * @return what Helm prints
   * @throws IllegalStateException with what Helm prints when it fails
   */
  String call() {
    Helm helm = new Helm(Path.of(chart));
    if (kind == Kind.SHOW_CHART) {
      return helm.show().chart().call();
    }
    TemplateCommand command = helm.template();
    if (!name.isEmpty()) {
      command.withName(name).withNamespace(namespace);
    }
    command.withKubeVersion(kubeVersion);
    valuesFiles.forEach(file -> command.withValuesFile(Path.of(file)));
    for (int i = 0; i < settings.size(); i += 2) {
      command.set(settings.get(i), settings.get(i + 1));
    }
    for (int i = 0; i < fileSettings.size(); i += 2) {
      command.setFile(fileSettings.get(i), Path.of(fileSettings.get(i + 1)));
    }
    // helm-java has no text for a chart that renders nothing.
    return Objects.requireNonNullElse(command.call(), "");
  }

  void write(DataOutputStream to) throws IOException {
    to.writeByte(BEGIN);
    for (String text : List.of(kind.name(), chart, name, namespace, kubeVersion)) {
      writeText(to, text);
    }
    for (List<String> list : List.of(valuesFiles, settings, fileSettings)) {
      to.writeInt(list.size());
      for (String text : list) {
        writeText(to, text);
      }
    }
    to.flush();
  }

  /** Reads a command; empty at the end of the stream. */
  static Optional<OfflineCommand> read(DataInputStream from) throws IOException {
    int begin = from.read();
    if (begin < 0) {
      return Optional.empty();
    }
    if (begin != BEGIN) {
      throw new IOException("a command begins with " + begin);
    }
    OfflineCommand command = new OfflineCommand(Kind.valueOf(readText(from)), readText(from));
    command.name = readText(from);
    command.namespace = readText(from);
    command.kubeVersion = readText(from);
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
