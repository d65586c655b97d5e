package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lab's nodes run the pods of a cluster that has only an API server and a controller manager:
 * the one of {@code -Dairgap.it.kubeconfig=FILE}, or else one of the lab.
 */
@Timeout(180)
class AttachedNodesTest {
  @TempDir Path directory;

  private OtherCluster cluster;

  @BeforeEach
  void findCluster() {
    cluster = OtherCluster.ofProperty().orElseGet(() -> OtherCluster.withoutNodes(directory));
    cluster.skipIfItHasNodes();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void theWholeFlowRunsOnThem_andNothingOfThemRemains() {
    CommandLineRun run =
        CommandLineRun.of(
            "lab",
            "--kubeconfig",
            cluster.kubeconfig(),
            "--release",
            cluster.name("kubernaut"),
            "--namespace",
            cluster.name("system"),
            "--set",
            "workflowexecution.workflowNamespace=" + cluster.name("workflows"),
            "--timeout",
            "90");

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out())
        .containsSubsequence(
            "The cluster has no nodes. Those of the lab are attached to it.",
            "15 copied, 0 already there, 0 failed",
            "the chart with the overlay pulls 14 images",
            "Helm has deployed kubernaut-1.1.0",
            "PASSED: 12 pods are up, 14 containers run mirrored digests");
    assertThat(cluster.nodesOfLab()).isEmpty();
  }

  /** A namespace of this test, with a client for it. */
  private KubernetesClient inNamespace() {
    Config config = Config.fromKubeconfig(cluster.kubeconfig().toFile());
    config.setNamespace(cluster.name("pods"));
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(cluster.name("pods"))
                .endMetadata()
                .build())
        .create();
    Await.until(client.serviceAccounts().withName("default"), Objects::nonNull);
    return client;
  }

  private static Resource<Pod> create(KubernetesClient client, String yaml) {
    client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).create();
    return client.pods().withName("app");
  }

  @Test
  void aPodIsReadyOnTheirNodes_andItsVolumeIsBound() {
    try (KubernetesClient client = inNamespace();
        LabNodes nodes = LabNodes.attach(cluster.kubeconfig())) {
      Pod pod =
          Await.until(
              create(
                  client,
                  """
                  apiVersion: v1
                  kind: PersistentVolumeClaim
                  metadata: {name: data}
                  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                  ---
                  apiVersion: v1
                  kind: Pod
                  metadata: {name: app, annotations: {lab.kubernaut.ai/log: three wise words}}
                  spec:
                    containers: [{name: main, image: "harbor.corp/app:1"}]
                    volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
                  """),
              Await::isReady);

      assertThat(nodes.nodesAreUpdated()).isTrue();
      assertThat(cluster.nodesOfLab()).hasSize(10);
      assertThat(pod.getSpec().getNodeName()).startsWith("lab-").contains("-worker-");
      assertThat(pod.getStatus().getPodIP()).isNotBlank();
      assertThat(pod.getStatus().getContainerStatuses().get(0).getImageID())
          .isEqualTo("harbor.corp/app:1");
      assertThat(client.persistentVolumeClaims().withName("data").get().getStatus().getPhase())
          .isEqualTo("Bound");
      assertThat(client.pods().withName("app").getLog()).contains("three wise words");
      assertThat(client.v1().events().list().getItems())
          .extracting(Event::getReason)
          .contains("Pulled", "Started");
    }
    assertThat(cluster.nodesOfLab()).isEmpty();
  }

  @Test
  void aDeletedPodStaysUntilItsKubeletHasEndedIt() {
    try (KubernetesClient client = inNamespace()) {
      Resource<Pod> pod =
          create(
              client,
              """
              apiVersion: v1
              kind: Pod
              metadata: {name: app}
              spec: {nodeName: other, containers: [{name: main, image: "harbor.corp/app:1"}]}
              """);
      pod.delete();
      assertThat(pod.get().getMetadata().getDeletionTimestamp()).isNotNull();
      try (LabNodes nodes = LabNodes.attach(cluster.kubeconfig())) {
        create(
            client,
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: own}
            spec: {containers: [{name: main, image: "harbor.corp/app:1"}]}
            """);
        Resource<Pod> own = client.pods().withName("own");
        assertThat(nodes.nodesAreUpdated()).isTrue();
        Await.until(own, Await::isReady);
        own.delete();
        own.waitUntilCondition(Objects::isNull, 20, TimeUnit.SECONDS);
        assertThat(pod.get()).as("a pod of another node is not touched").isNotNull();
        assertThat(pod.get().getStatus().getPhase()).isEqualTo("Pending");
      }
    }
  }

  @Test
  void aUserWhoIsNotAllowedToAttachThemIsTold() {
    try (LabCluster lab =
        LabCluster.builder((image, configs) -> new PulledImage(image)).withoutNodes().start()) {
      Path nobody = lab.writeKubeconfig(directory, "nobody");
      assertThatIllegalStateException()
          .isThrownBy(() -> LabNodes.attach(nobody))
          .withMessageContaining("cannot be attached to " + lab.url())
          .withMessageContaining("User \"nobody\" cannot create resource \"nodes\"")
          .withMessageContaining("check the kubeconfig");
    }
  }

  @Test
  void aKubeconfigThatDoesNotExistIsNamed() {
    Path missing = directory.resolve("missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabNodes.attach(missing))
        .withMessageContaining(missing.toString());
  }
}
