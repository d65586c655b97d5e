package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallException;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationReport;
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
    try (TestLab world = TestLab.start(Flavour.OPENSHIFT);
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(world.lab().kubeconfig());
        Airgap airgap =
            Airgap.builder()
                .registry(world.lab().newRegistryClient())
                .cluster(cluster)
                .helm(HelmJavaClient.withKubeconfig(world.lab().kubeconfig()))
                .closeClients(true)
                .build()) {
      MirrorPlan plan = airgap.plan(world.chart(), world.lab().target(separator));
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      airgap.configurePullSecret(mirrored, world.lab().mirrorCredentials());

      ClusterChange change =
          airgap.planMirrorRules(plan, MirrorRuleOptions.builder().build()).orElseThrow();
      ChangeReport report = airgap.apply(change).orElseThrow();

      String namespace = world.name("mirror-rules");
      cluster.create(
          ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, namespace));
      int number = 0;
      for (MirrorEntry entry : plan.entries()) {
        create(cluster, pod(namespace, "p" + number++, pinned(entry)));
      }
      List<KubernetesObject> pods =
          WaitPolicy.of(Duration.ofMinutes(1), Duration.ofMillis(100))
              .until(
                  () -> cluster.list(ResourceType.POD, namespace, LABEL),
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

  @ParameterizedTest
  @EnumSource
  void theChartIsInstalledUpgradedAndVerifiedThroughTheRules(Separator separator) {
    try (TestLab world = TestLab.start(Flavour.OPENSHIFT, LabVersion.V1_5);
        Airgap airgap =
            Airgap.builder()
                .registry(world.lab().newRegistryClient())
                .cluster(Fabric8ClusterClient.fromKubeconfig(world.lab().kubeconfig()))
                .helm(HelmJavaClient.withKubeconfig(world.lab().kubeconfig()))
                .closeClients(true)
                .build()) {
      MirrorPlan plan = airgap.plan(world.chart(), world.lab().target(separator));
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      PullSecretReport secret =
          airgap.configurePullSecret(mirrored, world.lab().mirrorCredentials());
      InstallOptions options =
          InstallOptions.builder()
              .putLlmCredentials("OPENAI_API_KEY", Secret.of("none"))
              .throughMirrorRules(true)
              .build();

      InstallException refused =
          catchThrowableOfType(
              InstallException.class, () -> airgap.install(mirrored, secret, options));
      assertThat(refused.problems())
          .extracting(Problem::code)
          .containsOnly(ProblemCode.MIRROR_RULE_MISSING);
      airgap
          .apply(airgap.planMirrorRules(plan, MirrorRuleOptions.builder().build()).orElseThrow())
          .orElseThrow();

      Installation installation = airgap.install(mirrored, secret, options);
      VerificationReport verified = airgap.verify(installation).orElseThrow();
      assertThat(verified.checks())
          .filteredOn(check -> check.kind() == Check.Kind.IMAGE)
          .hasSizeGreaterThan(10)
          .allSatisfy(
              check ->
                  assertThat(check.fact().map(Fact::code)).contains(FactCode.IMAGE_REDIRECTED));
      assertThat(airgap.verify(airgap.installationOf(plan)).isOk())
          .as("another run finds the rules in the cluster")
          .isTrue();
      assertThat(airgap.install(mirrored, secret, options).facts())
          .as("the second installation is an upgrade")
          .anyMatch(fact -> fact.describe().contains("at revision 2"));
      assertThat(airgap.history(installation.release()).revisions())
          .as("the images of a revision are looked for in the mirror")
          .hasSize(2)
          .allMatch(ReleaseHistory.Revision::isRollbackTarget)
          .allSatisfy(
              revision ->
                  assertThat(revision.locations())
                      .as("pruning keeps what the rules lead to")
                      .containsAll(revision.images())
                      .anyMatch(world.lab().target(separator)::contains));
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

  /** A new namespace has its ServiceAccount only after a moment, and no pod before. */
  private static void create(ClusterClient cluster, KubernetesObject pod) {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () -> {
              try {
                cluster.create(ResourceType.POD, pod);
                return true;
              } catch (ClusterException e) {
                assertThat(e.reason()).isEqualTo(ClusterException.Reason.FORBIDDEN);
                return false;
              }
            },
            created -> created);
  }

  private static KubernetesObject pod(String namespace, String name, ImageRef image) {
    return KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "pod",
                    """
                    {apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s},
                     spec: {containers: [{name: main, image: "%s"}]}}
                    """
                        .formatted(name, namespace, image),
                    Yaml.DuplicateKeys.REFUSED)))
        .with(LABEL, "metadata", "labels");
  }
}
