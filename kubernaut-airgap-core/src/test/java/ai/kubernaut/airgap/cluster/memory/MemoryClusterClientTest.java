package ai.kubernaut.airgap.cluster.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterClientContract;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MemoryClusterClientTest extends ClusterClientContract {
  private final MemoryClusterClient memory = MemoryClusterClient.kubernetes();

  @Override
  protected ClusterClient open() {
    return memory;
  }

  @Override
  protected void runPod(String namespace, String pod, String container, List<String> log) {
    createWaitingPod(namespace, pod, container);
    memory.putLog(namespace, pod, container, String.join("\n", log));
  }

  @Override
  protected void createWaitingPod(String namespace, String pod, String container) {
    memory.put(ResourceType.POD, KubernetesObject.named(ResourceType.POD, namespace, pod));
  }

  @Override
  protected void runService(
      String namespace, String service, int port, String path, ServiceResponse answer) {
    memory.putAnswer(namespace, service, path, answer);
  }

  @Override
  protected void createServiceWithoutPods(String namespace, String service, int port) {}

  @Test
  void openShiftIsKnownByItsTypes() {
    MemoryClusterClient openShift = MemoryClusterClient.openShift();
    assertThat(openShift.serves(ResourceType.CLUSTER_VERSION)).isTrue();
    assertThat(openShift.serves(ResourceType.MACHINE_CONFIG_POOL)).isTrue();
    assertThat(memory.serves(ResourceType.CLUSTER_VERSION)).isFalse();
  }

  @Test
  void textsOfASecretBecomeData() {
    KubernetesObject created =
        memory.create(
            ResourceType.SECRET,
            KubernetesObject.named(ResourceType.SECRET, "default", "s")
                .with(Map.of("a", "text"), "stringData")
                .with("b2xk", "data", "b"));
    assertThat(created.fields().value("stringData")).isEmpty();
    assertThat(created.fields().strings("data")).isEqualTo(Map.of("a", "dGV4dA==", "b", "b2xk"));
  }

  @Test
  void whatHappensOnAWriteIsDoneBeforeTheAnswer() {
    memory.onWrite(
        object -> {
          memory.put(
              ResourceType.POD, KubernetesObject.named(ResourceType.POD, "default", "reaction"));
          return object.with("seen", "metadata", "labels", "by");
        });
    KubernetesObject created =
        memory.create(
            ResourceType.SECRET, KubernetesObject.named(ResourceType.SECRET, "default", "s"));
    assertThat(created.labels()).containsEntry("by", "seen");
    assertThat(memory.get(ResourceType.POD, "default", "reaction")).isPresent();
  }
}
