package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.LabCluster;
import ai.kubernaut.airgap.examples.lab.cluster.LabNodes;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.io.ScratchDirectory;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An air-gapped world inside this JVM, with nothing to install: a source registry that holds
 * Kubernaut's images, a mirror registry, a chart of Kubernaut's shape, and a cluster whose nodes
 * reach only the mirror. Everything in it is asked over real HTTP, and the chart is installed by
 * real Helm.
 *
 * <p>The cluster and the registries listen on the loopback address only and require credentials,
 * which are different in each run. They end with {@link #close()}.
 */
public final class Lab implements AutoCloseable {
  /** The registries whose images the source registry of the lab holds. */
  public static final List<String> PUBLISHERS = List.of("quay.io", "registry.redhat.io");

  /** The image of the guide that the chart does not name. */
  public static final ImageRef MUST_GATHER = LabVersion.V1_1.mustGather();

  private static final Duration PULL_BACK_OFF = Duration.ofMillis(300);
  private static final Duration ROLLOUT = Duration.ofMillis(500);

  private final ScratchDirectory scratch;
  private final LabVersion version;
  private final Path chartDirectory;
  private final Path sdkConfig;
  private final @Nullable LabRegistry source;
  private final @Nullable LabRegistry mirror;
  private final @Nullable LabCluster cluster;
  private final @Nullable LabNodes attached;
  private final @Nullable NodePuller nodes;
  private final UnaryOperator<HttpRegistryClient.Builder> reach;
  private final @Nullable Path kubeconfig;

  private Lab(
      Builder builder,
      ScratchDirectory scratch,
      @Nullable LabRegistry source,
      @Nullable LabRegistry mirror)
      throws IOException {
    this.scratch = scratch;
    this.source = source;
    this.mirror = mirror;
    Path directory = scratch.path();
    this.version = builder.version;
    this.chartDirectory =
        LabChart.unpack(Files.createDirectory(directory.resolve("chart")), version);
    this.sdkConfig =
        Files.writeString(
            directory.resolve("sdk-config.yaml"),
            "llm:\n  provider: litellm\n  model: gpt-4o\n  endpoint: http://litellm.internal.svc:4000\n");
    if (source != null) {
      LabImages.push(source.host(), source.credentials(), version, directory.resolve("images"));
    }
    String mirrorHost =
        mirror == null ? Objects.requireNonNull(builder.externalMirror) : mirror.host();
    this.reach = mirror == null ? builder.reach : client -> client.plainHttp(mirrorHost);
    this.nodes = builder.withCluster ? new NodePuller(mirrorHost, reach) : null;
    if (nodes == null) {
      this.cluster = null;
      this.attached = null;
      this.kubeconfig = null;
    } else if (builder.otherCluster == null) {
      this.cluster =
          LabCluster.builder(nodes)
              .flavour(builder.flavour)
              .pullBackOff(PULL_BACK_OFF)
              .machineConfigRollout(ROLLOUT)
              .start();
      this.attached = null;
      this.kubeconfig = cluster.writeKubeconfig(directory);
    } else {
      this.cluster = null;
      this.attached =
          LabNodes.builder(builder.otherCluster, nodes)
              .flavour(builder.flavour)
              .machineConfigRollout(ROLLOUT)
              .attach();
      this.kubeconfig = builder.otherCluster;
    }
  }

  /**
   * Builds the whole world: about ten seconds, most of it for the images.
   *
   * @param flavour the kind of the cluster
   * @return the lab, ready for the five steps
   */
  public static Lab start(Flavour flavour) {
    return builder().flavour(flavour).start();
  }

  /**
   * A builder of a world in which real parts stand for some of the lab's.
   *
   * @return a builder of a whole lab with an OpenShift cluster
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The chart with the values that the guide layers for OpenShift, the tag of the published images,
   * what else this version requires, and an SDK config.
   *
   * @return ready to be planned
   */
  public Chart chart() {
    Chart chart = Chart.at(chartDirectory).values(chartDirectory.resolve("values-ocp.yaml"));
    for (Map.Entry<String, String> value : version.requiredValues().entrySet()) {
      chart = chart.set(value.getKey(), value.getValue());
    }
    return chart.sdkConfig(sdkConfig);
  }

  /**
   * The lab's mirror.
   *
   * @param separator how names are joined in it
   * @return the target for a plan
   * @throws IllegalStateException when a real registry stands in its place
   */
  public Target target(Separator separator) {
    return Target.registry(part(mirror, "mirror").host()).separator(separator);
  }

  /**
   * The credentials of the user of the lab's mirror.
   *
   * @return for the cluster's pull secret
   * @throws IllegalStateException when a real registry stands in its place
   */
  public Credentials mirrorCredentials() {
    return part(mirror, "mirror").credentials();
  }

  /**
   * The credentials of the lab's registries.
   *
   * @return a provider that knows nothing else
   */
  public CredentialProvider credentials() {
    CredentialProvider known = CredentialProvider.none();
    if (source != null) {
      known = known.orElse(CredentialProvider.forRegistry(source.host(), source.credentials()));
    }
    return mirror == null
        ? known
        : known.orElse(CredentialProvider.forRegistry(mirror.host(), mirror.credentials()));
  }

  /**
   * Lets a client reach the lab's registries as a bastion host does: what is published at quay.io
   * and registry.redhat.io comes from the lab's source registry.
   *
   * @param client a builder
   * @param publishers whose images come from the lab's source registry, if it has one
   * @return the same builder
   */
  public HttpRegistryClient.Builder reach(
      HttpRegistryClient.Builder client, Collection<String> publishers) {
    if (source != null) {
      client.plainHttp(source.host());
      publishers.forEach(publisher -> client.endpoint(publisher, source.host()));
    }
    return mirror == null ? client : client.plainHttp(mirror.host());
  }

  /**
   * A client of the lab's registries, with their credentials.
   *
   * @return a new client; the caller closes it
   */
  public HttpRegistryClient newRegistryClient() {
    return reach(HttpRegistryClient.builder().credentials(credentials()), PUBLISHERS).build();
  }

  /**
   * The kubeconfig of the lab's cluster, or of the one that its nodes are attached to.
   *
   * @return a file that only its owner can read
   * @throws IllegalStateException when a real cluster stands in its place
   */
  public Path kubeconfig() {
    return part(kubeconfig, "cluster");
  }

  /** Lets a client reach the lab's mirror as its nodes do. */
  HttpRegistryClient.Builder reachAsNode(HttpRegistryClient.Builder client) {
    return reach.apply(client);
  }

  /** Gives the cluster nodes without any image. */
  void replaceNodes() {
    replaceNodes(reach);
  }

  /**
   * Gives the cluster nodes without any image, which reach the mirror in another way.
   *
   * @param otherwise what nodes need to know to reach the mirror
   */
  void replaceNodes(UnaryOperator<HttpRegistryClient.Builder> otherwise) {
    part(nodes, "cluster").reset(otherwise);
  }

  /**
   * Deletes a manifest of the lab's mirror.
   *
   * @param image the image, by tag or by digest
   * @return the manifest that was deleted
   */
  Manifest deleteFromMirror(ImageRef image) {
    return part(mirror, "mirror").delete(image);
  }

  /**
   * Deletes a blob of an image in the lab's mirror, and keeps its manifests.
   *
   * @param image the image, by tag or by digest
   */
  void deleteBlobFromMirror(ImageRef image) {
    part(mirror, "mirror").deleteBlob(image);
  }

  /**
   * {@return whether the nodes have the global pull secret and the mirror rules as they are now}
   */
  boolean nodesAreUpdated() {
    return attached == null
        ? part(cluster, "cluster").nodesAreUpdated()
        : attached.nodesAreUpdated();
  }

  /**
   * Sets the mirror rules of a cluster with a hosted control plane, as the administrator of the
   * management cluster does.
   *
   * @param yaml the list, as in {@code spec.imageContentSources} of a HostedCluster
   * @throws IllegalStateException if the control plane of the cluster is not hosted
   */
  public void setImageContentSources(String yaml) {
    if (attached == null) {
      part(cluster, "cluster").setImageContentSources(yaml);
    } else {
      attached.setImageContentSources(yaml);
    }
  }

  /**
   * Places a {@code registries.conf} on all nodes of a cluster that is not OpenShift, and the
   * credentials for its mirrors.
   *
   * @param registriesConf the content of the file, such as {@link
   *     ai.kubernaut.airgap.mirrorrules.NodeFiles} writes it
   * @param dockerConfigJson the credentials, as in {@code config.json} of a kubelet
   */
  public void placeOnNodes(String registriesConf, String dockerConfigJson) {
    if (attached == null) {
      part(cluster, "cluster").placeOnNodes(registriesConf, dockerConfigJson);
    } else {
      attached.placeOnNodes(registriesConf, dockerConfigJson);
    }
  }

  private static <T> T part(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalStateException("this lab has no " + name + " of its own");
    }
    return part;
  }

  /**
   * Stops the cluster and the registries, and removes the lab's files. Nodes are removed from a
   * cluster that they were attached to; what was installed there stays.
   */
  @Override
  public void close() {
    try {
      if (attached != null) {
        attached.close();
      }
    } finally {
      if (cluster != null) {
        cluster.close();
      }
      close(mirror);
      close(source);
      scratch.close();
    }
  }

  private static void close(@Nullable LabRegistry registry) {
    if (registry != null) {
      registry.close();
    }
  }

  /** A user of one registry of this lab, with a password that no other run has. */
  private static Credentials newUser(String name, String registry) {
    byte[] password = new byte[24];
    new SecureRandom().nextBytes(password);
    return Credentials.of(
        name, "lab-" + registry + "-password-" + Base64.getUrlEncoder().encodeToString(password));
  }

  /** Builds a {@link Lab}. Not thread-safe. */
  public static final class Builder {
    private Flavour flavour = Flavour.OPENSHIFT;
    private LabVersion version = LabVersion.V1_1;
    private boolean withSource = true;
    private boolean withCluster = true;
    private @Nullable Path otherCluster;
    private @Nullable String externalMirror;
    private UnaryOperator<HttpRegistryClient.Builder> reach = client -> client;

    private Builder() {}

    /**
     * Chooses the cluster.
     *
     * @param value by default an OpenShift cluster
     * @return this builder
     */
    public Builder flavour(Flavour value) {
      flavour = value;
      return this;
    }

    /**
     * Chooses the version of the chart and of its images.
     *
     * @param value by default 1.1
     * @return this builder
     */
    public Builder version(LabVersion value) {
      version = value;
      return this;
    }

    /**
     * Leaves the source registry out.
     *
     * @return this builder
     */
    public Builder withoutSource() {
      withSource = false;
      return this;
    }

    /**
     * Leaves the cluster out.
     *
     * @return this builder
     */
    public Builder withoutCluster() {
      withCluster = false;
      return this;
    }

    /**
     * Attaches the nodes of the lab to a cluster that has none, instead of starting a cluster. The
     * kinds of OpenShift are created there only if {@link #flavour} is called with {@code
     * OPENSHIFT} afterwards.
     *
     * @param kubeconfig the kubeconfig of the cluster, whose user is an administrator
     * @return this builder
     */
    public Builder attachTo(Path kubeconfig) {
      otherCluster = kubeconfig;
      flavour = Flavour.KUBERNETES;
      return this;
    }

    /**
     * Lets a real registry be the mirror.
     *
     * @param host host and port
     * @param nodesReachIt what the cluster's nodes need to know to reach it, such as its CA
     * @return this builder
     */
    public Builder externalMirror(
        String host, UnaryOperator<HttpRegistryClient.Builder> nodesReachIt) {
      externalMirror = host;
      reach = nodesReachIt;
      return this;
    }

    /**
     * Builds the world.
     *
     * @return the lab; the caller closes it
     */
    public Lab start() {
      try {
        ScratchDirectory scratch = ScratchDirectory.create();
        LabRegistry source = null;
        LabRegistry mirror = null;
        try {
          source = withSource ? LabRegistry.start(newUser("reader", "source")) : null;
          mirror = externalMirror == null ? LabRegistry.start(newUser("mirror", "mirror")) : null;
          return new Lab(this, scratch, source, mirror);
        } catch (IOException | RuntimeException e) {
          Lab.close(mirror);
          Lab.close(source);
          scratch.close();
          throw e;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the lab's files could not be written", e);
      }
    }
  }
}
