package ai.kubernaut.airgap.examples.lab.cluster;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmClientContract;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the port, in a cluster, by Helm in processes of its own. */
class HelmOnLabContractTest extends HelmClientContract {
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

  /** {@return the kubeconfig of the cluster} */
  static Path kubeconfig() {
    return cluster.kubeconfig();
  }

  @Override
  protected HelmClient open() throws Exception {
    return HelmJavaClient.withKubeconfig(kubeconfig());
  }

  @Override
  protected ReleaseName newRelease() {
    String namespace = cluster.name("contract-" + UUID.randomUUID());
    try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(kubeconfig())) {
      client.create(
          ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, namespace));
    }
    return ReleaseName.of("contract", namespace);
  }

  @Override
  protected Map<String, String> installedData(ReleaseName release, String configMap) {
    try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(kubeconfig())) {
      return client
          .get(
              ResourceType.namespaced("v1", "ConfigMap", "configmaps"),
              release.namespace(),
              configMap)
          .orElseThrow()
          .fields()
          .strings("data");
    }
  }
}
