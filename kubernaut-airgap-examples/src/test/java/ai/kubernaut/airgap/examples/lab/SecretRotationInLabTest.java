package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.SecretRotation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Secrets of an installed release are rotated, and an upgrade keeps the new ones. */
@Timeout(240)
final class SecretRotationInLabTest {
  private static final WaitPolicy RESTART =
      WaitPolicy.of(Duration.ofMinutes(1), Duration.ofMillis(100));

  private static Set<String> pods(ClusterClient cluster, String namespace) {
    return cluster.list(ResourceType.POD, namespace, Map.of()).stream()
        .map(KubernetesObject::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The workloads of the pods that exist now and did not before. */
  private static Set<String> replaced(ClusterClient cluster, String namespace, Set<String> before) {
    return pods(cluster, namespace).stream()
        .filter(pod -> !before.contains(pod))
        .map(pod -> pod.replaceAll("-[a-z0-9]+-[a-z0-9]+$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void onlyTheWorkloadsThatReadASecretRestartWithIt() {
    try (TestLab world = TestLab.start(Flavour.OPENSHIFT);
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(world.lab().kubeconfig());
        Airgap airgap =
            Airgap.builder()
                .registry(world.lab().newRegistryClient())
                .cluster(cluster)
                .helm(HelmJavaClient.withKubeconfig(world.lab().kubeconfig()))
                .closeClients(true)
                .build()) {
      MirrorPlan plan = airgap.plan(world.chart(), world.lab().target(Separator.SLASH));
      String namespace = plan.release().namespace();
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      PullSecretReport secret =
          airgap.configurePullSecret(mirrored, world.lab().mirrorCredentials());
      Installation installed =
          airgap.install(
              mirrored,
              secret,
              InstallOptions.builder()
                  .putLlmCredentials("OPENAI_API_KEY", Secret.of("first"))
                  .build());
      airgap.verify(installed).orElseThrow();
      Set<String> before = pods(cluster, namespace);

      SecretRotation database =
          SecretRotation.builder().addNames("postgresql-secret").restart(RESTART).build();
      ChangeReport rotated = airgap.rotateSecrets(plan, database).orElseThrow();

      assertThat(replaced(cluster, namespace, before)).containsExactly("datastorage", "postgresql");
      assertThat(
              airgap
                  .planSecretRotation(
                      plan,
                      SecretRotation.builder().addNames("valkey-secret").restart(RESTART).build())
                  .problems())
          .as("the server of the chart does not read this Secret")
          .extracting(Problem::code)
          .containsExactly(ProblemCode.SERVER_KEEPS_PASSWORD);

      before = pods(cluster, namespace);
      airgap
          .rotateSecrets(
              plan,
              SecretRotation.builder()
                  .addNames("llm-credentials")
                  .putLlmCredentials("OPENAI_API_KEY", Secret.of("second"))
                  .restart(RESTART)
                  .build())
          .orElseThrow();
      assertThat(replaced(cluster, namespace, before)).containsExactly("holmesgpt-api");
      airgap.verify(installed).orElseThrow();

      before = pods(cluster, namespace);
      airgap.install(mirrored, secret, InstallOptions.builder().build());
      assertThat(
              replaced(cluster, namespace, before).stream()
                  .filter(List.of("datastorage", "postgresql", "holmesgpt-api")::contains))
          .as("an upgrade keeps the restarted pods")
          .isEmpty();

      before = pods(cluster, namespace);
      airgap.apply(airgap.planUndo(rotated)).orElseThrow();
      airgap
          .rotateSecrets(plan, SecretRotation.builder().from(database).restartOnly(true).build())
          .orElseThrow();
      assertThat(replaced(cluster, namespace, before)).containsExactly("datastorage", "postgresql");
      airgap.verify(installed).orElseThrow();
    }
  }
}
