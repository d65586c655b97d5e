package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.LabCluster;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An air-gapped world inside this JVM, with nothing to install: a source registry that holds
 * Kubernaut's images, a mirror registry, a chart of Kubernaut's shape, and a cluster whose nodes
 * reach only the mirror. Everything in it is asked over real HTTP, and the chart is installed by
 * real Helm.
 */
public final class Lab implements AutoCloseable {
  /** The registries whose images the source registry of the lab holds. */
  public static final List<String> PUBLISHERS = List.of("quay.io", "registry.redhat.io");

  /** The image of the guide that the chart does not name. */
  public static final ImageRef MUST_GATHER =
      ImageRef.parse("quay.io/kubernaut-ai/must-gather:v1.1.0");

  private static final Credentials SOURCE_USER = Credentials.of("reader", "lab-source-password");
  private static final Credentials MIRROR_USER = Credentials.of("mirror", "lab-mirror-password");

  private final Path folder;
  private final LabRegistry source;
  private final LabRegistry mirror;
  private final LabCluster cluster;
  private final Path kubeconfig;
  private final Path chartFolder;
  private final Path sdkConfig;

  private Lab(Flavour flavour, Path folder) throws IOException {
    this.folder = folder;
    this.source = LabRegistry.start(SOURCE_USER);
    this.mirror = LabRegistry.start(MIRROR_USER);
    LabImages.push(source, folder.resolve("images"));
    this.chartFolder = LabChart.unpack(folder.resolve("chart"));
    this.sdkConfig =
        Files.writeString(
            folder.resolve("sdk-config.yaml"),
            "llm:\n  provider: litellm\n  model: gpt-4o\n  endpoint: http://litellm.internal.svc:4000\n");
    this.cluster =
        LabCluster.builder(new NodePuller(mirror.host()))
            .flavour(flavour)
            .pullBackOff(Duration.ofMillis(300))
            .machineConfigRollout(Duration.ofMillis(500))
            .start();
    this.kubeconfig = cluster.writeKubeconfig(folder);
  }

  /**
   * Builds the world: about ten seconds, most of it for the images.
   *
   * @param flavour whether the cluster is an OpenShift cluster
   * @return the lab, ready for the five steps
   */
  public static Lab start(Flavour flavour) {
    try {
      return new Lab(flavour, Files.createTempDirectory("kubernaut-airgap-lab-"));
    } catch (IOException e) {
      throw new UncheckedIOException("the lab's files could not be written", e);
    }
  }

  /**
   * The chart with the values that the guide layers for OpenShift, the tag of the published images
   * and an SDK config.
   *
   * @return ready to be planned
   */
  public Chart chart() {
    return Chart.at(chartFolder)
        .values(chartFolder.resolve("values-ocp.yaml"))
        .set("global.image.tag", "v1.1.0")
        .sdkConfig(sdkConfig);
  }

  /**
   * The mirror.
   *
   * @param separator how names are joined in it
   * @return the target for a plan
   */
  public Target target(Separator separator) {
    return Target.registry(mirror.host()).separator(separator);
  }

  /**
   * The credentials of the mirror's user.
   *
   * @return for the cluster's pull secret
   */
  public Credentials mirrorCredentials() {
    return mirror.credentials();
  }

  /**
   * A client that knows both registries as a bastion host does: what is published at quay.io and
   * registry.redhat.io comes from the lab's source registry.
   *
   * @return a new client; the caller closes it
   */
  public HttpRegistryClient newRegistryClient() {
    HttpRegistryClient.Builder client =
        HttpRegistryClient.builder()
            .plainHttp(source.host())
            .plainHttp(mirror.host())
            .credentials(
                CredentialProvider.forRegistry(source.host(), source.credentials())
                    .orElse(CredentialProvider.forRegistry(mirror.host(), mirror.credentials())));
    PUBLISHERS.forEach(publisher -> client.endpoint(publisher, source.host()));
    return client.build();
  }

  /**
   * The source registry's address.
   *
   * @return host and port
   */
  public String sourceHost() {
    return source.host();
  }

  /**
   * The cluster's kubeconfig.
   *
   * @return a file that only its owner can read
   */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** Stops the cluster and removes the lab's files. The registries end with the process. */
  @Override
  public void close() {
    cluster.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the lab's files in " + folder + " could not be removed", e);
    }
  }
}
