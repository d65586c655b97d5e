package ai.kubernaut.airgap.repair;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.diagnosis.Repair;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A repair does what the diagnosis names and its caller chooses, and says what it leaves. */
@Timeout(60)
final class RepairTest {
  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();
  private static final ImageRef SOURCE = ImageRef.parse("quay.io/acme/gateway:1");
  private static final ImageRef OTHER = ImageRef.parse("quay.io/acme/other:1");
  private static final Target MIRROR = Target.registry("harbor.corp");
  private static final Credentials NODE = Credentials.of("node", "right");

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final MemoryRegistryClient source = MemoryRegistryClient.create();
  private final MemoryRegistryClient mirror = MemoryRegistryClient.create();
  private final List<Cause> causes = new ArrayList<>();
  private final MirrorPlan plan = plan();

  private MirrorPlan plan() {
    MirrorPlan.Builder plan = MirrorPlan.builder(MIRROR);
    for (ImageRef image : List.of(SOURCE, OTHER)) {
      Manifest manifest = push(source, image);
      plan.addEntries(
          MirrorEntry.builder()
              .source(image)
              .target(MIRROR.nameOf(image))
              .digest(manifest.digest())
              .build());
    }
    return plan.build();
  }

  private static Manifest push(MemoryRegistryClient registry, ImageRef image) {
    byte[] config = ("{\"of\":\"" + image.repository().name() + "\"}").getBytes(UTF_8);
    Descriptor blob =
        Descriptor.of(
            "application/vnd.oci.image.config.v1+json", Digest.sha256(config), config.length);
    registry.writeBlob(image.repository(), blob, new ByteArrayInputStream(config));
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},\"layers\":[]}"
                .formatted(Manifest.OCI_MANIFEST, blob.mediaType(), blob.digest(), blob.size())
                .getBytes(UTF_8));
    registry.writeManifest(image, manifest);
    return manifest;
  }

  private void root(Problem problem, Problem... consequences) {
    causes.add(
        Cause.builder()
            .problem(problem)
            .isRoot(true)
            .repair(new Repair("kubectl describe it", ""))
            .addConsequences(consequences)
            .build());
  }

  private void consequence(Problem problem) {
    causes.add(Cause.builder().problem(problem).isRoot(false).build());
  }

  private static Problem missing(ImageRef image) {
    return Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(MIRROR.nameOf(image)));
  }

  private static Problem rejected(String namespace, String name) {
    return Problem.of(
        ProblemCode.PULL_CREDENTIALS_REJECTED,
        Subject.object(Subject.Kind.SECRET, namespace, name),
        Map.of("registry", "harbor.corp"));
  }

  private static Problem quota() {
    return Problem.of(
        ProblemCode.QUOTA_EXCEEDED,
        new Subject(Subject.Kind.OBJECT, "ResourceQuota kubernaut-system/small"),
        Map.of("detail", "pods is limited to 2"));
  }

  private static Problem failedJob() {
    return Problem.of(
        ProblemCode.JOB_FAILED,
        Subject.object(Subject.Kind.JOB, RELEASE.namespace(), "migration"),
        Map.of("detail", "", "pod", "", "log", ""));
  }

  private void pullSecret(String namespace, String name, String password) {
    String auth = Base64.getEncoder().encodeToString(("node:" + password).getBytes(UTF_8));
    String json = "{\"auths\":{\"harbor.corp\":{\"auth\":\"%s\"}}}".formatted(auth);
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, namespace, name)
            .with(
                Base64.getEncoder().encodeToString(json.getBytes(UTF_8)),
                "data",
                ".dockerconfigjson"));
  }

  private String content(String namespace, String name) {
    return new String(
        Base64.getDecoder()
            .decode(
                cluster
                    .get(ResourceType.SECRET, namespace, name)
                    .orElseThrow()
                    .fields()
                    .text("data", ".dockerconfigjson")
                    .orElseThrow()),
        UTF_8);
  }

  private RepairReport repair(RepairOptions options) {
    return repair(options, Diagnosis.of(RELEASE, causes));
  }

  private RepairReport repair(RepairOptions options, Diagnosis diagnosis) {
    try (Airgap airgap =
        Airgap.builder()
            .sourceRegistry(source)
            .targetRegistry(mirror)
            .cluster(cluster)
            .helm(TemplateHelm.rendering("").with(RELEASE, 1, "deployed"))
            .build()) {
      return airgap.repair(Installation.of(RELEASE, plan), diagnosis, options);
    }
  }

  private static RepairOptions all() {
    return RepairOptions.builder().credentials(NODE).build();
  }

  private static List<String> facts(RepairReport report) {
    return report.facts().stream().map(fact -> fact.code() + " " + fact.subject()).toList();
  }

  private static List<ProblemCode> problems(RepairReport report) {
    return report.problems().stream().map(Problem::code).toList();
  }

  @Test
  void aHealthyReleaseNeedsNoRepair() {
    RepairReport report = repair(all());
    assertThat(report.orElseThrow().facts()).isEmpty();
    assertThat(report.summary()).isEqualTo("0 actions, 0 problems are not repaired");
  }

  @Test
  void exactlyTheMissingImageIsMirroredAgain() {
    root(missing(SOURCE));
    RepairReport report = repair(all()).orElseThrow();
    assertThat(facts(report)).containsExactly("IMAGE_MIRRORED_AGAIN harbor.corp/acme/gateway:1");
    assertThat(mirror.findManifest(MIRROR.nameOf(SOURCE))).isPresent();
    assertThat(mirror.findManifest(MIRROR.nameOf(OTHER))).isEmpty();
  }

  @Test
  void anImageThatHasLostABlobIsCompleted() {
    ImageRef image = MIRROR.nameOf(SOURCE);
    Digest first = push(mirror, image).blobs().get(0).digest();
    mirror.deleteBlob(image.repository(), first);
    root(
        Problem.of(
            ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR,
            Subject.image(image),
            Map.of("count", "1", "first", first.toString())));
    assertThat(facts(repair(all()).orElseThrow())).containsExactly("IMAGE_MIRRORED_AGAIN " + image);
    assertThat(mirror.findBlob(image.repository(), first)).isPresent();
  }

  @Test
  void anImageThatItsSourceDoesNotHaveIsAProblemAndOtherRepairsGoOn() {
    source.deleteManifest(SOURCE.repository(), source.readManifest(SOURCE).digest());
    root(missing(SOURCE));
    root(missing(OTHER));
    RepairReport report = repair(all());
    assertThat(facts(report)).containsExactly("IMAGE_MIRRORED_AGAIN harbor.corp/acme/other:1");
    assertThat(report.isOk()).isFalse();
    assertThat(report.problems()).hasSize(1);
  }

  @Test
  void aDryRunListsEverythingAndChangesNothing() {
    pullSecret(RELEASE.namespace(), "pull", "wrong");
    String before = content(RELEASE.namespace(), "pull");
    root(missing(SOURCE), failedJob());
    root(rejected(RELEASE.namespace(), "pull"));
    consequence(failedJob());
    RepairReport report = repair(RepairOptions.builder().from(all()).dryRun(true).build());
    assertThat(facts(report))
        .containsExactly(
            "IMAGE_TO_BE_MIRRORED harbor.corp/acme/gateway:1",
            "PULL_SECRET_TO_BE_RENEWED Secret kubernaut-system/pull",
            "JOB_TO_BE_RECREATED Job kubernaut-system/migration");
    assertThat(report.dryRun()).isTrue();
    assertThat(report.orElseThrow().summary())
        .isEqualTo(
            "nothing was changed: this was a dry run; 3 actions, 0 problems are not repaired");
    assertThat(mirror.findManifest(MIRROR.nameOf(SOURCE))).isEmpty();
    assertThat(content(RELEASE.namespace(), "pull")).isEqualTo(before);
  }

  @Test
  void exactlyTheDiagnosedPullSecretIsRenewed() {
    pullSecret(RELEASE.namespace(), "pull", "wrong");
    pullSecret(RELEASE.namespace(), "other", "wrong");
    String other = content(RELEASE.namespace(), "other");
    root(rejected(RELEASE.namespace(), "pull"));
    RepairReport report = repair(all()).orElseThrow();
    assertThat(facts(report)).containsExactly("PULL_SECRET_WRITTEN Secret kubernaut-system/pull");
    assertThat(content(RELEASE.namespace(), "pull"))
        .contains(Base64.getEncoder().encodeToString("node:right".getBytes(UTF_8)));
    assertThat(content(RELEASE.namespace(), "other")).isEqualTo(other);
    assertThat(cluster.get(ResourceType.SECRET, RELEASE.namespace(), "kubernaut-mirror")).isEmpty();
  }

  @Test
  void aPullSecretThatHasTheSameCredentialsIsNotRepaired() {
    pullSecret(RELEASE.namespace(), "pull", "right");
    root(rejected(RELEASE.namespace(), "pull"));
    RepairReport report = repair(all());
    assertThat(problems(report)).containsExactly(ProblemCode.REPAIR_FAILED);
    assertThat(report.problems().get(0).message()).contains("has the given credentials already");
  }

  @Test
  void withoutCredentialsNoPullSecretIsRenewed() {
    pullSecret(RELEASE.namespace(), "pull", "wrong");
    root(rejected(RELEASE.namespace(), "pull"));
    assertThat(problems(repair(RepairOptions.builder().build())))
        .containsExactly(ProblemCode.REPAIR_WITHOUT_CREDENTIALS);
  }

  @Test
  void aSecretThatThePullSecretStepDoesNotWriteIsLeftToAPerson() {
    MemoryClusterClient openShift = MemoryClusterClient.openShift();
    root(rejected(RELEASE.namespace(), "own"));
    try (Airgap airgap = Airgap.builder().cluster(openShift).registry(mirror).build()) {
      RepairReport report =
          airgap.repair(Installation.of(RELEASE, plan), Diagnosis.of(RELEASE, causes), all());
      assertThat(problems(report)).containsExactly(ProblemCode.REPAIR_NOT_AUTOMATIC);
    }
    assertThat(openShift.list(ResourceType.SECRET, RELEASE.namespace(), Map.of())).isEmpty();
  }

  @Test
  void whatHasNoAutomaticRepairIsListedWithItsCommand() {
    root(quota());
    RepairReport report = repair(all());
    assertThat(problems(report)).containsExactly(ProblemCode.REPAIR_NOT_AUTOMATIC);
    assertThat(report.problems().get(0).describe())
        .contains("QUOTA_EXCEEDED")
        .contains("run: kubectl describe it");
    assertThatThrownBy(report::orElseThrow).isInstanceOf(ProblemsException.class);
  }

  @Test
  void nothingIsRepairedThatWasNotChosen() {
    pullSecret(RELEASE.namespace(), "pull", "wrong");
    String before = content(RELEASE.namespace(), "pull");
    root(missing(SOURCE));
    root(rejected(RELEASE.namespace(), "pull"));
    root(quota());
    RepairReport report =
        repair(
            RepairOptions.builder().from(all()).addOnly(ProblemCode.IMAGE_NOT_IN_MIRROR).build());
    assertThat(facts(report)).containsExactly("IMAGE_MIRRORED_AGAIN harbor.corp/acme/gateway:1");
    assertThat(problems(report))
        .containsExactly(ProblemCode.REPAIR_NOT_CHOSEN, ProblemCode.REPAIR_LEFT_TO_PERSON);
    assertThat(report.orElseThrow()).isSameAs(report);
    assertThat(content(RELEASE.namespace(), "pull")).isEqualTo(before);
  }

  @Test
  void aJobIsNotCreatedAgainWhileItsCauseIsThere() {
    root(quota(), failedJob());
    consequence(failedJob());
    RepairReport report = repair(RepairOptions.builder().from(all()).dryRun(true).build());
    assertThat(report.facts()).isEmpty();
    assertThat(problems(report)).containsExactly(ProblemCode.REPAIR_NOT_AUTOMATIC);
  }

  @Test
  void aJobWhosePodHasCrashedIsCreatedAgain() {
    Problem crash =
        Problem.of(
            ProblemCode.CONTAINER_CRASHED,
            Subject.object(Subject.Kind.POD, RELEASE.namespace(), "migration-x7k2p"),
            Map.of("container", "main", "exit", "1", "log", ""));
    root(crash, failedJob());
    consequence(failedJob());
    RepairReport report =
        repair(RepairOptions.builder().from(all()).dryRun(true).build()).orElseThrow();
    assertThat(report.facts())
        .extracting(fact -> fact.code())
        .containsExactly(FactCode.JOB_TO_BE_RECREATED);
  }

  @Test
  void aJobOfAReleaseThatArgoOrFluxManagesIsLeftToThem() {
    GitOpsResource application =
        GitOpsResource.builder()
            .tool(GitOpsResource.Tool.ARGO_CD)
            .kind("Application")
            .namespace("argocd")
            .name("kubernaut")
            .isProgressing(false)
            .build();
    GitOpsResource release =
        GitOpsResource.builder()
            .from(application)
            .tool(GitOpsResource.Tool.FLUX)
            .kind("HelmRelease")
            .namespace("flux-system")
            .build();
    root(failedJob());
    root(missing(SOURCE));
    RepairReport report = repair(all(), Diagnosis.of(RELEASE, causes, List.of(application)));
    assertThat(facts(report))
        .as("what no controller reverts is repaired")
        .containsExactly("IMAGE_MIRRORED_AGAIN " + MIRROR.nameOf(SOURCE));
    assertThat(problems(report)).containsExactly(ProblemCode.REPAIR_LEFT_TO_GITOPS);
    assertThat(report.problems().get(0).describe())
        .contains(
            "Application argocd/kubernaut of Argo CD",
            "kubectl delete job migration -n kubernaut-system",
            "argocd app sync argocd/kubernaut");
    assertThat(
            repair(
                    RepairOptions.builder().from(all()).dryRun(true).build(),
                    Diagnosis.of(RELEASE, causes, List.of(release)))
                .problems())
        .extracting(Problem::remedy)
        .containsExactly(
            "let Flux create the Job again, and run: flux reconcile helmrelease kubernaut -n flux-system --force");
  }

  @Test
  void anUpgradeThatFailsIsAProblemOfItsJob() {
    root(failedJob());
    RepairReport report = repair(all());
    assertThat(problems(report)).containsExactly(ProblemCode.REPAIR_FAILED);
    assertThat(report.problems().get(0).subject().name()).isEqualTo("kubernaut-system/migration");
    assertThat(report.problems().get(0).cause()).isPresent();
  }

  @Test
  void onlyProblemsWithAnAutomaticRepairCanBeChosen() {
    assertThatThrownBy(() -> RepairOptions.builder().addOnly(ProblemCode.QUOTA_EXCEEDED).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no automatic repair for [QUOTA_EXCEEDED]")
        .hasMessageContaining("IMAGE_NOT_IN_MIRROR");
  }

  @Test
  void theDiagnosisOfAnotherReleaseIsRefused() {
    assertThatThrownBy(
            () -> repair(all(), Diagnosis.of(ReleaseName.of("other", "other"), List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other");
  }
}
