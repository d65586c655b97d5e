package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.seal.SealOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A release is installed, upgraded and uninstalled while its namespaces are sealed. */
@Timeout(240)
final class SealInLabTest {
  @Test
  void everyPodOfTheReleaseIsAcceptedAndNoOther() {
    try (TestLab world = TestLab.start(Flavour.OPENSHIFT);
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(world.lab().kubeconfig());
        Airgap airgap =
            Airgap.builder()
                .registry(world.lab().newRegistryClient())
                .cluster(cluster)
                .helm(HelmJavaClient.withKubeconfig(world.lab().kubeconfig()))
                .closeClients(true)
                .build()) {
      assumeTrue(
          cluster.serves(ResourceType.ADMISSION_POLICY),
          "the cluster has no ValidatingAdmissionPolicies; Kubernetes 1.30 or later has them");
      Lab lab = world.lab();
      MirrorPlan plan = airgap.plan(world.chart(), lab.target(Separator.SLASH));
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      PullSecretReport secret = airgap.configurePullSecret(mirrored, lab.mirrorCredentials());
      ClusterChange seal = airgap.planSeal(plan, SealOptions.builder().build()).orElseThrow();
      airgap.apply(seal).orElseThrow();

      InstallOptions options =
          InstallOptions.builder()
              .llmCredentials(Map.of("OPENAI_API_KEY", Secret.of("none")))
              .build();
      Installation installed = airgap.install(mirrored, secret, options);
      airgap.verify(installed).orElseThrow();
      Installation upgraded =
          airgap.install(
              mirrored, secret, InstallOptions.builder().from(options).pinDigests(true).build());
      airgap.verify(upgraded).orElseThrow();
      String namespace = plan.release().namespace();
      assertThat(cluster.list(ResourceType.EVENT, namespace, Map.of()))
          .noneMatch(event -> event.fields().text("reason").orElse("").equals("FailedCreate"));

      for (MirrorEntry entry : plan.entries()) {
        assertThatThrownBy(
                () -> cluster.create(ResourceType.POD, pod(namespace, entry.source().toString())))
            .hasMessageContaining("not allowed: " + entry.source());
      }
      String other = world.name("other");
      cluster.create(
          ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, other));
      // The controllers of a cluster give a new namespace its ServiceAccount after a moment.
      WaitPolicy.of(Duration.ofSeconds(30), Duration.ofMillis(100))
          .until(() -> accepts(cluster, other, plan), accepted -> accepted);
      assertThat(cluster.list(ResourceType.POD, other, Map.of())).hasSize(1);

      ReleaseChange removed =
          airgap.uninstall(plan.release(), ReleaseOptions.builder().build()).orElseThrow();
      assertThat(removed.facts().toString()).contains("ValidatingAdmissionPolicyBinding seal-");
      for (ResourceType type :
          List.of(ResourceType.ADMISSION_POLICY, ResourceType.ADMISSION_POLICY_BINDING)) {
        assertThat(cluster.list(type, null, Map.of()))
            .noneMatch(object -> object.name().startsWith("seal-" + namespace + "-"));
      }
    }
  }

  private static boolean accepts(ClusterClient cluster, String namespace, MirrorPlan plan) {
    try {
      cluster.create(ResourceType.POD, pod(namespace, plan.entries().get(0).source().toString()));
      return true;
    } catch (ClusterException e) {
      return e.reason() == ClusterException.Reason.ALREADY_EXISTS;
    }
  }

  private static KubernetesObject pod(String namespace, String image) {
    return KubernetesObject.named(ResourceType.POD, namespace, "foreign")
        .with(List.of(Map.of("name", "main", "image", image)), "spec", "containers");
  }
}
