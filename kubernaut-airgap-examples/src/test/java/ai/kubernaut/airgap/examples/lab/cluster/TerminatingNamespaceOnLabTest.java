package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.pullsecret.PullSecretConfigurer;
import ai.kubernaut.airgap.pullsecret.PullSecretException;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A namespace that is being deleted, and that a finalizer keeps. */
@Timeout(120)
final class TerminatingNamespaceOnLabTest {
  @TempDir Path directory;

  @Test
  void nothingIsCreatedInIt_andTheNextRunContinuesWhenItIsGone() throws Exception {
    try (TestCluster world = TestCluster.startWithoutPods(directory);
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(world.kubeconfig())) {
      String namespace = world.name("kept");
      KubernetesObject kept =
          cluster.create(
              ResourceType.NAMESPACE,
              KubernetesObject.named(ResourceType.NAMESPACE, null, namespace)
                  .with(List.of("lab.kubernaut.ai/kept"), "metadata", "finalizers"));
      try {
        cluster.delete(ResourceType.NAMESPACE, kept);
        assertThatThrownBy(
                () ->
                    cluster.create(
                        ResourceType.SECRET,
                        KubernetesObject.named(ResourceType.SECRET, namespace, "s")))
            .hasMessageContaining("because it is being terminated");

        PullSecretException refused =
            catchThrowableOfType(PullSecretException.class, () -> configure(cluster, namespace));
        assertThat(refused.problems())
            .singleElement()
            .satisfies(
                problem -> {
                  assertThat(problem.code()).isEqualTo(ProblemCode.NAMESPACE_TERMINATING);
                  assertThat(problem.describe())
                      .contains("Namespace " + namespace, "wait until it is gone");
                });
      } finally {
        cluster
            .get(ResourceType.NAMESPACE, null, namespace)
            .ifPresent(
                present ->
                    cluster.replace(
                        ResourceType.NAMESPACE, present.with(List.of(), "metadata", "finalizers")));
      }
      WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(100))
          .until(() -> cluster.get(ResourceType.NAMESPACE, null, namespace), Optional::isEmpty);

      assertThat(configure(cluster, namespace).secrets())
          .containsExactly(namespace + "/kubernaut-mirror");
    }
  }

  private static PullSecretReport configure(ClusterClient cluster, String namespace) {
    return new PullSecretConfigurer(cluster, event -> {})
        .configure(
            Target.registry("harbor.corp"),
            Credentials.of("robot", "password"),
            ReleaseName.of("kubernaut", namespace),
            names ->
                RenderedChart.parse(
                    "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: a.io/b:1}]}}"),
            PullSecretOptions.builder().build());
  }
}
