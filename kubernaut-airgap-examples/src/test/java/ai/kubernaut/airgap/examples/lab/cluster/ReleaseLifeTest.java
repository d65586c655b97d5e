package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.DisturbedCluster;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.seal.SealOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** History, rollback and the end of a release. */
@Timeout(120)
class ReleaseLifeTest {
  private static final ResourceType CONFIG_MAP =
      ResourceType.namespaced("v1", "ConfigMap", "configmaps");

  @TempDir Path directory;

  private final MemoryRegistryClient mirror = MemoryRegistryClient.create();
  private TestCluster cluster;
  private String namespace;
  private ReleaseName release;
  private Fabric8ClusterClient client;
  private HelmClient helm;
  private Airgap airgap;

  @BeforeEach
  void installTwoRevisions() throws IOException {
    cluster = TestCluster.start(directory, (image, configs) -> new PulledImage(image));
    namespace = cluster.name("life");
    release = ReleaseName.of("life", namespace);
    client = Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig());
    client.create(
        ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, namespace));
    helm = HelmJavaClient.withKubeconfig(cluster.kubeconfig());
    airgap = Airgap.builder().cluster(client).helm(helm).registry(mirror).build();
    Path templates = Files.createDirectories(directory.resolve("life/templates"));
    Files.writeString(
        templates.resolveSibling("Chart.yaml"), "apiVersion: v2\nname: life\nversion: 1.0.0\n");
    Files.writeString(
        templates.resolve("all.yaml"),
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app}
        spec:
          selector: {matchLabels: {app: app}}
          template:
            metadata: {labels: {app: app}}
            spec: {containers: [{name: main, image: "harbor.corp/app:{{ .Values.tag }}"}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: removed, namespace: "{{ .Values.namespace | default .Release.Namespace }}"}
        """);
    Chart chart = Chart.at(templates.getParent());
    helm.install(chart.set("tag", "one"), release, Duration.ofMinutes(1));
    helm.upgrade(chart.set("tag", "two"), release, Duration.ofMinutes(1));
    mirror("two");
  }

  @AfterEach
  void stop() {
    airgap.close();
    helm.close();
    client.close();
    cluster.close();
  }

  private void mirror(String tag) {
    mirror.writeManifest(
        ImageRef.parse("harbor.corp/app:" + tag),
        Manifest.of(
            Manifest.OCI_INDEX,
            ("{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_INDEX + "\",\"manifests\":[]}")
                .getBytes(StandardCharsets.UTF_8)));
  }

  /** A name without what differs from cluster to cluster. */
  private String general(String name) {
    return name.replace(namespace, "life");
  }

  private static List<ProblemCode> codes(List<Problem> problems) {
    return problems.stream().map(Problem::code).toList();
  }

  private ReleaseChange rollback(int revision, boolean dryRun) {
    return airgap.rollback(release, revision, ReleaseOptions.builder().dryRun(dryRun).build());
  }

  @Test
  void historySaysWhetherTheImagesOfARevisionAreInTheMirror() {
    ReleaseHistory history = airgap.history(release).orElseThrow();
    assertThat(history.revisions())
        .extracting(ReleaseHistory.Revision::number, ReleaseHistory.Revision::status)
        .containsExactly(tuple(1, "superseded"), tuple(2, "deployed"));
    assertThat(history.revisions().get(0).images())
        .containsExactly(ImageRef.parse("harbor.corp/app:one"));
    assertThat(codes(history.revisions().get(0).problems()))
        .containsExactly(ProblemCode.REVISION_IMAGE_MISSING);
    assertThat(history.revisions().get(1).isRollbackTarget()).isTrue();
  }

  @Test
  void aReleaseIsRolledBackOnlyToARevisionWhoseImagesAreInTheMirror() {
    ReleaseChange refused = rollback(1, false);
    assertThat(codes(refused.problems())).containsExactly(ProblemCode.REVISION_IMAGE_MISSING);
    assertThatThrownBy(refused::orElseThrow)
        .isInstanceOf(ProblemsException.class)
        .hasMessageContaining("harbor.corp/app:one");
    assertThat(helm.status(release).orElseThrow().revision()).isEqualTo(2);

    mirror("one");
    assertThat(rollback(1, true).facts())
        .extracting(Fact::code)
        .containsExactly(FactCode.ROLLBACK_POSSIBLE);
    assertThat(helm.status(release).orElseThrow().revision()).isEqualTo(2);
    assertThat(rollback(1, false).orElseThrow().facts())
        .extracting(Fact::code)
        .containsExactly(FactCode.RELEASE_ROLLED_BACK);
    assertThat(airgap.history(release).revisions().get(2).images())
        .containsExactly(ImageRef.parse("harbor.corp/app:one"));
  }

  @Test
  void aRevisionThatIsUnknownOrWasNeverDeployedIsRefused() {
    assertThat(codes(rollback(7, false).problems()))
        .containsExactly(ProblemCode.REVISION_NOT_FOUND);
    assertThatThrownBy(
            () ->
                helm.upgrade(
                    Chart.at(directory.resolve("life"))
                        .set("tag", "two")
                        .set("namespace", "missing"),
                    release,
                    Duration.ofMinutes(1)))
        .hasMessageContaining("missing");
    assertThat(codes(rollback(3, false).problems()))
        .containsExactly(ProblemCode.REVISION_NOT_DEPLOYED);
    assertThat(helm.history(release)).hasSize(3);
  }

  @Test
  void uninstallingSaysWhatIsRemovedAndWhatRemains() {
    rollback(2, false).orElseThrow();
    ReleaseChange planned =
        airgap.uninstall(release, ReleaseOptions.builder().dryRun(true).build());
    assertThat(planned.facts())
        .extracting(fact -> fact.code() + " " + general(fact.subject().name()))
        .contains(
            "OBJECT_TO_BE_REMOVED Deployment life/app",
            "OBJECT_TO_BE_REMOVED ConfigMap life/removed",
            "OBJECT_REMAINS ConfigMap life/kept");
    assertThat(client.get(CONFIG_MAP, namespace, "removed")).isPresent();

    ReleaseChange done = airgap.uninstall(release, ReleaseOptions.builder().build()).orElseThrow();
    assertThat(done.facts())
        .extracting(fact -> fact.code() + " " + general(fact.subject().name()))
        .contains("OBJECT_REMOVED ConfigMap life/removed", "OBJECT_REMAINS ConfigMap life/kept");
    assertThat(client.get(CONFIG_MAP, namespace, "removed")).isEmpty();
    assertThat(client.get(CONFIG_MAP, namespace, "kept")).isPresent();
    assertThat(
            client.list(
                ResourceType.namespaced("coordination.k8s.io/v1", "Lease", "leases"),
                namespace,
                Map.of()))
        .isEmpty();
    assertThat(codes(airgap.history(release).problems()))
        .containsExactly(ProblemCode.RELEASE_NOT_FOUND);
    assertThat(codes(airgap.uninstall(release, ReleaseOptions.builder().build()).problems()))
        .containsExactly(ProblemCode.RELEASE_NOT_FOUND);
  }

  @Test
  void aUserWhoCannotRemoveTheSealUninstallsTheReleaseAndIsTold() {
    TestCluster.assumeAdmissionPolicies(client);
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .release(release)
            .image(ImageRef.parse("quay.io/app:two"))
            .build();
    airgap.apply(airgap.planSeal(plan, SealOptions.builder().build()).orElseThrow()).orElseThrow();
    ClusterClient limited =
        new DisturbedCluster(
            client,
            new DisturbedCluster.Disturbance() {
              @Override
              public void before(ResourceType type, KubernetesObject object) {
                if (type.equals(ResourceType.ADMISSION_POLICY_BINDING)) {
                  throw new ClusterException(
                      ClusterException.Reason.FORBIDDEN, "not allowed to delete it", null);
                }
              }
            });
    try (Airgap user = Airgap.builder().cluster(limited).helm(helm).registry(mirror).build()) {
      assertThat(user.uninstall(release, ReleaseOptions.builder().dryRun(true).build()).facts())
          .extracting(fact -> fact.code() + " " + general(fact.subject().name()))
          .anyMatch(
              fact -> fact.startsWith("OBJECT_TO_BE_REMOVED ValidatingAdmissionPolicy seal-"));
      ReleaseChange change =
          user.uninstall(release, ReleaseOptions.builder().build()).orElseThrow();
      assertThat(codes(change.problems())).containsExactly(ProblemCode.SEAL_NOT_REMOVED);
      assertThat(change.problems().get(0).describe()).contains("not allowed to delete it");
      assertThat(codes(airgap.history(release).problems()))
          .containsExactly(ProblemCode.RELEASE_NOT_FOUND);
    }
  }
}
