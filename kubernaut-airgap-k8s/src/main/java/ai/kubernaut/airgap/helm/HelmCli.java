package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Helm by a {@code helm} binary, version 3.10 or later, for hosts that have one. Thread-safe.
 *
 * <p>Each call is a process, started without a shell. Its caches and its configuration are in a
 * temporary directory, and plugins of the user are not loaded. Values that are secrets by their
 * names are passed in files that only the user can read, never as arguments. An interrupt ends the
 * process.
 *
 * <p>References are rewritten in a copy of the chart's templates, as by {@link HelmJavaClient}, and
 * not by a post-renderer: Helm 3 does not pass hooks to post-renderers, and Helm 4 accepts only
 * plugins.
 *
 * <pre>{@code
 * try (HelmClient helm = HelmCli.builder().binary(Path.of("/opt/helm/helm")).build()) {
 *   helm.history(ReleaseName.defaultRelease()).forEach(System.out::println);
 * }
 * }</pre>
 */
public final class HelmCli extends AbstractHelmClient {
  private static final int OLDEST_MINOR_OF_3 = 10;
  private static final Pattern VERSION = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})\\..*");
  private static final Pattern PLAIN = Pattern.compile("([^,\\\\{]|\\\\.)([^,\\\\]|\\\\.)*|");
  private static final Pattern TYPED = Pattern.compile("true|false|null|-?\\d+");

  private final Path binary;

  private HelmCli(Path binary, @Nullable Path kubeconfig) {
    super(kubeconfig, new HelmBinary(binary, false), new HelmBinary(binary, true));
    this.binary = binary;
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Creates a client with the first {@code helm} of the {@code PATH}, for the cluster of {@code
   * $KUBECONFIG}, or of {@code ~/.kube/config}.
   *
   * @return the client
   * @throws HelmException when there is no such binary, or its version is not supported
   */
  public static HelmCli create() {
    return builder().build();
  }

  /** Builds a {@link HelmCli}. Not thread-safe. */
  public static final class Builder {
    private @Nullable Path binary;
    private @Nullable Path kubeconfig;

    private Builder() {}

    /**
     * Sets the binary.
     *
     * @param file the file; by default the first {@code helm} of the {@code PATH}
     * @return this builder
     */
    public Builder binary(Path file) {
      this.binary = file.toAbsolutePath();
      return this;
    }

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
     * Builds the client. The binary is asked for its version.
     *
     * @return the client
     * @throws HelmException when there is no such binary, or its version is not supported
     */
    public HelmCli build() {
      Path file = binary == null ? onPath() : binary;
      requireVersion(file);
      return new HelmCli(file, kubeconfig);
    }

    private static Path onPath() {
      String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
      for (String directory : path.split(File.pathSeparator, -1)) {
        Optional<Path> found = executable(directory);
        if (found.isPresent()) {
          return found.get();
        }
      }
      throw new HelmException(
          "the PATH has no helm binary; install Helm, set the binary with"
              + " HelmCli.builder().binary(…), or use HelmJavaClient, which needs none",
          "",
          null);
    }

    private static Optional<Path> executable(String directory) {
      try {
        return directory.isEmpty()
            ? Optional.empty()
            : Optional.of(Path.of(directory, "helm").toAbsolutePath())
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
      } catch (InvalidPathException notADirectory) {
        return Optional.empty();
      }
    }
  }

  private static void requireVersion(Path binary) {
    String version = version(binary).strip();
    Matcher parts = VERSION.matcher(version);
    boolean supported =
        parts.matches()
            && (Integer.parseInt(parts.group(1)) > 3
                || (parts.group(1).equals("3")
                    && Integer.parseInt(parts.group(2)) >= OLDEST_MINOR_OF_3));
    if (!supported) {
      throw new HelmException(
          binary
              + " is not supported: its version is '"
              + version
              + "'; install Helm 3."
              + OLDEST_MINOR_OF_3
              + " or later",
          "",
          null);
    }
  }

  private static String version(Path binary) {
    try (HelmBinary calls = new HelmBinary(binary, false)) {
      return calls.run("reading its version", List.of("version", "--template", "{{ .Version }}"));
    } catch (IOException | IllegalStateException e) {
      throw new HelmException(
          binary + " cannot be run: " + e.getMessage() + "; check that it is a helm binary", "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HelmCalls.interrupted(HelmCommand.history(), e);
    }
  }

  @Override
  public Release rollback(ReleaseName release, int revision, Duration timeout) {
    String unused =
        callCluster(
            "The release " + release.name() + " could not be rolled back to revision " + revision,
            onCluster(HelmCommand.rollback(revision), release).withTimeout(seconds(timeout)));
    return status(release)
        .orElseThrow(
            () ->
                new HelmException(
                    "The release "
                        + release.name()
                        + " was removed from "
                        + release.namespace()
                        + " after it was rolled back; check who else changes it",
                    "",
                    null));
  }

  /** Other users can read the arguments of a process. */
  @Override
  void set(Chart.Setting setting, ChartCopy copy, String file, HelmCommand command) {
    if (!SecretValues.isSecret(setting.path())) {
      super.set(setting, copy, file, command);
      return;
    }
    String value = setting.value();
    if (!PLAIN.matcher(value).matches() || TYPED.matcher(value).matches()) {
      throw new HelmException(
          "the value of "
              + setting.key()
              + " is a secret by its name, and not a plain string; set it with setString, setJson or"
              + " a values file, so that it is not an argument of helm",
          "",
          null);
    }
    command.setFile(setting.key(), copy.write(file, value.replaceAll("\\\\(.)", "$1")));
  }

  @Override
  public String toString() {
    return "HelmCli[" + binary + "]" + describeKubeconfig();
  }
}
