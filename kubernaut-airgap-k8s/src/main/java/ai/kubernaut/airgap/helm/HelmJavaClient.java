package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.jni.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Helm, embedded by helm-java: no {@code helm} binary is needed. Thread-safe.
 *
 * <p>Helm runs in processes of their own, started from {@code bin/java} of this JVM with the first
 * calls, and ended after a minute without a call, by {@link #close()}, and with this JVM. So the
 * signal handlers, the standard streams and the home directory of this JVM are not touched, and an
 * interrupt ends a call. Processes that only render have no cluster and an empty environment. The
 * libraries may be files of the class path, in a shaded jar, or nested in an executable jar of
 * Spring Boot; where no process can be started, see {@link Builder#inProcess()} and {@link
 * HelmCli}.
 *
 * <p>The native library comes from the class path and is never downloaded.
 *
 * <pre>{@code
 * try (HelmClient helm = HelmJavaClient.builder().kubeconfig(Path.of("kubeconfig")).build()) {
 *   helm.status(ReleaseName.defaultRelease()).ifPresent(System.out::println);
 * }
 * }</pre>
 */
public final class HelmJavaClient extends AbstractHelmClient {
  private HelmJavaClient(Builder builder, HelmCalls offline, HelmCalls online) {
    super(builder.kubeconfig, offline, online);
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Creates a client for the cluster of {@code $KUBECONFIG}, or of {@code ~/.kube/config}, or of
   * the pod this runs in. Rendering needs no cluster.
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
     * @param file the file; by default {@code $KUBECONFIG}, or {@code ~/.kube/config}, or what the
     *     pod this runs in has
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
      requireNativeLibrary();
      if (inProcess) {
        HelmCalls calls = new InProcessHelm();
        return new HelmJavaClient(this, calls, calls);
      }
      return new HelmJavaClient(
          this,
          new HelmWorkers(false, HelmWorkers.limit(), HelmWorkers.idleTime()),
          new HelmWorkers(true, HelmWorkers.limit(), HelmWorkers.idleTime()));
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

  /**
   * {@inheritDoc}
   *
   * <p>helm-java has no rollback. The manifests that Helm has stored with the revision are applied
   * as an upgrade, with the chart's name and version and the values of that revision.
   */
  @Override
  public Release rollback(ReleaseName release, int revision, Duration timeout) {
    String failure =
        "The release " + release.name() + " could not be rolled back to revision " + revision;
    try (RollbackChart chart = RollbackChart.of(stored(release, revision, failure))) {
      return deploy(
          failure,
          onCluster(HelmCommand.upgrade(chart.directory()), release)
              .withDescription("Rollback to " + revision)
              .withTimeout(seconds(timeout))
              .withValuesFile(chart.values()));
    } catch (IOException e) {
      throw new HelmException(failure + ": " + e.getMessage(), "", e);
    }
  }

  private ObjectNode stored(ReleaseName release, int revision, String failure) throws IOException {
    try (RollbackChart reader =
        RollbackChart.reading(release.namespace(), release.name(), revision)) {
      String notes =
          callCluster(failure, onCluster(HelmCommand.notes(reader.directory()), release));
      return RollbackChart.stored(notes)
          .orElseThrow(
              () ->
                  new HelmException(
                      failure
                          + ": Helm has not stored this revision in a Secret of the namespace "
                          + release.namespace()
                          + "; choose one of the release's history",
                      "",
                      null));
    }
  }

  /** {@return true} */
  @Override
  public boolean endsWithJvm() {
    return true;
  }

  @Override
  public String toString() {
    return "HelmJavaClient" + describeKubeconfig();
  }
}
