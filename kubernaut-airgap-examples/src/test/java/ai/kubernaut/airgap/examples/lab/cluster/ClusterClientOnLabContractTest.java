package ai.kubernaut.airgap.examples.lab.cluster;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterClientContract;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fabric8 adapter does on the lab's cluster what the port promises. What a pod writes and a
 * service answers is the lab's own choice, so those two abilities are looked at in the lab's other
 * tests.
 */
class ClusterClientOnLabContractTest extends ClusterClientContract {
  @TempDir static Path configuration;

  private static TestCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = TestCluster.startWithoutPods(configuration);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @Override
  protected ClusterClient open() {
    return Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig());
  }

  @Override
  protected boolean isClusterKept() {
    return true;
  }

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.LOGS, Ability.SERVICES));
  }
}
