package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of the lab in a cluster that runs elsewhere, for example a kube-apiserver with a
 * kube-controller-manager and no kubelet. Pods run there as in {@link LabCluster}: their images are
 * pulled through an {@link ImagePuller}, and no program runs. The annotations of {@link LabCluster}
 * apply.
 *
 * <ul>
 *   <li>The nodes have names with a random suffix and the label {@code lab.kubernaut.ai/nodes}.
 *       Their Leases are renewed, so that the controller manager regards them as ready.
 *   <li>Pods without a node are assigned to them unless a kube-scheduler runs in the cluster, which
 *       its Lease shows. Pods on other nodes are not touched.
 *   <li>A claim without a storage class gets a PersistentVolume.
 *   <li>The API server gets the logs of the pods, and the answers to their HTTP probes, from this
 *       JVM: at the address of this machine from which the API server is reached, or at the first
 *       one that is not a loopback address if the API server is on this machine. The ports of the
 *       probes are those of the pods. Pods have that address as theirs.
 *   <li>With {@link Builder#flavour OPENSHIFT} and HOSTED, kinds of OpenShift that are not served
 *       are created as CustomResourceDefinitions, with the objects that a cluster has, and the
 *       machine config operator of the lab, or what a hosted control plane has instead, runs.
 *       Otherwise, ImageDigestMirrorSets and the like apply where they are served.
 * </ul>
 *
 * <p>{@link #close()} removes the nodes, the pods on them, and everything else that was created.
 * What a process that was killed has left behind has the label {@code lab.kubernaut.ai/nodes}.
 *
 * <p>The user of the kubeconfig needs the rights of an administrator. Safe for use by several
 * threads.
 *
 * <pre>{@code
 * try (LabNodes nodes = LabNodes.attach(Path.of("kubeconfig"))) {
 *   // pods of the cluster become ready
 * }
 * }</pre>
 */
public final class LabNodes implements AutoCloseable {
  /** The label of everything that is created. Its value differs from run to run. */
  public static final String LABEL = "lab.kubernaut.ai/nodes";

  private static final String LEASE_NAMESPACE = "kube-node-lease";
  private static final int RETRIES = 4;
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration RESYNC = Duration.ofSeconds(5);
  private static final Duration REMOVAL = Duration.ofSeconds(60);
  private static final Duration READY = Duration.ofSeconds(20);
  private static final Duration SCHEDULER_IS_GONE = Duration.ofMinutes(1);
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final List<ResourceKind> FOLLOWED =
      List.of(
          ResourceKinds.NODE,
          ResourceKinds.SERVICE_ACCOUNT,
          ResourceKinds.SECRET,
          ResourceKinds.CONFIG_MAP,
          ResourceKinds.CLAIM,
          ResourceKinds.JOB,
          ResourceKinds.POD);

  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final ObjectNode labels = Json.object().put(LABEL, run);
  private final KubernetesClient client;
  private final RemoteObjects objects;
  private final EventLoop loop = new EventLoop();
  private final InetAddress address;
  private final ApiServer kubeletServer;
  private final PodPorts ports;
  private final OpenShift openShift;
  private final Set<String> names;
  private @Nullable MachineConfigOperator operator;
  private volatile String nodeConfig = "";
  private @Nullable HostedControlPlane hosted;
  private @Nullable RedirectingPuller redirecting;
  private @Nullable Kubelet kubelet;
  private @Nullable VolumeBinder volumes;

  private LabNodes(Builder builder, KubernetesClient client) {
    this.client = client;
    this.objects = new RemoteObjects(client);
    this.openShift = new OpenShift(objects);
    this.address = address(client);
    this.kubeletServer = KubeletServer.start(objects, address);
    this.ports = new PodPorts(objects, address);
    List<ObjectNode> nodes = Nodes.create("lab-" + run + "-");
    this.names = nodes.stream().map(Json::name).collect(Collectors.toUnmodifiableSet());
    try {
      start(builder, nodes);
    } catch (RuntimeException e) {
      IllegalStateException failure =
          new IllegalStateException(
              "the nodes of the lab cannot be attached to %s: %s; check the kubeconfig, and that its user is an administrator"
                  .formatted(client.getMasterUrl(), e.getMessage()),
              e);
      attempt(failure::addSuppressed, this::close);
      throw failure;
    }
  }

  /** The lab's own API server needs no address of this machine that others can reach. */
  private static InetAddress address(KubernetesClient client) {
    try {
      VersionInfo version = client.getKubernetesVersion();
      if (version != null && Discovery.COMMIT.equals(version.getGitCommit())) {
        return InetAddress.getLoopbackAddress();
      }
    } catch (KubernetesClientException e) {
      // Registering the nodes fails with the same error, and tells it.
      return InetAddress.getLoopbackAddress();
    }
    return LocalAddress.towards(URI.create(client.getMasterUrl().toString()));
  }

  private void start(Builder builder, List<ObjectNode> nodes) {
    nodes.forEach(this::register);
    OpenShift.define(objects.api(), builder.flavour, labels, LabNodes::pause);
    FOLLOWED.forEach(objects::follow);
    awaitReadyNodes();
    ResourceKinds.MIRROR_RULES.stream().filter(objects.api()::serves).forEach(objects::follow);
    Supplier<String> nodeSecret = () -> nodeConfig;
    if (builder.flavour == Flavour.OPENSHIFT) {
      objects.follow(ResourceKinds.MACHINE_CONFIG_POOL);
      MachineConfigOperator started = openShift.start(loop, builder.machineConfigRollout);
      operator = started;
      nodeSecret = started::nodeSecret;
    } else if (builder.flavour == Flavour.HOSTED) {
      HostedControlPlane started = openShift.startHosted(loop, builder.machineConfigRollout);
      hosted = started;
      nodeSecret = started::nodeSecret;
    }
    RedirectingPuller puller =
        RedirectingPuller.start(objects, loop, builder.machineConfigRollout, builder.puller);
    redirecting = puller;
    objects.addListener(change -> loop.execute(() -> openPorts(change)));
    volumes = VolumeBinder.start(objects, loop, labels);
    kubelet =
        Kubelet.start(
            objects,
            loop,
            new DockerConfigs(objects, nodeSecret),
            puller,
            builder.pullBackOff,
            new Fleet(names, !hasScheduler()));
    loop.schedule(HEARTBEAT, this::renewLeases);
    loop.schedule(RESYNC, this::resync);
  }

  /**
   * New nodes have a taint until the controller manager has seen that they are ready. Where it does
   * not look at nodes, pods say why they are not assigned to one.
   */
  private void awaitReadyNodes() {
    long end = System.nanoTime() + READY.toNanos();
    while (objects.list(ResourceKinds.NODE, "").stream().anyMatch(this::isUnseen)
        && System.nanoTime() < end) {
      pause();
    }
  }

  private boolean isUnseen(JsonNode node) {
    return names.contains(Json.name(node))
        && Json.elements(node, "/spec/taints")
            .anyMatch(taint -> Json.text(taint, "/key").equals("node.kubernetes.io/not-ready"));
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the cluster", e);
    }
  }

  private void register(ObjectNode node) {
    node.withObject("/metadata/labels").put(LABEL, run);
    Nodes.describe(node, address.getHostAddress(), kubeletServer.url().getPort());
    ObjectNode registered = objects.create(ResourceKinds.NODE, node);
    ObjectNode lease = ResourceKinds.LEASE.newObject(LEASE_NAMESPACE, Json.name(node));
    lease.withObjectProperty("metadata").set("labels", labels.deepCopy());
    lease
        .withObject("/metadata")
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", "v1")
        .put("kind", "Node")
        .put("name", Json.name(node))
        .put("uid", Json.uid(registered));
    lease
        .putObject("spec")
        .put("holderIdentity", Json.name(node))
        .put("leaseDurationSeconds", 40)
        .put("renewTime", now());
    objects.create(ResourceKinds.LEASE, lease);
  }

  private void openPorts(Change change) {
    if (change.kind().equals(ResourceKinds.POD)
        && names.contains(Json.text(change.object(), "/spec/nodeName"))
        && Conditions.isTrue(change.object(), "Ready")) {
      ports.open(change.object());
    }
  }

  private static String now() {
    return MICRO_TIME.format(Instant.now());
  }

  private void renewLeases() {
    loop.schedule(HEARTBEAT, this::renewLeases);
    for (String name : names) {
      EventLoop.run(
          () ->
              objects.updateIfPresent(
                  ResourceKinds.LEASE,
                  LEASE_NAMESPACE,
                  name,
                  lease -> {
                    lease.withObjectProperty("spec").put("renewTime", now());
                    return lease;
                  }));
    }
  }

  /** Repeats what a failed request has kept from happening. */
  private void resync() {
    loop.schedule(RESYNC, this::resync);
    if (volumes != null && kubelet != null) {
      volumes.provideAll();
      kubelet.syncAll();
    }
  }

  /** Whether a kube-scheduler has renewed its Lease of late. */
  private boolean hasScheduler() {
    return objects
        .find(ResourceKinds.LEASE, "kube-system", "kube-scheduler")
        .map(lease -> Json.text(lease, "/spec/renewTime"))
        .filter(time -> !time.isEmpty())
        .map(Instant::parse)
        .filter(time -> time.isAfter(Instant.now().minus(SCHEDULER_IS_GONE)))
        .isPresent();
  }

  /**
   * Attaches nodes that have every image.
   *
   * @param kubeconfig the kubeconfig of the cluster
   * @return the nodes, which are ready; the caller closes them
   * @throws IllegalArgumentException if there is no such file
   * @throws IllegalStateException if the API server cannot be reached or refuses a request
   */
  public static LabNodes attach(Path kubeconfig) {
    return builder(kubeconfig, (image, configs) -> new PulledImage(image)).attach();
  }

  /**
   * Begins to describe nodes.
   *
   * @param kubeconfig the kubeconfig of the cluster
   * @param puller how the nodes get images
   * @return a builder of nodes of a cluster that is not OpenShift
   */
  public static Builder builder(Path kubeconfig, ImagePuller puller) {
    return new Builder(kubeconfig, puller);
  }

  /**
   * {@return whether the nodes have the global pull secret and the mirror rules as they are now}
   */
  public boolean nodesAreUpdated() {
    RemoteObjects current = new RemoteObjects(client);
    return (operator == null || operator.isRolledOut(current))
        && (hosted == null || hosted.isRolledOut(current))
        && (redirecting == null || redirecting.isUpdated(current));
  }

  /**
   * Sets the mirror rules of a hosted cluster, as {@link LabCluster#setImageContentSources} does.
   *
   * @param yaml the list, each item with {@code source} and {@code mirrors}
   * @throws IllegalStateException if the cluster was not given {@link Flavour#HOSTED}
   */
  public void setImageContentSources(String yaml) {
    HostedControlPlane.require(hosted).setImageContentSources(yaml);
  }

  /**
   * Places a {@code registries.conf} on all nodes, and the credentials for its mirrors: kubelets
   * use pull secrets of pods for the registry in the name of an image only. Both apply at once. On
   * OpenShift, the nodes have the credentials of the global pull secret instead.
   *
   * @param registriesConf the content of the file, with tables {@code registry} and {@code
   *     registry.mirror}
   * @param dockerConfigJson the credentials of the nodes
   */
  public void placeOnNodes(String registriesConf, String dockerConfigJson) {
    nodeConfig =
        Base64.getEncoder().encodeToString(dockerConfigJson.getBytes(StandardCharsets.UTF_8));
    Objects.requireNonNull(redirecting, "the cluster has no nodes").place(registriesConf);
  }

  /**
   * Removes the nodes and everything else that was created in the cluster.
   *
   * @throws IllegalStateException if something could not be removed
   */
  @Override
  public void close() {
    loop.close();
    if (kubelet != null) {
      kubelet.close();
    }
    objects.close();
    kubeletServer.close();
    ports.close();
    List<RuntimeException> failures = new ArrayList<>();
    attempt(failures::add, () -> removeAll(ResourceKinds.NODE));
    attempt(failures::add, () -> removeAll(ResourceKinds.LEASE));
    attempt(failures::add, this::removePods);
    attempt(failures::add, openShift::remove);
    attempt(failures::add, () -> removeAll(ResourceKinds.VOLUME));
    attempt(failures::add, () -> awaitRemoval(() -> openShift.isRemoved(objects.api())));
    attempt(failures::add, () -> removeAll(ResourceKinds.CRD));
    attempt(failures::add, () -> awaitRemoval(() -> labelled(ResourceKinds.CRD).isEmpty()));
    client.close();
    if (!failures.isEmpty()) {
      IllegalStateException failure =
          new IllegalStateException(
              "not everything with the label %s=%s could be removed from %s: %s; delete it with kubectl"
                  .formatted(LABEL, run, client.getMasterUrl(), failures.get(0).getMessage()),
              failures.get(0));
      failures.stream().skip(1).forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private static void attempt(Consumer<RuntimeException> failures, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      failures.accept(e);
    }
  }

  private void removeAll(ResourceKind kind) {
    labelled(kind)
        .forEach(object -> objects.api().remove(kind, Json.namespace(object), Json.name(object)));
  }

  private List<ObjectNode> labelled(ResourceKind kind) {
    return objects.api().list(kind, LABEL + "=" + run);
  }

  /**
   * Namespaces and definitions end in the background. The next nodes would take them for theirs.
   */
  private static void awaitRemoval(BooleanSupplier isRemoved) {
    long end = System.nanoTime() + REMOVAL.toNanos();
    while (!isRemoved.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("namespaces or definitions still end after " + REMOVAL);
      }
      pause();
    }
  }

  /** Without its node, a pod would wait for a kubelet. */
  private void removePods() {
    for (JsonNode pod : objects.api().list(ResourceKinds.POD, "")) {
      if (names.contains(Json.text(pod, "/spec/nodeName"))) {
        objects.api().remove(ResourceKinds.POD, Json.namespace(pod), Json.name(pod));
      }
    }
  }

  /** Describes nodes that are to be attached. Not thread-safe. */
  public static final class Builder {
    private final Path kubeconfig;
    private final ImagePuller puller;
    private Flavour flavour = Flavour.KUBERNETES;
    private Duration pullBackOff = Duration.ofSeconds(1);
    private Duration machineConfigRollout = Duration.ofMillis(500);

    private Builder(Path kubeconfig, ImagePuller puller) {
      this.kubeconfig = Objects.requireNonNull(kubeconfig, "kubeconfig");
      this.puller = Objects.requireNonNull(puller, "puller");
    }

    /**
     * Sets whether the cluster gets the kinds and the machine config operator of OpenShift.
     *
     * @param value {@link Flavour#KUBERNETES} unless set
     * @return this builder
     */
    public Builder flavour(Flavour value) {
      flavour = Objects.requireNonNull(value, "flavour");
      return this;
    }

    /**
     * Sets how long a node waits after a first failed pull before it tries again. Each further
     * failure doubles it, up to ten times this long.
     *
     * @param value one second unless set
     * @return this builder
     */
    public Builder pullBackOff(Duration value) {
      pullBackOff = Objects.requireNonNull(value, "pullBackOff");
      return this;
    }

    /**
     * Sets how long a changed global pull secret, or a changed mirror rule, takes to reach the
     * nodes.
     *
     * @param value 500 milliseconds unless set
     * @return this builder
     */
    public Builder machineConfigRollout(Duration value) {
      machineConfigRollout = Objects.requireNonNull(value, "machineConfigRollout");
      return this;
    }

    /**
     * Attaches the nodes.
     *
     * @return the nodes, which are ready; the caller closes them
     * @throws IllegalArgumentException if there is no kubeconfig
     * @throws IllegalStateException if the API server cannot be reached or refuses a request
     */
    public LabNodes attach() {
      if (!Files.isRegularFile(kubeconfig)) {
        throw new IllegalArgumentException(
            "there is no kubeconfig " + kubeconfig + "; give the one of the cluster");
      }
      Config config = Config.fromKubeconfig(kubeconfig.toFile());
      config.setRequestRetryBackoffLimit(RETRIES);
      return new LabNodes(this, new KubernetesClientBuilder().withConfig(config).build());
    }
  }
}
