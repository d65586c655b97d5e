package ai.kubernaut.airgap.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order and the content of rotations, and what prevents them. */
final class SecretRotatorTest {
  private static final String NAMESPACE = "kubernaut-system";
  private static final String VALUES =
      """
      postgresql: {enabled: true, auth: {existingSecret: "", username: slm_user, database: action_history}}
      valkey: {enabled: true, existingSecret: custom-valkey}
      holmesgptApi: {llm: {credentialsSecretName: llm-credentials}}
      """;
  private static final String POSTGRESQL =
      "{env: [{name: %s, valueFrom: {secretKeyRef: {name: postgresql-secret, key: POSTGRES_PASSWORD}}}]}";

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final TemplateHelm helm = TemplateHelm.of(VALUES, values -> "");
  private final List<String> written = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private String unready = "";

  @BeforeEach
  void install() {
    cluster.put(
        ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, NAMESPACE));
    secret("postgresql-secret", "POSTGRES_USER", "mine");
    secret("postgresql-secret", "POSTGRES_PASSWORD", "old");
    secret("postgresql-secret", "db-secrets.yaml", "username: mine\npassword: old\nextra: 1\n");
    secret("custom-valkey", "valkey-secrets.yaml", "password: old");
    secret("llm-credentials", "OPENAI_API_KEY", "old");
    secret("llm-credentials", "OTHER", "kept");
    workload(
        "datastorage",
        "{volumes: [{name: s, projected: {sources: [{secret: {name: postgresql-secret}}, {secret: {name: custom-valkey}}]}}]}");
    workload("postgresql", "{containers: [" + POSTGRESQL.formatted("POSTGRESQL_PASSWORD") + "]}");
    workload("valkey", "{containers: [{name: main}]}");
    workload("holmesgpt-api", "{volumes: [{name: s, secret: {secretName: llm-credentials}}]}");
    workload("agent", "{initContainers: [{envFrom: [{secretRef: {name: llm-credentials}}]}]}");
    workload("gateway", "{imagePullSecrets: [{name: llm-credentials}]}");
    cluster.onWrite(
        object -> {
          written.add(object.toString());
          return object.kind().equals("Deployment") && !object.name().equals(unready)
              ? object.with(Map.of("readyReplicas", 1, "updatedReplicas", 1), "status")
              : object;
        });
  }

  private void secret(String name, String key, String value) {
    KubernetesObject present =
        cluster
            .get(ResourceType.SECRET, NAMESPACE, name)
            .orElseGet(() -> KubernetesObject.named(ResourceType.SECRET, NAMESPACE, name));
    cluster.put(
        ResourceType.SECRET,
        present.with(
            Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)),
            "data",
            key));
  }

  private void workload(String name, String podSpec) {
    cluster.put(
        ResourceType.DEPLOYMENT,
        KubernetesObject.named(ResourceType.DEPLOYMENT, NAMESPACE, name)
            .with(
                Yaml.readMapping("pod", podSpec, Yaml.DuplicateKeys.REFUSED),
                "spec",
                "template",
                "spec"));
  }

  private KubernetesObject deployment(String name) {
    return cluster.get(ResourceType.DEPLOYMENT, NAMESPACE, name).orElseThrow();
  }

  private String value(String secret, String key) {
    return new String(
        Base64.getDecoder()
            .decode(
                cluster
                    .get(ResourceType.SECRET, NAMESPACE, secret)
                    .orElseThrow()
                    .fields()
                    .text("data", key)
                    .orElseThrow()),
        StandardCharsets.UTF_8);
  }

  private SecretRotator rotator() {
    return new SecretRotator(cluster, helm, KubernautProfile.profile(), () -> now, event -> {});
  }

  private static MirrorPlan plan() {
    return MirrorPlan.builder(Target.registry("harbor.corp")).chart(TemplateHelm.chart()).build();
  }

  private static SecretRotation.Builder rotation(String... names) {
    return SecretRotation.builder().addNames(names).restart(WaitPolicy.once());
  }

  private ChangeReport rotate(SecretRotation.Builder rotation) {
    written.clear();
    return rotator().rotate(plan(), rotation.build());
  }

  private List<Problem> refused(SecretRotation.Builder rotation) {
    List<Problem> planned = rotator().plan(plan(), rotation.build()).problems();
    ClusterChangeException refusal =
        catchThrowableOfType(ClusterChangeException.class, () -> rotate(rotation));
    assertThat(refusal.problems()).isEqualTo(planned);
    assertThat(written).as("before anything is touched").isEmpty();
    return planned;
  }

  private static List<ProblemCode> codes(List<Problem> problems) {
    return problems.stream().map(Problem::code).toList();
  }

  private List<String> restarted() {
    return written.stream().filter(object -> object.startsWith("Deployment")).toList();
  }

  @Test
  void aServerThatSetsItsPasswordRestartsBeforeItsClients() {
    assertThat(
            rotator().plan(plan(), rotation("postgresql-secret").build()).changes().stream()
                .map(ObjectChange::toString)
                .skip(1))
        .as("after the backup")
        .containsExactly(
            "update Secret kubernaut-system/postgresql-secret",
            "update Deployment kubernaut-system/postgresql",
            "update Deployment kubernaut-system/datastorage");

    ChangeReport report = rotate(rotation("postgresql-secret")).orElseThrow();

    String password = value("postgresql-secret", "POSTGRES_PASSWORD");
    assertThat(password).hasSizeGreaterThan(30).isNotEqualTo("old");
    assertThat(value("postgresql-secret", "db-secrets.yaml"))
        .as("what belongs to the host stays")
        .isEqualTo("username: mine\npassword: " + password + "\nextra: 1\n");
    assertThat(value("postgresql-secret", "POSTGRES_USER")).isEqualTo("mine");
    assertThat(written.subList(1, written.size()))
        .containsExactly(
            "Secret kubernaut-system/postgresql-secret",
            "Deployment kubernaut-system/postgresql",
            "Deployment kubernaut-system/datastorage");
    assertThat(report.facts())
        .extracting(Fact::describe)
        .contains(
            "Deployment kubernaut-system/datastorage has restarted, and reads postgresql-secret again");
    assertThat(report.summary()).doesNotContain(password);
  }

  @Test
  void aServerThatIsNotReadyKeepsItsClientsRunningUntilALaterRun() {
    unready = "postgresql";
    ChangeReport report = rotate(rotation("postgresql-secret"));
    assertThat(codes(report.problems())).containsExactly(ProblemCode.WORKLOAD_NOT_READY);
    assertThat(restarted()).containsExactly("Deployment kubernaut-system/postgresql");
    String password = value("postgresql-secret", "POSTGRES_PASSWORD");

    unready = "";
    now = now.plusSeconds(60);
    cluster.put(
        ResourceType.DEPLOYMENT,
        deployment("postgresql").with(Map.of("readyReplicas", 1, "updatedReplicas", 1), "status"));
    rotate(rotation("postgresql-secret")).orElseThrow();

    assertThat(written).containsExactly("Deployment kubernaut-system/datastorage");
    assertThat(value("postgresql-secret", "POSTGRES_PASSWORD"))
        .as("no further password was generated")
        .isEqualTo(password);
    now = now.plusSeconds(60);
    rotate(rotation("postgresql-secret")).orElseThrow();
    assertThat(value("postgresql-secret", "POSTGRES_PASSWORD")).isNotEqualTo(password);
  }

  @Test
  void aLaterRunWaitsForAServerThatHasNotBecomeReadyYet() {
    unready = "postgresql";
    rotate(rotation("postgresql-secret"));
    now = now.plusSeconds(60);
    ChangeReport again = rotate(rotation("postgresql-secret"));
    assertThat(codes(again.problems())).containsExactly(ProblemCode.WORKLOAD_NOT_READY);
    assertThat(written).as("the clients keep running").isEmpty();
  }

  @Test
  void aServerThatKeepsItsPasswordHasToHaveTheNewOne() {
    workload("postgresql", "{containers: [" + POSTGRESQL.formatted("POSTGRES_PASSWORD") + "]}");
    List<Problem> problems = refused(rotation("postgresql-secret", "custom-valkey"));
    assertThat(codes(problems))
        .containsExactly(ProblemCode.SERVER_KEEPS_PASSWORD, ProblemCode.SERVER_KEEPS_PASSWORD);
    assertThat(problems.get(0).describe()).contains("valkey-cli -x CONFIG SET requirepass < FILE");
    assertThat(problems.get(1).describe())
        .contains(
            "kubectl exec -it -n kubernaut-system deployment/postgresql -- psql -U slm_user -d action_history -c '\\password slm_user'");

    rotate(
            rotation("postgresql-secret", "custom-valkey")
                .putServerPasswords("postgresql-secret", Secret.of("new \"one\""))
                .putServerPasswords("custom-valkey", Secret.of("other")))
        .orElseThrow();

    assertThat(
            Fields.of(
                    Yaml.readMapping(
                        "db",
                        value("postgresql-secret", "db-secrets.yaml"),
                        Yaml.DuplicateKeys.REFUSED))
                .text("password"))
        .contains("new \"one\"");
    assertThat(value("custom-valkey", "valkey-secrets.yaml")).isEqualTo("password: other");
    assertThat(restarted())
        .as("a client of both restarts once, and the servers do not")
        .containsExactly("Deployment kubernaut-system/datastorage");
  }

  @Test
  void credentialsOfTheLlmAreReplacedKeyByKey() {
    assertThat(codes(refused(rotation("llm-credentials"))))
        .containsExactly(ProblemCode.SECRET_VALUE_NOT_GIVEN);
    SecretRotation.Builder rotation =
        rotation("llm-credentials").putLlmCredentials("OPENAI_API_KEY", Secret.of("new"));
    rotate(rotation).orElseThrow();
    assertThat(value("llm-credentials", "OPENAI_API_KEY")).isEqualTo("new");
    assertThat(value("llm-credentials", "OTHER")).isEqualTo("kept");
    assertThat(restarted())
        .containsExactly(
            "Deployment kubernaut-system/agent", "Deployment kubernaut-system/holmesgpt-api");
    assertThat(rotator().plan(plan(), rotation.build()).isEmpty()).as("again").isTrue();
  }

  @Test
  void anUndoneRotationIsFollowedByARestart() {
    ChangeReport report = rotate(rotation("postgresql-secret")).orElseThrow();
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    changer.apply(changer.undo(report)).orElseThrow();
    assertThat(value("postgresql-secret", "POSTGRES_PASSWORD")).isEqualTo("old");
    now = now.plusSeconds(60);
    rotate(rotation("postgresql-secret").restartOnly(true)).orElseThrow();
    assertThat(written)
        .containsExactly(
            "Deployment kubernaut-system/postgresql", "Deployment kubernaut-system/datastorage");
  }

  @Test
  void aRotationThatCannotSucceedIsRefused() {
    cluster.put(ResourceType.DEPLOYMENT, deployment("datastorage").with(true, "spec", "paused"));
    assertThat(codes(refused(rotation("postgresql-secret"))))
        .containsExactly(ProblemCode.WORKLOAD_PAUSED);
    secret("postgresql-secret", "db-secrets.yaml", "username: mine\n");
    assertThat(codes(refused(rotation("postgresql-secret"))))
        .containsExactly(ProblemCode.SECRET_INCOMPLETE);
    assertThat(codes(refused(rotation("valkey-secret"))))
        .as("the chart has it under another name")
        .containsExactly(ProblemCode.SECRET_NOT_OF_CHART);
    cluster.delete(
        ResourceType.SECRET,
        cluster.get(ResourceType.SECRET, NAMESPACE, "llm-credentials").orElseThrow());
    assertThat(codes(refused(rotation("llm-credentials"))))
        .containsExactly(ProblemCode.SECRET_TO_ROTATE_MISSING);
  }
}
