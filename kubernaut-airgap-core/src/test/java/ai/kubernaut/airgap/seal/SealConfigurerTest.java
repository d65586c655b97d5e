package ai.kubernaut.airgap.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.seal.SealOptions.Action;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The content of the seal. The lab evaluates its expressions, in the tests of its module. */
final class SealConfigurerTest {
  private static final Target MIRROR = Target.registry("harbor.corp");
  private static final String DIGEST = "sha256:" + "0".repeat(64);
  private static final SealOptions DENY = SealOptions.builder().build();
  private static final Set<String> NAMESPACES = Set.of("workflows", "default");

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final SealConfigurer configurer = new SealConfigurer(cluster);

  private static MirrorPlan plan(String release, String... images) {
    MirrorPlan.Builder plan =
        MirrorPlan.builder(MIRROR).release(ReleaseName.of(release, "default"));
    List.of(images).forEach(image -> plan.image(ImageRef.parse(image)));
    return plan.build();
  }

  private ClusterChange seal(MirrorPlan plan) {
    return configurer.plan(plan, NAMESPACES, DENY);
  }

  private ChangeReport apply(ClusterChange change) {
    return new ClusterChanger(cluster, event -> {}).apply(change).orElseThrow();
  }

  private static List<ProblemCode> codes(ClusterChange change) {
    return change.problems().stream().map(Problem::code).toList();
  }

  private Fields only(ResourceType type) {
    List<KubernetesObject> objects = cluster.list(type, null, Map.of());
    assertThat(objects).hasSize(1);
    return objects.get(0).fields();
  }

  @Test
  void theBindingSelectsTheNamespacesByName() {
    apply(seal(plan("kubernaut", "quay.io/org/app:v1")));
    Fields binding = only(ResourceType.ADMISSION_POLICY_BINDING);
    assertThat(binding.value("spec", "validationActions")).contains(List.of("Deny"));
    assertThat(binding.value("spec", "matchResources", "namespaceSelector"))
        .contains(
            Map.of(
                "matchExpressions",
                List.of(
                    Map.of(
                        "key",
                        "kubernetes.io/metadata.name",
                        "operator",
                        "In",
                        "values",
                        List.of("default", "workflows")))));
    Fields policy = only(ResourceType.ADMISSION_POLICY);
    assertThat(policy.text("spec", "failurePolicy")).contains("Fail");
    assertThat(binding.text("spec", "policyName")).isEqualTo(policy.text("metadata", "name"));
  }

  @Test
  void theActionCanBeAWarning() {
    apply(
        configurer.plan(
            plan("kubernaut", "quay.io/org/app:v1"),
            NAMESPACES,
            SealOptions.builder().action(Action.WARN).build()));
    assertThat(only(ResourceType.ADMISSION_POLICY_BINDING).value("spec", "validationActions"))
        .contains(List.of("Warn", "Audit"));
  }

  @Test
  void eachReferenceOfThePlanIsAllowedInItsForms() {
    assertThat(
            AllowedReferences.of(
                plan("kubernaut", "quay.io/org/app:v1@" + DIGEST, "redis"),
                SealOptions.builder().sourceDigests(true).build()))
        .containsExactlyInAnyOrder(
            "harbor.corp/org/app:v1",
            "harbor.corp/org/app:v1@" + DIGEST,
            "harbor.corp/org/app@" + DIGEST,
            "harbor.corp/library/redis:latest",
            "quay.io/org/app@" + DIGEST,
            "quay.io/org/app:v1@" + DIGEST);
  }

  @Test
  void theDigestThatTheMirrorHasIsAllowedUnderTheSourceNameToo() {
    Digest mirrored = Digest.sha256("rewritten".getBytes(StandardCharsets.UTF_8));
    MirrorPlan whole = plan("kubernaut", "quay.io/org/app:v1@" + DIGEST);
    MirrorPlan plan =
        MirrorPlan.builder(whole.target())
            .addEntries(
                MirrorEntry.builder().from(whole.entries().get(0)).mirroredDigest(mirrored).build())
            .build();
    assertThat(AllowedReferences.of(plan, SealOptions.builder().sourceDigests(true).build()))
        .contains("quay.io/org/app@" + mirrored, "quay.io/org/app@" + DIGEST);
  }

  @Test
  void twoReleasesHaveTwoSeals() {
    apply(seal(plan("one", "quay.io/org/app:v1")));
    apply(seal(plan("two", "quay.io/org/app:v1")));
    assertThat(cluster.list(ResourceType.ADMISSION_POLICY, null, Map.of())).hasSize(2);
    apply(configurer.planRemoval(ReleaseName.of("one", "default")));
    assertThat(cluster.list(ResourceType.ADMISSION_POLICY_BINDING, null, Map.of()))
        .extracting(KubernetesObject::name)
        .allMatch(name -> name.startsWith("seal-default-two-"))
        .hasSize(1);
  }

  @Test
  void anObjectOfAnotherOwnerIsNeitherChangedNorRemoved() {
    apply(seal(plan("kubernaut", "quay.io/org/app:v1")));
    KubernetesObject own = cluster.list(ResourceType.ADMISSION_POLICY, null, Map.of()).get(0);
    cluster.put(
        ResourceType.ADMISSION_POLICY,
        KubernetesObject.named(ResourceType.ADMISSION_POLICY, null, own.name()));
    assertThat(codes(seal(plan("kubernaut", "quay.io/org/app:v2"))))
        .containsExactly(ProblemCode.OBJECT_NOT_OURS);
    apply(configurer.planRemoval(ReleaseName.of("kubernaut", "default")));
    assertThat(cluster.get(ResourceType.ADMISSION_POLICY, null, own.name())).isPresent();
    assertThat(cluster.get(ResourceType.ADMISSION_POLICY_BINDING, null, own.name())).isEmpty();
  }

  @Test
  void aClusterWithoutAdmissionPoliciesIsReported() {
    cluster.withoutType(ResourceType.ADMISSION_POLICY);
    assertThat(codes(seal(plan("kubernaut", "quay.io/org/app:v1"))))
        .containsExactly(ProblemCode.SEAL_UNSUPPORTED);
  }

  @Test
  void aPlanWithoutImagesIsRefused() {
    assertThat(codes(seal(plan("kubernaut")))).containsExactly(ProblemCode.SEAL_WITHOUT_IMAGES);
    assertThatThrownBy(() -> configurer.plan(plan("kubernaut"), Set.of(), DENY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPolicyThatIsTooLargeForTheClusterIsRefused() {
    String[] images = new String[5000];
    for (int i = 0; i < images.length; i++) {
      images[i] = "quay.io/organisation/repository-%d:v1@%s".formatted(i, DIGEST);
    }
    assertThat(codes(seal(plan("kubernaut", images)))).containsExactly(ProblemCode.SEAL_TOO_LARGE);
  }

  @Test
  void podsThatRunWithOtherImagesAreReportedAndFinishedOnesAreNot() {
    KubernetesObject pod =
        KubernetesObject.named(ResourceType.POD, "default", "sidecar")
            .with(
                List.of(
                    Map.of("name", "main", "image", "harbor.corp/org/app:v1"),
                    Map.of("name", "proxy", "image", "harbor.corp/org/proxy:v1")),
                "spec",
                "containers");
    cluster.put(ResourceType.POD, pod);
    cluster.put(
        ResourceType.POD,
        pod.with("done", "metadata", "name").with("Succeeded", "status", "phase"));
    ClusterChange change = seal(plan("kubernaut", "quay.io/org/app:v1"));
    assertThat(codes(change)).containsExactly(ProblemCode.SEAL_REFUSES_RUNNING_POD);
    assertThat(change.problems().get(0).describe())
        .startsWith("Pod default/sidecar: has the image harbor.corp/org/proxy:v1");
    assertThat(change.isOk()).isTrue();
  }
}
