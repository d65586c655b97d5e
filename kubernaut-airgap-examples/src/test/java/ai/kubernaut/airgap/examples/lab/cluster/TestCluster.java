package ai.kubernaut.airgap.examples.lab.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The cluster of a test: that of {@code -Dairgap.it.kubeconfig=FILE}, with nodes of the lab where
 * the test runs pods, or else one of the lab in this JVM.
 */
final class TestCluster implements AutoCloseable {
  private static final ImagePuller EVERY_IMAGE = (image, configs) -> new PulledImage(image);

  private final Path kubeconfig;
  private final @Nullable OtherCluster other;
  private final @Nullable LabCluster lab;
  private final Runnable end;

  private TestCluster(Path kubeconfig, OtherCluster other, Runnable end) {
    this.kubeconfig = kubeconfig;
    this.other = other;
    this.lab = null;
    this.end = end;
  }

  private TestCluster(Path kubeconfig, LabCluster lab) {
    this.kubeconfig = kubeconfig;
    this.other = null;
    this.lab = lab;
    this.end = lab::close;
  }

  /** Starts a cluster whose pods get their images from the puller. */
  static TestCluster start(Path directory, ImagePuller puller) {
    return start(directory, puller, Flavour.KUBERNETES, Duration.ofMillis(400));
  }

  /** Starts a cluster for tests that run no pod, which may have nodes of its own. */
  static TestCluster startWithoutPods(Path directory) {
    return OtherCluster.ofProperty()
        .map(other -> new TestCluster(other.kubeconfig(), other, () -> {}))
        .orElseGet(() -> start(directory, EVERY_IMAGE));
  }

  /** Starts an OpenShift cluster whose nodes have a change after the time of a rollout. */
  static TestCluster startOpenShift(Path directory, Duration rollout) {
    return start(directory, EVERY_IMAGE, Flavour.OPENSHIFT, rollout);
  }

  /** Starts a cluster of a flavour, whose nodes have a change after the time of a rollout. */
  static TestCluster start(Path directory, ImagePuller puller, Flavour flavour, Duration rollout) {
    return OtherCluster.ofProperty()
        .map(
            other -> {
              other.skipIfItHasNodes();
              return new TestCluster(
                  other.kubeconfig(),
                  other,
                  LabNodes.builder(other.kubeconfig(), puller)
                          .flavour(flavour)
                          .machineConfigRollout(rollout)
                          .pullBackOff(Duration.ofMillis(300))
                          .attach()
                      ::close);
            })
        .orElseGet(
            () -> {
              LabCluster cluster =
                  LabCluster.builder(puller).flavour(flavour).machineConfigRollout(rollout).start();
              return new TestCluster(cluster.writeKubeconfig(directory), cluster);
            });
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  /** Whether the cluster is one of the lab in this JVM. */
  boolean isInThisJvm() {
    return lab != null;
  }

  /** A name that is free in the cluster. */
  String name(String name) {
    return other == null ? name : other.name(name);
  }

  /** Skips a test of the seal on a cluster that is too old to have one. */
  static void assumeAdmissionPolicies(ClusterClient cluster) {
    assumeTrue(
        cluster.serves(ResourceType.ADMISSION_POLICY),
        "the cluster has no ValidatingAdmissionPolicies; Kubernetes 1.30 or later has them");
  }

  /** A client of the administrator. */
  KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
        .build();
  }

  /**
   * Creates a namespace with its default ServiceAccount, without which API servers refuse pods and
   * which a controller manager creates.
   */
  void createNamespace(Namespace namespace) {
    try (KubernetesClient client = client()) {
      String name = client.resource(namespace).create().getMetadata().getName();
      if (isInThisJvm()) {
        createAccount(client, name, "default");
      } else {
        Await.until(
            client.serviceAccounts().inNamespace(name).withName("default"), Objects::nonNull);
      }
    }
  }

  /**
   * Creates a user who is allowed nothing: a ServiceAccount.
   *
   * @param namespace its namespace, which exists
   */
  TestUser createUser(Path directory, String namespace, String name) {
    try (KubernetesClient client = client()) {
      createAccount(client, namespace, name);
      return TestUser.of(client, namespace, name, directory);
    }
  }

  private static void createAccount(KubernetesClient client, String namespace, String name) {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build())
        .create();
  }

  /**
   * Sets who is told what users other than the administrator ask for, allowed or not. Only clusters
   * in this JVM tell it.
   */
  void audit(Consumer<Access> listener) {
    if (lab != null) {
      lab.audit(listener);
    }
  }

  /** Removes what the test has created; the nodes have to end its pods first. */
  @Override
  public void close() {
    if (other == null) {
      end.run();
      return;
    }
    try (other) {
      try {
        other.removeAll();
      } finally {
        end.run();
      }
    }
  }
}
