package ai.kubernaut.airgap.examples.lab.cluster;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The cluster of a test: that of {@code -Dairgap.it.kubeconfig=FILE}, with nodes of the lab where
 * the test runs pods, or else one of the lab in this JVM.
 */
final class TestCluster implements AutoCloseable {
  private final Path kubeconfig;
  private final @Nullable OtherCluster other;
  private final Runnable end;

  private TestCluster(Path kubeconfig, @Nullable OtherCluster other, Runnable end) {
    this.kubeconfig = kubeconfig;
    this.other = other;
    this.end = end;
  }

  /** Starts a cluster whose pods get their images from the puller. */
  static TestCluster start(Path directory, ImagePuller puller) {
    return start(directory, puller, Flavour.KUBERNETES, Duration.ofMillis(400));
  }

  /** Starts a cluster for tests that run no pod, which may have nodes of its own. */
  static TestCluster startWithoutPods(Path directory) {
    return OtherCluster.ofProperty()
        .map(other -> new TestCluster(other.kubeconfig(), other, () -> {}))
        .orElseGet(() -> start(directory, (image, configs) -> new PulledImage(image)));
  }

  /** Starts an OpenShift cluster whose nodes have a change after the time of a rollout. */
  static TestCluster startOpenShift(Path directory, Duration rollout) {
    return start(directory, (image, configs) -> new PulledImage(image), Flavour.OPENSHIFT, rollout);
  }

  private static TestCluster start(
      Path directory, ImagePuller puller, Flavour flavour, Duration rollout) {
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
              return new TestCluster(cluster.writeKubeconfig(directory), null, cluster::close);
            });
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  /** A name that is free in the cluster. */
  String name(String name) {
    return other == null ? name : other.name(name);
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
