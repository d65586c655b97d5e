package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.repair.RepairOptions;
import ai.kubernaut.airgap.repair.RepairReport;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.VerifyOptions;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A release runs in the lab, on a cluster whose pull secrets are in namespaces. Each test breaks
 * it, diagnoses it, lists the repairs, repairs it and verifies it.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RepairInLabTest {
  private static final VerifyOptions ONCE =
      VerifyOptions.builder().waitPolicy(WaitPolicy.once()).build();

  private TestLab world;
  private Lab lab;
  private ClusterClient cluster;
  private Airgap airgap;
  private MirrorPlan plan;
  private Installation installation;
  private RepairOptions options;
  private String namespace;

  @BeforeAll
  void aReleaseThatRuns() {
    world = TestLab.start(Flavour.KUBERNETES);
    lab = world.lab();
    cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig());
    airgap =
        Airgap.builder()
            .registry(lab.newRegistryClient())
            .cluster(cluster)
            .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
            .closeClients(true)
            .build();
    plan = airgap.plan(world.chart(), lab.target(Separator.SLASH));
    namespace = plan.release().namespace();
    MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
    PullSecretReport secret = airgap.configurePullSecret(mirrored, lab.mirrorCredentials());
    airgap.install(
        mirrored,
        secret,
        InstallOptions.builder().putLlmCredentials("OPENAI_API_KEY", Secret.of("none")).build());
    installation = airgap.installationOf(plan);
    options = RepairOptions.builder().credentials(lab.mirrorCredentials()).build();
    verified();
  }

  @AfterAll
  void close() {
    airgap.close();
    world.close();
  }

  @Test
  void anImageDeletedFromTheMirrorIsMirroredAgain() {
    lab.deleteFromMirror(image("gateway"));
    restart("gateway");
    assertThat(repaired("IMAGE_NOT_IN_MIRROR"))
        .containsExactly("IMAGE_MIRRORED_AGAIN " + image("gateway"));
  }

  @Test
  void anImageWithADeletedBlobIsCompleted() {
    lab.deleteBlobFromMirror(image("gateway"));
    restart("gateway");
    assertThat(repaired("IMAGE_INCOMPLETE_IN_MIRROR"))
        .containsExactly("IMAGE_MIRRORED_AGAIN " + image("gateway"));
  }

  @Test
  void aPullSecretWithAWrongPasswordIsRenewed() {
    breakPullSecret();
    restart("notification-controller");
    assertThat(repaired("PULL_CREDENTIALS_REJECTED"))
        .containsExactly("PULL_SECRET_WRITTEN Secret " + namespace + "/kubernaut-mirror");
  }

  @Test
  void aMigrationJobThatHasFailedIsCreatedAgainByAnUpgrade() {
    failMigration();
    assertThat(repaired("JOB_FAILED"))
        .contains("JOB_RECREATED Job " + namespace + "/" + migration())
        .anyMatch(fact -> fact.startsWith("RELEASE_INSTALLED"));
  }

  @Test
  void twoCausesAtOnceAreBothRepaired() {
    lab.deleteFromMirror(image("workflowexecution"));
    breakPullSecret();
    restart("workflowexecution-controller", "notification-controller");
    assertThat(repaired("IMAGE_NOT_IN_MIRROR", "PULL_CREDENTIALS_REJECTED"))
        .containsExactly(
            "IMAGE_MIRRORED_AGAIN " + image("workflowexecution"),
            "PULL_SECRET_WRITTEN Secret " + namespace + "/kubernaut-mirror");
  }

  @Test
  void onlyWhatWasChosenIsRepaired() {
    lab.deleteFromMirror(image("workflowexecution"));
    breakPullSecret();
    restart("workflowexecution-controller", "notification-controller");
    Diagnosis diagnosis = diagnosed("IMAGE_NOT_IN_MIRROR", "PULL_CREDENTIALS_REJECTED");
    RepairReport report =
        airgap.repair(
            installation,
            diagnosis,
            RepairOptions.builder().from(options).addOnly(ProblemCode.IMAGE_NOT_IN_MIRROR).build());
    assertThat(report.orElseThrow().problems())
        .extracting(problem -> problem.code())
        .containsExactly(ProblemCode.REPAIR_NOT_CHOSEN);
    assertThat(repaired("PULL_CREDENTIALS_REJECTED"))
        .containsExactly("PULL_SECRET_WRITTEN Secret " + namespace + "/kubernaut-mirror");
  }

  @Test
  void theCommandListsAndRepairs(@TempDir Path directory) throws IOException {
    plan.save(directory.resolve("plan.yaml"));
    String auth =
        Base64.getEncoder()
            .encodeToString(
                (lab.mirrorCredentials().username()
                        + ":"
                        + lab.mirrorCredentials().password().reveal())
                    .getBytes(StandardCharsets.UTF_8));
    Path authFile =
        Files.writeString(
            directory.resolve("auth.json"),
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(plan.target().registry(), auth));
    List<Object> command =
        List.of(
            "repair",
            "--plan",
            directory.resolve("plan.yaml"),
            "--kubeconfig",
            lab.kubeconfig(),
            "--authfile",
            authFile,
            "--plain-http",
            plan.target().registry());
    breakPullSecret();
    restart("notification-controller");
    diagnosed("PULL_CREDENTIALS_REJECTED");

    CommandLineRun wrong = run(command, "--only", "QUOTA_EXCEEDED");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("no automatic repair for [QUOTA_EXCEEDED]");

    Path page = directory.resolve("repair.html");
    CommandLineRun listed = run(command, "--dry-run", "--json", "--report", page);
    assertThat(listed.status()).as("%s", listed).isZero();
    assertThat(listed.out())
        .contains("\"kind\" : \"RepairReport\"")
        .contains("PULL_SECRET_TO_BE_RENEWED");
    assertThat(page).content().contains("Repair of release " + plan.release().name());

    CommandLineRun other = run(command, "--only", "IMAGE_NOT_IN_MIRROR");
    assertThat(other.status()).as("%s", other).isZero();
    assertThat(other.out())
        .containsIgnoringWhitespaces("PULL_CREDENTIALS_REJECTED was not repaired");

    CommandLineRun done = run(command);
    assertThat(done.status()).as("%s", done).isZero();
    assertThat(done.out())
        .containsIgnoringWhitespaces("now has the credentials")
        .doesNotContain(lab.mirrorCredentials().password().reveal());
    verified();
  }

  private static CommandLineRun run(List<Object> command, Object... further) {
    List<Object> all = new ArrayList<>(command);
    all.addAll(List.of(further));
    return CommandLineRun.of(all.toArray());
  }

  /** Diagnoses, lists the repairs without a change, repairs, and verifies. */
  private List<String> repaired(String... roots) {
    Diagnosis diagnosis = diagnosed(roots);
    RepairReport listed =
        airgap.repair(
            installation, diagnosis, RepairOptions.builder().from(options).dryRun(true).build());
    assertThat(listed.orElseThrow().facts()).hasSameSizeAs(roots);
    assertThat(codes(airgap.diagnose(installation))).isEqualTo(codes(diagnosis));
    RepairReport report = airgap.repair(installation, diagnosis, options).orElseThrow();
    assertThat(report.toString()).doesNotContain(lab.mirrorCredentials().password().reveal());
    verified();
    assertThat(airgap.diagnose(installation).causes()).isEmpty();
    return report.facts().stream().map(fact -> fact.code() + " " + fact.subject()).toList();
  }

  private Diagnosis diagnosed(String... roots) {
    List<String> expected = List.copyOf(new TreeSet<>(Arrays.asList(roots)));
    Diagnosis diagnosis =
        WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(200))
            .until(() -> airgap.diagnose(installation), found -> codes(found).equals(expected));
    assertThat(codes(diagnosis)).as("%s", diagnosis.describe()).isEqualTo(expected);
    return diagnosis;
  }

  private static List<String> codes(Diagnosis diagnosis) {
    return diagnosis.problems().stream().map(problem -> problem.code().name()).sorted().toList();
  }

  private void verified() {
    WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(200))
        .until(() -> airgap.verify(installation, ONCE), VerificationReport::isOk)
        .orElseThrow();
  }

  private ImageRef image(String name) {
    return plan.entries().stream()
        .map(MirrorEntry::target)
        .filter(target -> target.repository().name().endsWith("/" + name))
        .findFirst()
        .orElseThrow();
  }

  /** Deletes the pods of Deployments on nodes without images, so that new ones pull. */
  private void restart(String... deployments) {
    lab.replaceNodes();
    for (KubernetesObject pod : cluster.list(ResourceType.POD, namespace, Map.of())) {
      if (Arrays.stream(deployments).anyMatch(name -> pod.name().startsWith(name + "-"))) {
        cluster.delete(ResourceType.POD, pod);
      }
    }
  }

  private void breakPullSecret() {
    String auth =
        Base64.getEncoder()
            .encodeToString(
                (lab.mirrorCredentials().username() + ":wrong").getBytes(StandardCharsets.UTF_8));
    String json = "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(plan.target().address(), auth);
    KubernetesObject secret =
        cluster.get(ResourceType.SECRET, namespace, "kubernaut-mirror").orElseThrow();
    cluster.replace(
        ResourceType.SECRET,
        secret.with(
            Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)),
            "data",
            ".dockerconfigjson"));
  }

  private String migration() {
    return world.name("kubernaut-db-migration");
  }

  /** As Helm leaves the Job of a hook whose pod has ended with an error. */
  private void failMigration() {
    cluster.create(
        ResourceType.JOB,
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "job",
                    """
                    {apiVersion: batch/v1, kind: Job,
                     metadata: {name: %s, namespace: %s, annotations: {helm.sh/hook: 'post-install,post-upgrade'}},
                     spec: {backoffLimit: 0, template: {metadata: {annotations: {lab.kubernaut.ai/exit-code: '1', lab.kubernaut.ai/log: 'goose: syntax error in 0002.sql'}},
                       spec: {restartPolicy: Never, imagePullSecrets: [{name: kubernaut-mirror}], containers: [{name: main, image: '%s'}]}}}}
                    """
                        .formatted(migration(), namespace, image("db-migrate")),
                    Yaml.DuplicateKeys.REFUSED))));
  }
}
