package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.yaml.Yaml;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every image of the chart runs by digest under its source name, pulled from the mirror. */
@Timeout(180)
final class MirrorRulesInLabTest {
  private static final Map<String, String> LABEL = Map.of("test", "mirror-rules");

  @ParameterizedTest
  @EnumSource
  void everyImageOfTheChartIsPulledThroughTheRules(Separator separator) {
    try (Lab lab = Lab.start(Flavour.OPENSHIFT);
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig());
        Airgap airgap =
            Airgap.builder()
                .registry(lab.newRegistryClient())
                .cluster(cluster)
                .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
                .closeClients(true)
                .build()) {
      MirrorPlan plan = airgap.plan(lab.chart(), lab.target(separator));
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      airgap.configurePullSecret(mirrored, lab.mirrorCredentials());

      ClusterChange change =
          airgap.planMirrorRules(plan, MirrorRuleOptions.builder().build()).orElseThrow();
      ChangeReport report = airgap.apply(change).orElseThrow();

      int number = 0;
      for (MirrorEntry entry : plan.entries()) {
        cluster.create(ResourceType.POD, pod("p" + number++, pinned(entry)));
      }
      List<KubernetesObject> pods =
          WaitPolicy.of(Duration.ofMinutes(1), Duration.ofMillis(100))
              .until(
                  () -> cluster.list(ResourceType.POD, "default", LABEL),
                  seen -> seen.stream().allMatch(MirrorRulesInLabTest::isRunning));
      assertThat(pods).hasSize(plan.entries().size()).allMatch(MirrorRulesInLabTest::isRunning);
      assertThat(pods)
          .allSatisfy(
              pod ->
                  assertThat(container(pod).text("imageID").orElse(""))
                      .endsWith(
                          pod.fields()
                              .list("spec", "containers")
                              .get(0)
                              .text("image")
                              .orElseThrow()));

      airgap.apply(airgap.planUndo(report)).orElseThrow();
      assertThat(MirrorRules.inCluster(cluster).rules()).isEmpty();
    }
  }

  private static ImageRef pinned(MirrorEntry entry) {
    return entry.source().repository().digest(entry.digest().orElseThrow());
  }

  private static boolean isRunning(KubernetesObject pod) {
    return pod.fields().text("status", "phase").orElse("").equals("Running");
  }

  private static Fields container(KubernetesObject pod) {
    return pod.fields().list("status", "containerStatuses").get(0);
  }

  private static KubernetesObject pod(String name, ImageRef image) {
    return KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "pod",
                    """
                    {apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: default},
                     spec: {containers: [{name: main, image: "%s"}]}}
                    """
                        .formatted(name, image),
                    Yaml.DuplicateKeys.REFUSED)))
        .with(LABEL, "metadata", "labels");
  }
}
