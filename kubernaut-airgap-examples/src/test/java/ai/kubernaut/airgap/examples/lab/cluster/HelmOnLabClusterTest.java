package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.examples.lab.LabChart;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real Helm, the lab's chart, and the cluster inside the JVM. */
@Timeout(120)
class HelmOnLabClusterTest {
  private static final String NAMESPACE = "kubernaut-system";

  @TempDir Path directory;

  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private LabCluster cluster;
  private Path kubeconfig;
  private Path chart;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    cluster = LabCluster.builder(this::pull).start();
    kubeconfig = cluster.writeKubeconfig(directory);
    chart = LabChart.unpack(directory);
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private PulledImage pull(String image, List<String> dockerConfigJsons) throws PullFailure {
    if (refused.stream().anyMatch(image::contains)) {
      throw new PullFailure("manifest unknown: " + image);
    }
    return new PulledImage(image + "@sha256:" + "0".repeat(64));
  }

  private void createSecrets() {
    createSecret(
        "postgresql-secret",
        Map.of(
            "POSTGRES_USER", "slm_user",
            "POSTGRES_PASSWORD", "secret",
            "POSTGRES_DB", "action_history",
            "db-secrets.yaml", "username: slm_user"));
    createSecret("valkey-secret", Map.of("valkey-secrets.yaml", "password: secret"));
    createSecret("llm-credentials", Map.of("OPENAI_API_KEY", "secret"));
  }

  private void createSecret(String name, Map<String, String> data) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withStringData(data)
                .build())
        .create();
  }

  private InstallCommand install() {
    return new Helm(chart)
        .install()
        .withName("kubernaut")
        .withNamespace(NAMESPACE)
        .withKubeConfig(kubeconfig)
        .withValuesFile(chart.resolve("values-ocp.yaml"))
        .set("global.image.tag", "v1.1.0")
        .set("holmesgptApi.llm.provider", "litellm")
        .set("holmesgptApi.llm.model", "local")
        .withTimeout(60);
  }

  private List<Pod> pods() {
    return client.pods().inNamespace(NAMESPACE).list().getItems();
  }

  @Test
  void installsUpgradesAndUninstalls() {
    createSecrets();
    long t0 = System.nanoTime();
    assertThat(install().call().getStatus()).isEqualTo("deployed");
    System.out.println("INSTALL " + (System.nanoTime() - t0) / 1e9);
    for (var deployment : client.apps().deployments().inNamespace(NAMESPACE).list().getItems()) {
      Await.until(
          client.apps().deployments().resource(deployment),
          each -> Integer.valueOf(1).equals(each.getStatus().getReadyReplicas()));
    }
    assertThat(pods()).hasSize(12).allMatch(pod -> pod.getStatus().getPhase().equals("Running"));
    assertThat(Helm.list().deployed().withNamespace(NAMESPACE).withKubeConfig(kubeconfig).call())
        .hasSize(1);
    assertThat(
            Helm.status("kubernaut")
                .withNamespace(NAMESPACE)
                .withKubeConfig(kubeconfig)
                .call()
                .getStatus())
        .isEqualTo("deployed");
    t0 = System.nanoTime();
    assertThat(
            new Helm(chart)
                .upgrade()
                .withName("kubernaut")
                .withNamespace(NAMESPACE)
                .withKubeConfig(kubeconfig)
                .reuseValues()
                .set("global.image.tag", "v1.1.1")
                .call()
                .getRevision())
        .isEqualTo("2");
    System.out.println("UPGRADE " + (System.nanoTime() - t0) / 1e9);
    t0 = System.nanoTime();
    Helm.uninstall("kubernaut").withNamespace(NAMESPACE).withKubeConfig(kubeconfig).call();
    System.out.println("UNINSTALL " + (System.nanoTime() - t0) / 1e9);
    assertThat(pods()).isEmpty();
  }

  @Test
  void givesTheChartsOwnMessage() {
    assertThatThrownBy(() -> install().call())
        .hasMessageContaining("The Secret \"postgresql-secret\" is missing");
  }
}
