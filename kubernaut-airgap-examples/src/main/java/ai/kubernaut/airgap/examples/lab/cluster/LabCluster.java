package ai.kubernaut.airgap.examples.lab.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cluster inside the JVM: a Kubernetes API on a free port of the loopback address, with
 * controllers and a kubelet behind it that pulls every image through an {@link ImagePuller} but
 * runs no program. Helm installs charts into it, and Kubernetes clients work with it as with any
 * cluster.
 *
 * <p>What a program in a pod would do is said by annotations on the pod's template:
 *
 * <ul>
 *   <li>{@code lab.kubernaut.ai/exit-code: <code>}: the Job's pod fails with this code;
 *   <li>{@code lab.kubernaut.ai/ready-after-job: <name>}: the pod becomes ready only after the Job
 *       of that name in its namespace has completed once;
 *   <li>{@code lab.kubernaut.ai/needs-pod: <key>=<value>}: the Job's pod ends only when a pod with
 *       that label is ready;
 *   <li>{@code lab.kubernaut.ai/crash: <code> <reason>}: each start of the pod ends with this exit
 *       code and reason, for example {@code 137 OOMKilled};
 *   <li>{@code lab.kubernaut.ai/crash-container: <name>}: only this container, which may be an init
 *       container, crashes and has the log; otherwise all but the init containers;
 *   <li>{@code lab.kubernaut.ai/log: <text>}: what the program writes to its log;
 *   <li>{@code lab.kubernaut.ai/failing-probe: <text>}: the readiness probe fails with this answer;
 *   <li>{@code lab.kubernaut.ai/start-error: <text>}: the runtime cannot start the container;
 *   <li>{@code lab.kubernaut.ai/mount-error: "<volume>" : <text>}: the node cannot mount the
 *       volume;
 *   <li>{@code lab.kubernaut.ai/creates-secret: <name>} and {@code lab.kubernaut.ai/deletes-secret:
 *       <name>}: what the Job's pod has done when it ends. The Secret has a certificate for the
 *       service of {@code lab.kubernaut.ai/certificate-for}, valid for the days of {@code
 *       lab.kubernaut.ai/certificate-days};
 *   <li>{@code lab.kubernaut.ai/sets-ca-bundle: <name>}: the webhooks of the namespace have the CA
 *       of that Secret when the Job's pod ends.
 * </ul>
 *
 * <p>A PersistentVolumeClaim with the annotation {@code lab.kubernaut.ai/without-volume: "true"}
 * stays without a volume.
 *
 * <p>A pod gets a node that fits its {@code nodeSelector}, tolerations and CPU requests, unless its
 * {@code schedulerName} names another scheduler than the default one. A cordoned node gets no pods,
 * and the status of pods on a node that is not ready does not change. Quotas for pods and CPU
 * requests, the Pod Security level {@code restricted} (privilege escalation only), missing
 * ServiceAccounts and validating webhooks without a ready pod keep pods from being created. A claim
 * that names a storage class gets no volume.
 *
 * <p>Safe for use by several threads. All its threads are daemons and end with {@link #close()}.
 */
public final class LabCluster implements AutoCloseable {
  private final EventLoop loop;
  private final Store store;
  private volatile String nodeConfig = "";
  private @Nullable HostedControlPlane hosted;
  private @Nullable RedirectingPuller redirecting;
  private @Nullable Kubelet kubelet;
  private final ApiServer server;
  private final Authorizer authorizer;
  private BooleanSupplier nodesHavePullSecret = () -> true;
  private final Users users;

  private LabCluster(Builder builder) {
    this.users = new Users(Authorizer.ADMIN, builder.token);
    this.store = new Store(builder.withNodes);
    this.loop = new EventLoop();
    if (!builder.withNodes) {
      ControllerManager.start(store, loop);
    }
    seed(store, "default", "kube-system", "kube-public", "kube-node-lease");
    this.authorizer = new Authorizer(store);
    AdmissionPolicies policies = new AdmissionPolicies(store);
    WorkloadControllers.start(store, loop, policies);
    if (builder.withNodes) {
      startNodes(builder);
    }
    this.server =
        ApiServer.start(
            new ApiRouter(
                    store, new ResourceKinds(builder.flavour, store), policies, authorizer, users)
                ::answer,
            users::userOf,
            InetAddress.getLoopbackAddress());
  }

  private void startNodes(Builder builder) {
    Nodes.create("").forEach(node -> store.create(ResourceKinds.NODE, node));
    DockerConfigs credentials = new DockerConfigs(store, openShift(builder));
    redirecting =
        RedirectingPuller.start(store, loop, builder.machineConfigRollout, builder.puller);
    kubelet =
        Kubelet.start(
            store, loop, credentials, redirecting, builder.pullBackOff, Fleet.WHOLE_CLUSTER);
  }

  /** Adds what OpenShift has; the answer is where the nodes' own credentials come from. */
  private Supplier<String> openShift(Builder builder) {
    if (builder.flavour == Flavour.KUBERNETES) {
      return () -> nodeConfig;
    }
    if (builder.flavour == Flavour.HOSTED) {
      HostedControlPlane started =
          new OpenShift(store).startHosted(loop, builder.machineConfigRollout);
      started.refuseChangesOfOthers();
      hosted = started;
      nodesHavePullSecret = () -> started.isRolledOut(store);
      return started::nodeSecret;
    }
    MachineConfigOperator operator = new OpenShift(store).start(loop, builder.machineConfigRollout);
    nodesHavePullSecret = () -> operator.isRolledOut(store);
    return operator::nodeSecret;
  }

  /**
   * {@return whether the nodes have the global pull secret and the mirror rules as they are now}
   */
  public boolean nodesAreUpdated() {
    return nodesHavePullSecret.getAsBoolean()
        && (redirecting == null || redirecting.isUpdated(store));
  }

  /**
   * Sets the mirror rules of a cluster with a hosted control plane, as the administrator of the
   * management cluster does in {@code spec.imageContentSources} of the HostedCluster. They appear
   * as ImageDigestMirrorSet {@code cluster}, which no client of this cluster can change.
   *
   * @param yaml the list, each item with {@code source} and {@code mirrors}
   * @throws IllegalStateException if the control plane of this cluster is not hosted
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

  private static void seed(Store store, String... namespaces) {
    for (String name : namespaces) {
      store.create(ResourceKinds.NAMESPACE, ResourceKinds.NAMESPACE.newObject("", name));
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Begins to describe a cluster.
   *
   * @param puller how its nodes get images
   * @return a builder for an OpenShift cluster with a token of its own
   */
  public static Builder builder(ImagePuller puller) {
    return new Builder(puller);
  }

  /**
   * Where the API is.
   *
   * @return the address, such as {@code https://127.0.0.1:40123}
   */
  public URI url() {
    return server.url();
  }

  /**
   * Writes a kubeconfig with the cluster's address, certificate and token. Other users cannot read
   * the file where the file system knows of permissions.
   *
   * @param directory an existing directory
   * @return the file
   */
  public Path writeKubeconfig(Path directory) {
    return writeKubeconfig(directory, Authorizer.ADMIN, "lab.kubeconfig");
  }

  /**
   * Writes a kubeconfig of a user who is allowed only what the Roles and ClusterRoles of the
   * cluster grant. Other users of the machine cannot read the file where the file system knows of
   * permissions.
   *
   * @param directory an existing directory
   * @param user the name of the user, as bindings name it
   * @return the file, named after the user
   */
  public Path writeKubeconfig(Path directory, String user) {
    return writeKubeconfig(directory, user, user + ".kubeconfig");
  }

  /** Sets who is told what users other than the administrator ask for, allowed or not. */
  void audit(Consumer<Access> listener) {
    authorizer.audit(listener);
  }

  private Path writeKubeconfig(Path directory, String user, String name) {
    String token = users.tokenOf(user);
    String kubeconfig =
        """
        apiVersion: v1
        kind: Config
        clusters:
          - name: lab
            cluster:
              server: %s
              certificate-authority-data: %s
        users:
          - name: %s
            user:
              token: %s
        contexts:
          - name: lab
            context:
              cluster: lab
              user: %s
              namespace: default
        current-context: lab
        """
            .formatted(url(), base64(server.certificatePem()), user, token, user);
    Path file = directory.resolve(name);
    FileAttribute<?>[] ownerOnly =
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.deleteIfExists(file);
      try (var channel =
          Files.newByteChannel(
              file,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              ownerOnly)) {
        channel.write(StandardCharsets.UTF_8.encode(kubeconfig));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the kubeconfig cannot be written to " + file, e);
    }
    return file;
  }

  /** Ends every connection and every thread; what was in the cluster is gone. */
  @Override
  public void close() {
    server.close();
    if (kubelet != null) {
      kubelet.close();
    }
    loop.close();
  }

  /** Describes a cluster that is to be started. */
  public static final class Builder {
    private final ImagePuller puller;
    private Flavour flavour = Flavour.OPENSHIFT;
    private String token = UUID.randomUUID().toString();
    private boolean withNodes = true;
    private Duration pullBackOff = Duration.ofMillis(200);
    private Duration machineConfigRollout = Duration.ofMillis(400);

    private Builder(ImagePuller puller) {
      this.puller = Objects.requireNonNull(puller, "puller");
    }

    /**
     * Sets the kind of cluster.
     *
     * @param value {@link Flavour#OPENSHIFT} unless set
     * @return this builder
     */
    public Builder flavour(Flavour value) {
      this.flavour = Objects.requireNonNull(value, "flavour");
      return this;
    }

    /**
     * Sets the bearer token without which nothing is answered.
     *
     * @param value a random one unless set
     * @return this builder
     */
    public Builder bearerToken(String value) {
      this.token = Objects.requireNonNull(value, "bearerToken");
      return this;
    }

    /**
     * Sets how long a node waits after a first failed pull before it tries again. Each further
     * failure doubles it, up to ten times this long.
     *
     * @param value 200 milliseconds unless set
     * @return this builder
     */
    public Builder pullBackOff(Duration value) {
      this.pullBackOff = Objects.requireNonNull(value, "pullBackOff");
      return this;
    }

    /**
     * Sets how long a changed global pull secret takes to reach the nodes. For the first quarter of
     * it, the MachineConfigPools do not yet show that there is something to do.
     *
     * @param value 400 milliseconds unless set
     * @return this builder
     */
    public Builder machineConfigRollout(Duration value) {
      this.machineConfigRollout = Objects.requireNonNull(value, "machineConfigRollout");
      return this;
    }

    /**
     * Leaves out the nodes, the scheduler and everything else that an API server with a controller
     * manager does not have. Pods that run on nodes elsewhere end when their kubelet says so.
     */
    Builder withoutNodes() {
      this.withNodes = false;
      this.flavour = Flavour.KUBERNETES;
      return this;
    }

    /**
     * Starts the cluster.
     *
     * @return the cluster, ready to be used
     */
    public LabCluster start() {
      return new LabCluster(this);
    }
  }
}
