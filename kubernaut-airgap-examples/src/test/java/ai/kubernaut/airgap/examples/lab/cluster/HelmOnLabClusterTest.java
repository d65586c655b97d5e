package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.examples.lab.LabChart;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.Release;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real Helm, the chart of the lab, and the nodes of the lab. */
@Timeout(120)
class HelmOnLabClusterTest {
  private static final String DIGEST = "@sha256:" + "0".repeat(64);

  @TempDir Path directory;

  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private TestCluster cluster;
  private String namespace;
  private String release;
  private Path kubeconfig;
  private Path chart;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    cluster = TestCluster.start(directory, this::pull);
    kubeconfig = cluster.kubeconfig();
    namespace = cluster.name("kubernaut-system");
    release = cluster.name("kubernaut");
    chart = LabChart.unpack(directory);
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private PulledImage pull(String image, List<String> dockerConfigJsons) throws PullFailure {
    if (refused.stream().anyMatch(image::contains)) {
      throw new PullFailure("manifest unknown");
    }
    return new PulledImage(image + DIGEST);
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
                .withNamespace(namespace)
                .endMetadata()
                .withStringData(data)
                .build())
        .create();
  }

  private InstallCommand install() {
    return new Helm(chart)
        .install()
        .withName(release)
        .withNamespace(namespace)
        .withKubeConfig(kubeconfig)
        .withValuesFile(chart.resolve("values-ocp.yaml"))
        .set("global.image.tag", "v1.1.0")
        .set("workflowexecution.workflowNamespace", cluster.name("kubernaut-workflows"))
        .set("holmesgptApi.llm.provider", "litellm")
        .set("holmesgptApi.llm.model", "local")
        .withTimeout(60);
  }

  private List<Pod> pods() {
    return client.pods().inNamespace(namespace).list().getItems();
  }

  @Test
  void installsUpgradesAndUninstalls() {
    createSecrets();
    assertThat(install().call().getStatus()).isEqualTo("deployed");
    untilAllAreReady();
    assertThat(pods())
        .hasSize(12)
        .flatExtracting(pod -> pod.getStatus().getContainerStatuses())
        .allMatch(status -> status.getImageID().equals(status.getImage() + DIGEST));
    assertThat(Helm.list().deployed().withNamespace(namespace).withKubeConfig(kubeconfig).call())
        .extracting(Release::getName)
        .containsExactly(release);
    assertThat(
            Helm.status(release)
                .withNamespace(namespace)
                .withKubeConfig(kubeconfig)
                .call()
                .getStatus())
        .isEqualTo("deployed");

    Release upgraded =
        new Helm(chart)
            .upgrade()
            .withName(release)
            .withNamespace(namespace)
            .withKubeConfig(kubeconfig)
            .reuseValues()
            .set("global.image.tag", "v1.1.1")
            .waitReady()
            .withTimeout(60)
            .call();
    assertThat(upgraded.getRevision()).isEqualTo("2");
    untilAllAreReady();
    assertThat(pods())
        .hasSize(12)
        .extracting(pod -> pod.getSpec().getContainers().get(0).getImage())
        .contains("quay.io/kubernaut-ai/gateway:v1.1.1")
        .noneMatch(image -> image.endsWith(":v1.1.0"));

    Helm.uninstall(release).withNamespace(namespace).withKubeConfig(kubeconfig).call();
    WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(100)).until(this::pods, List::isEmpty);
    assertThat(pods()).isEmpty();
    assertThat(client.secrets().inNamespace(namespace).list().getItems())
        // Clusters add Secrets for ServiceAccounts: OpenShift, and Kubernetes before 1.24.
        .filteredOn(secret -> !String.valueOf(secret.getType()).startsWith("kubernetes.io/"))
        .extracting(secret -> secret.getMetadata().getName())
        .containsExactly("llm-credentials", "postgresql-secret", "valkey-secret");
    assertThat(client.persistentVolumeClaims().inNamespace(namespace).list().getItems()).hasSize(2);
  }

  @Test
  void healsOnceAMissingImageIsThere() {
    createSecrets();
    refused.add("holmesgpt-api");
    assertThat(install().call().getStatus()).isEqualTo("deployed");
    var deployment = client.apps().deployments().inNamespace(namespace).withName("holmesgpt-api");
    Pod pod =
        client
            .pods()
            .inNamespace(namespace)
            .withLabel("app", "holmesgpt-api")
            .list()
            .getItems()
            .get(0);
    Await.until(client.pods().resource(pod), each -> Await.isWaitingFor(each, "ImagePullBackOff"));
    assertThat(
            client
                .v1()
                .events()
                .inNamespace(namespace)
                .withField("involvedObject.name", pod.getMetadata().getName())
                .list()
                .getItems())
        .extracting(Event::getMessage)
        .contains(
            "Failed to pull image \"quay.io/kubernaut-ai/holmesgpt-api:v1.1.0\": manifest unknown");
    refused.clear();
    Await.until(deployment, HelmOnLabClusterTest::isReady);
  }

  @Test
  void waitsForPostgresqlBeforeItMigrates() {
    createSecrets();
    refused.add("postgresql-16");
    assertThatThrownBy(() -> install().withTimeout(2).call()).hasMessageContaining("post-install");
    String name = cluster.name("kubernaut-db-migration");
    var jobs = client.batch().v1().jobs().inNamespace(namespace).withName(name);
    var migration = client.pods().inNamespace(namespace).withLabel("job-name", name);
    List<Pod> waiting = migration.list().getItems();
    assertThat(waiting).hasSize(1);
    PodResource pod = client.pods().resource(waiting.get(0));
    Await.until(pod, started -> started.getStatus().getPhase().equals("Running"));
    assertThat(pod.getLog()).contains("waiting for a ready pod with label app=postgresql");
    refused.clear();
    Await.until(jobs, job -> Integer.valueOf(1).equals(job.getStatus().getSucceeded()));
    untilAllAreReady();
  }

  @Test
  void deadlocksWhenItWaitsForReadiness() {
    createSecrets();
    assertThatThrownBy(() -> install().waitReady().withTimeout(2).call())
        .hasMessageContaining("deadline exceeded");
    assertThat(client.apps().deployments().inNamespace(namespace).withName("datastorage").get())
        .matches(deployment -> !isReady(deployment));
    Await.until(
        client.apps().deployments().inNamespace(namespace).withName("gateway"),
        HelmOnLabClusterTest::isReady);
  }

  @Test
  void givesTheChartsOwnMessage() {
    assertThatThrownBy(() -> install().call())
        .hasMessageContaining("The Secret \"postgresql-secret\" is missing");
  }

  private void untilAllAreReady() {
    for (var deployment : client.apps().deployments().inNamespace(namespace).list().getItems()) {
      Await.until(client.apps().deployments().resource(deployment), HelmOnLabClusterTest::isReady);
    }
  }

  /** Ready, and nothing is left of an earlier template. */
  private static boolean isReady(Deployment deployment) {
    return deployment.getStatus() != null
        && Integer.valueOf(1).equals(deployment.getStatus().getReplicas())
        && Integer.valueOf(1).equals(deployment.getStatus().getUpdatedReplicas())
        && Integer.valueOf(1).equals(deployment.getStatus().getReadyReplicas())
        && deployment
            .getMetadata()
            .getGeneration()
            .equals(deployment.getStatus().getObservedGeneration());
  }
}
