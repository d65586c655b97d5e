package ai.kubernaut.airgap.pullsecret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.pullsecret.PullSecretReport.Evidence;
import ai.kubernaut.airgap.pullsecret.PullSecretReport.Scope;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class PullSecretConfigurerTest {
  private static final Target HARBOR = Target.registry("harbor.corp:5000");
  private static final Credentials ROBOT = Credentials.of("robot", "hunter2-secret");
  private static final String AUTH = base64("robot:hunter2-secret");
  private static final String OTHERS =
      "{\"credsStore\":\"desktop\",\"auths\":{\"cloud.openshift.com\":{\"auth\":\"b3BlbnNoaWZ0OnBhc3M=\",\"email\":\"a@b.c\"},\"quay.io\":{\"auth\":\"cXVheTpwYXNz\",\"unknown\":[1,2,null]}},\"HttpHeaders\":{\"X\":\"y\"}}";

  private final List<ProgressEvent> events = new ArrayList<>();
  private final AtomicInteger writes = new AtomicInteger();

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static KubernetesObject secret(String namespace, String name, String content) {
    return KubernetesObject.named(ResourceType.SECRET, namespace, name)
        .with("kubernetes.io/dockerconfigjson", "type")
        .with(base64(content), "data", ".dockerconfigjson");
  }

  private static KubernetesObject pool(String name, String wanted, String has) {
    boolean settled = wanted.equals(has);
    return KubernetesObject.of(
        Fields.of(
            Yaml.readMapping(
                "pool",
                """
                {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool,
                 metadata: {name: %s},
                 spec: {configuration: {name: %s}},
                 status: {configuration: {name: %s}, machineCount: 3, updatedMachineCount: %d, readyMachineCount: 3,
                   conditions: [{type: Updated, status: "%s"}, {type: Degraded, status: "False"}]}}
                """
                    .formatted(name, wanted, has, settled ? 3 : 1, settled ? "True" : "False"),
                Yaml.DuplicateKeys.REFUSED)));
  }

  private static KubernetesObject conditioned(
      KubernetesObject pool, String condition, String message) {
    return pool.with(
        List.of(
            Map.of("type", "Updated", "status", "False"),
            Map.of("type", condition, "status", "True", "message", message)),
        "status",
        "conditions");
  }

  /** An OpenShift cluster with two settled pools and a pull secret of others. */
  private MemoryClusterClient openShift() {
    MemoryClusterClient cluster = MemoryClusterClient.openShift();
    cluster.put(ResourceType.SECRET, secret("openshift-config", "pull-secret", OTHERS));
    cluster.put(ResourceType.MACHINE_CONFIG_POOL, pool("master", "master-1", "master-1"));
    cluster.put(ResourceType.MACHINE_CONFIG_POOL, pool("worker", "worker-1", "worker-1"));
    return cluster.onWrite(
        object -> {
          if (object.name().equals("pull-secret")) {
            writes.incrementAndGet();
          }
          return object;
        });
  }

  /** The same, whose operator gives every pool a new configuration with each write, at once. */
  private MemoryClusterClient openShiftThatRollsOut() {
    MemoryClusterClient cluster = openShift();
    return cluster.onWrite(
        object -> {
          String next = "-" + (writes.get() + 1);
          put(
              cluster,
              pool("master", "master" + next, "master" + next),
              pool("worker", "worker" + next, "worker" + next));
          return object;
        });
  }

  private static void put(MemoryClusterClient cluster, KubernetesObject... pools) {
    for (KubernetesObject pool : pools) {
      cluster.put(ResourceType.MACHINE_CONFIG_POOL, pool);
    }
  }

  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();

  private static PullSecretOptions.Builder quick() {
    WaitPolicy waitPolicy = WaitPolicy.of(Duration.ofMillis(50), Duration.ofMillis(1));
    return PullSecretOptions.builder().rolloutBegin(waitPolicy).rolloutEnd(waitPolicy);
  }

  /** Returns a condition for exceptions with this problem. */
  private static Condition<Throwable> problem(ProblemCode code) {
    return new Condition<>(
        failure ->
            failure instanceof PullSecretException refused
                && refused.problems().stream().map(Problem::code).toList().contains(code),
        "problem %s",
        code);
  }

  private PullSecretReport configure(MemoryClusterClient cluster, PullSecretOptions options) {
    return new PullSecretConfigurer(cluster, events::add)
        .configure(
            HARBOR,
            ROBOT,
            RELEASE,
            names -> {
              throw new AssertionError("the chart is not needed here");
            },
            options);
  }

  private static String content(MemoryClusterClient cluster, String namespace, String name) {
    String data =
        cluster
            .get(ResourceType.SECRET, namespace, name)
            .orElseThrow()
            .fields()
            .text("data", ".dockerconfigjson")
            .orElseThrow();
    return new String(Base64.getDecoder().decode(data), UTF_8);
  }

  /** What is told on the way must never give the password away. */
  @AfterEach
  void nothingToldHoldsTheSecret() {
    assertThat(events.toString()).doesNotContain("hunter2").doesNotContain(AUTH);
  }

  @Test
  void otherEntriesStayByteForByteAsTheyAre() {
    MemoryClusterClient cluster = openShift();
    cluster.onWrite(
        object -> {
          put(
              cluster,
              pool("master", "master-2", "master-2"),
              pool("worker", "worker-2", "worker-2"));
          return object;
        });
    PullSecretReport report = configure(cluster, quick().build());
    assertThat(content(cluster, "openshift-config", "pull-secret"))
        .isEqualTo(
            OTHERS.replace(
                "null]}}", "null]},\"harbor.corp:5000\":{\"auth\":\"%s\"}}".formatted(AUTH)));
    assertThat(report.scope()).isEqualTo(Scope.OPENSHIFT_GLOBAL);
    assertThat(report.isChanged()).isTrue();
    assertThat(report.secrets()).containsExactly("openshift-config/pull-secret");
    assertThat(report.namesForPods()).as("every node has it").isEmpty();
    assertThat(report.summary())
        .isEqualTo(
            "Secret openshift-config/pull-secret now has the credentials for harbor.corp:5000; cluster memory has the pull secret on every node (master 3/3, worker 3/3)");
    assertThat(report.toString()).doesNotContain("hunter2").doesNotContain(AUTH);
  }

  private static final String TWO_ENTRIES =
      "{ \"auths\" : {\"quay.io\":{\"auth\":\"a\"},\n\"quay.io/myorg\" :\t{\"auth\":\"old\"} } }";

  private MemoryClusterClient withTwoEntries() {
    MemoryClusterClient cluster = openShiftThatRollsOut();
    cluster.put(ResourceType.SECRET, secret("openshift-config", "pull-secret", TWO_ENTRIES));
    return cluster;
  }

  private PullSecretReport configure(
      MemoryClusterClient cluster, Target target, PullSecretOptions options) {
    return new PullSecretConfigurer(cluster, events::add)
        .configure(target, ROBOT, RELEASE, names -> RenderedChart.parse(""), options);
  }

  @Test
  void otherCredentialsOfTheMirrorAreReplacedOnRequestOnly() {
    MemoryClusterClient cluster = withTwoEntries();
    Target target = Target.registry("quay.io/myorg");
    assertThatThrownBy(() -> configure(cluster, target, quick().build()))
        .has(problem(ProblemCode.PULL_SECRET_ENTRY_DIFFERS))
        .hasMessageContaining("has other credentials for quay.io/myorg; nothing was changed");
    assertThat(writes).hasValue(0);
    configure(cluster, target, quick().replaceOtherCredentials(true).build());
    assertThat(content(cluster, "openshift-config", "pull-secret"))
        .as("the prefix keeps the entry apart, and every other byte stays")
        .isEqualTo(TWO_ENTRIES.replace("\"old\"", "\"" + AUTH + "\""));
  }

  @Test
  void anEntryForAPartOfTheMirrorIsAWarning() {
    PullSecretReport report =
        configure(
            withTwoEntries(),
            Target.registry("quay.io"),
            quick().replaceOtherCredentials(true).build());
    assertThat(report.problems())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo(ProblemCode.PULL_SECRET_ENTRY_SHADOWS);
              assertThat(warning.message()).contains("credentials for quay.io/myorg");
            });
  }

  @Test
  void theChangeIsPlannedFirstAndUndoneFromAFile(@TempDir Path directory) throws IOException {
    MemoryClusterClient cluster = openShiftThatRollsOut();
    PullSecretConfigurer configurer = new PullSecretConfigurer(cluster, events::add);
    ClusterChange change =
        configurer.plan(HARBOR, ROBOT, RELEASE, names -> RenderedChart.parse(""), quick().build());
    assertThat(change.toString().replaceAll("(-backup-\\d+)-[0-9a-f]+", "$1"))
        .isEqualTo(
            """
            create Secret openshift-config/pull-secret-backup-4
            update Secret openshift-config/pull-secret""");
    assertThat(change.diff()).contains("***").doesNotContain(AUTH);
    assertThat(writes).hasValue(0);
    PullSecretReport report = configure(cluster, quick().build());
    Path file =
        Files.writeString(directory.resolve("report.yaml"), Yaml.write(report.change().toTree()));
    assertThat(file).content().doesNotContain(AUTH);
    ClusterChanger changer = new ClusterChanger(cluster, events::add);
    changer.apply(changer.undo(ChangeReport.read(file))).orElseThrow();
    assertThat(content(cluster, "openshift-config", "pull-secret")).isEqualTo(OTHERS);
    assertThat(cluster.list(ResourceType.SECRET, "openshift-config", Map.of())).hasSize(1);
  }

  /** Every other byte stays, wherever the entry is. */
  @Test
  void mergingChangesNothingElse() throws IOException {
    Random random = new Random(20261127);
    ObjectMapper json = new ObjectMapper();
    for (int run = 0; run < 2_000; run++) {
      String text = randomConfiguration(random);
      DockerConfigJson before =
          DockerConfigJson.read(
              PullSecretEdits.subject("openshift-config", "pull-secret"), base64(text));
      String merged =
          new String(
              Base64.getDecoder().decode(before.with("harbor.corp", ROBOT).toBase64()), UTF_8);
      ObjectNode expected = (ObjectNode) json.readTree(text);
      expected.withObjectProperty("auths").putObject("harbor.corp").put("auth", AUTH);
      assertThat((Object) json.readTree(merged)).as(text).isEqualTo(expected);
      String entry = "{\"auth\":\"" + AUTH + "\"}";
      int at = merged.indexOf(entry);
      int braces = text.contains("auths") ? 0 : 1;
      int tail = merged.length() - at - entry.length() - braces;
      assertThat(text).as("the end of %s", text).endsWith(merged.substring(merged.length() - tail));
    }
  }

  private static String randomConfiguration(Random random) {
    List<String> fields = new ArrayList<>();
    List<String> others =
        List.of("\"credHelpers\":{\"x\":\"y\"}", "\"n\" : 12.50", "\"é\\u00e9\" : \"\\/}{\"");
    others.stream().filter(other -> random.nextBoolean()).forEach(fields::add);
    if (random.nextInt(4) > 0) {
      List<String> entries = new ArrayList<>();
      for (String entry :
          List.of(
              "\"quay.io\":{\"auth\":\"YQ==\"}",
              "\"harbor.corp\" : {\"auth\": \"old\", \"email\": null}",
              "\"b\":\"text, }\"",
              "\"c\" :\n12",
              "\"d\":[1, 2]")) {
        if (random.nextBoolean()) {
          entries.add(entry);
        }
      }
      Collections.shuffle(entries, random);
      fields.add(
          "\"auths\" :{ " + String.join(" ,\n", entries) + (random.nextBoolean() ? " \n}" : "}"));
    }
    Collections.shuffle(fields, random);
    return " {" + String.join(",  ", fields) + " } ";
  }

  @Test
  void theNodesAreWaitedFor() {
    MemoryClusterClient cluster = openShift();
    cluster.onWrite(
        object -> {
          put(
              cluster,
              pool("master", "master-2", "master-1"),
              pool("worker", "worker-2", "worker-1"));
          return object;
        });
    AtomicInteger told = new AtomicInteger();
    WaitPolicy begin = WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(1));
    Thread operator =
        new Thread(
            () -> {
              while (told.get() == 0 && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              put(cluster, pool("worker", "worker-2", "worker-2"));
              put(cluster, pool("master", "master-2", "master-2"));
            });
    operator.setDaemon(true);
    operator.start();
    PullSecretReport report =
        new PullSecretConfigurer(
                cluster,
                event -> {
                  events.add(event);
                  if (event.toString().contains("waiting for the nodes")) {
                    told.incrementAndGet();
                  }
                })
            .configure(
                HARBOR,
                ROBOT,
                RELEASE,
                names -> RenderedChart.parse(""),
                PullSecretOptions.builder().rolloutBegin(begin).rolloutEnd(begin).build());
    assertThat(report.summary()).contains("master 3/3, worker 3/3");
    assertThat(events.get(0)).hasToString("Giving memory the credentials for harbor.corp:5000");
    assertThat(events.get(events.size() - 1)).isInstanceOf(ProgressEvent.StepFinished.class);
  }

  @Test
  void poolsThatSayUpdatedBeforeTheRollOutBeginsAreNotBelieved() {
    MemoryClusterClient cluster = openShift();
    AtomicInteger looksAfterWrite = new AtomicInteger(-1);
    MemoryClusterClient late =
        cluster.onWrite(
            object -> {
              looksAfterWrite.set(0);
              return object;
            });
    Thread operator =
        new Thread(
            () -> {
              while (looksAfterWrite.get() < 0 && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              put(late, pool("master", "master-2", "master-1"));
              put(late, pool("worker", "worker-2", "worker-2"));
            });
    operator.setDaemon(true);
    operator.start();
    WaitPolicy begin = WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(1));
    WaitPolicy end = WaitPolicy.of(Duration.ofMillis(50), Duration.ofMillis(1));
    assertThatThrownBy(
            () ->
                configure(
                    late, PullSecretOptions.builder().rolloutBegin(begin).rolloutEnd(end).build()))
        .as("the master pool never finishes")
        .isInstanceOf(PullSecretException.class)
        .hasMessageContaining("master 1/3, worker 3/3");
  }

  @Test
  void nodesThatNeverFinishAreATimeOutThatSaysHowFarTheyAre() {
    MemoryClusterClient cluster = openShift();
    cluster.onWrite(
        object -> {
          put(
              cluster,
              pool("master", "master-2", "master-2"),
              pool("worker", "worker-2", "worker-1"));
          return object;
        });
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .hasMessageContaining("do not have the pull secret within PT0.05S (master 3/3, worker 1/3)")
        .has(problem(ProblemCode.ROLLOUT_NOT_FINISHED))
        .hasMessageContaining("the pull secret is written")
        .hasMessageContaining("run this step again");
    assertThat(content(cluster, "openshift-config", "pull-secret")).contains(AUTH);
  }

  @Test
  void poolsThatNeverBeginAreNotTakenForDone() {
    MemoryClusterClient cluster = openShift();
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .has(problem(ProblemCode.ROLLOUT_NOT_STARTED))
        .hasMessageContaining("not every MachineConfigPool has a new configuration within PT0.05S")
        .hasMessageContaining("master 3/3, worker 3/3")
        .hasMessageContaining("run this step again");
  }

  @Test
  void theSameCredentialsAgainChangeNothing() {
    MemoryClusterClient cluster = openShiftThatRollsOut();
    configure(cluster, quick().build());
    assertThat(writes).hasValue(1);
    PullSecretReport again = configure(cluster, quick().build());
    assertThat(writes).hasValue(1);
    assertThat(again.isChanged()).isFalse();
    assertThat(again.summary())
        .startsWith("Secret openshift-config/pull-secret already had these credentials");
  }

  @Test
  void aRunThatWasCutOffGoesOnWaiting() {
    MemoryClusterClient cluster = openShiftThatRollsOut();
    configure(cluster, quick().build());
    put(cluster, pool("worker", "worker-2", "worker-1"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .as("the secret is there, the nodes are not done")
        .hasMessageContaining("worker 1/3");
  }

  @Test
  void poolsThatBeginLateAreAwaitedByEveryRunUntilTheyHaveTheSecret() {
    MemoryClusterClient cluster = openShift();
    for (int run = 1; run <= 3; run++) {
      assertThatThrownBy(() -> configure(cluster, quick().build()))
          .as("run " + run)
          .isInstanceOf(PullSecretException.class)
          .hasMessageContaining("not every MachineConfigPool has a new configuration");
      assertThat(writes).as("the Secret is written once").hasValue(1);
    }
    put(cluster, pool("worker", "worker-2", "worker-2"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .as("one pool has begun")
        .hasMessageContaining("not every MachineConfigPool has a new configuration");
    put(cluster, pool("master", "master-2", "master-1"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .as("both have begun")
        .hasMessageContaining("do not have the pull secret within");
    put(cluster, pool("master", "master-2", "master-2"));
    for (int run = 1; run <= 2; run++) {
      PullSecretReport report = configure(cluster, quick().build());
      assertThat(report.isChanged()).isFalse();
      assertThat(report.evidence()).isEqualTo(Evidence.NEW_CONFIGURATION);
      assertThat(report.summary())
          .contains("has the pull secret on every node (master 3/3, worker 3/3)");
    }
  }

  /** What the operator renders: the pull secret is a file of the nodes. */
  private static void render(MemoryClusterClient cluster, String name, String source) {
    cluster.put(
        ResourceType.MACHINE_CONFIG,
        KubernetesObject.named(ResourceType.MACHINE_CONFIG, null, name)
            .with(
                List.of(
                    Map.of("path", "/etc/other", "contents", Map.of("source", "data:,x")),
                    Map.of(
                        "path",
                        "/var/lib/kubelet/config.json",
                        "contents",
                        Map.of("source", source))),
                "spec",
                "config",
                "storage",
                "files"));
  }

  private static String percentEncoded(String content) {
    return "data:," + URLEncoder.encode(content, UTF_8).replace("+", "%20");
  }

  private static String withOurs(String auth) {
    return OTHERS.replace(
        "null]}}", "null]},\"harbor.corp:5000\":{\"auth\":\"%s\"}}".formatted(auth));
  }

  @Test
  void aRenderThatLacksTheSecretIsNotTheOneAwaited() {
    MemoryClusterClient cluster = openShift();
    for (int generation = 1; generation <= 2; generation++) {
      render(cluster, "master-" + generation, percentEncoded(OTHERS));
      render(cluster, "worker-" + generation, percentEncoded(OTHERS));
    }
    render(cluster, "master-3", percentEncoded(withOurs(AUTH)));
    render(cluster, "worker-3", percentEncoded(withOurs(AUTH)));
    // Something else makes the operator render, at the same moment.
    cluster.onWrite(
        object -> {
          put(
              cluster,
              pool("master", "master-2", "master-2"),
              pool("worker", "worker-2", "worker-2"));
          return object;
        });
    for (int run = 1; run <= 2; run++) {
      assertThatThrownBy(() -> configure(cluster, quick().build()))
          .isInstanceOf(PullSecretException.class)
          .hasMessageContaining("not every MachineConfigPool has a new configuration");
    }
    put(cluster, pool("master", "master-3", "master-2"), pool("worker", "worker-3", "worker-3"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .hasMessageContaining("do not have the pull secret within");
    put(cluster, pool("master", "master-3", "master-3"));
    PullSecretReport report = configure(cluster, quick().build());
    assertThat(report.evidence()).isEqualTo(Evidence.CONTENT);
    assertThat(report.summary())
        .contains("has the pull secret on every node (master 3/3, worker 3/3)");
  }

  @Test
  void anOldPasswordInTheRenderedConfigurationIsNotTheOneAwaited() {
    MemoryClusterClient cluster = openShift();
    String old = percentEncoded(withOurs(base64("robot:old")));
    render(cluster, "master-1", old);
    render(cluster, "worker-1", percentEncoded(withOurs(AUTH)));
    cluster.put(ResourceType.SECRET, secret("openshift-config", "pull-secret", withOurs(AUTH)));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .as("the Secret is there, without a record of what is awaited")
        .hasMessageContaining("not every MachineConfigPool has a new configuration")
        .hasMessageNotContaining(base64("robot:old"));
  }

  static List<String> theSecretIsRecognisedHoweverItIsEncoded() throws IOException {
    String content = withOurs(AUTH);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(content.getBytes(UTF_8));
    }
    return List.of(
        percentEncoded(content),
        "data:text/plain;charset=utf-8;base64," + base64(content),
        "data:;base64," + Base64.getEncoder().encodeToString(zipped.toByteArray()));
  }

  @ParameterizedTest
  @MethodSource
  void theSecretIsRecognisedHoweverItIsEncoded(String source) {
    MemoryClusterClient cluster = openShift();
    cluster.put(ResourceType.SECRET, secret("openshift-config", "pull-secret", withOurs(AUTH)));
    render(cluster, "master-1", source);
    render(cluster, "worker-1", source);
    PullSecretReport report = configure(cluster, quick().build());
    assertThat(report.isChanged()).isFalse();
    assertThat(report.evidence()).isEqualTo(Evidence.CONTENT);
    assertThat(writes).as("no change is legal").hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://elsewhere/config.json",
        "data:",
        "data:,%zz",
        "data:;base64,!",
        "data:,hunter3",
        "data:,%7B%22auths%22%3A1%7D"
      })
  void whereTheConfigurationsCannotBeReadTheReportSaysSo(String source) {
    MemoryClusterClient cluster = openShift();
    cluster.put(ResourceType.SECRET, secret("openshift-config", "pull-secret", withOurs(AUTH)));
    if (!source.isEmpty()) {
      render(cluster, "master-1", source);
    }
    PullSecretReport report = configure(cluster, quick().build());
    assertThat(report.isChanged()).isFalse();
    assertThat(report.evidence()).isEqualTo(Evidence.NONE);
    assertThat(report.summary())
        .startsWith("Secret openshift-config/pull-secret already had these credentials")
        .contains("not certain");
    assertThat(report.facts())
        .extracting(Fact::code)
        .containsExactly(FactCode.PULL_SECRET_UNCHANGED);
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.NODES_NOT_VERIFIED);
    assertThat(report.isOk()).isTrue();
  }

  @Test
  void aPausedPoolIsRefusedBeforeAnythingIsWritten() {
    MemoryClusterClient cluster = openShift();
    put(cluster, pool("worker", "worker-1", "worker-1").with(true, "spec", "paused"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .hasMessageContaining("before the pull secret was written")
        .has(problem(ProblemCode.POOL_PAUSED))
        .hasMessageContaining("MachineConfigPool worker: is paused");
    assertThat(writes).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Degraded", "RenderDegraded", "NodeDegraded"})
  void aDegradedPoolIsRefusedBeforeAnythingIsWritten(String condition) {
    MemoryClusterClient cluster = openShift();
    put(cluster, conditioned(pool("master", "m", "m"), condition, "node a is out of disk"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .has(problem(ProblemCode.POOL_DEGRADED))
        .hasMessageContaining("MachineConfigPool master: is " + condition);
    assertThat(writes).hasValue(0);
  }

  @Test
  void aPoolThatBecomesDegradedEndsTheWaitAtOnce() {
    MemoryClusterClient cluster = openShift();
    cluster.onWrite(
        object -> {
          put(
              cluster,
              conditioned(pool("worker", "worker-2", "worker-1"), "Degraded", "bad config"));
          return object;
        });
    WaitPolicy patient = WaitPolicy.of(Duration.ofHours(1), Duration.ofMillis(1));
    assertThatThrownBy(
            () -> configure(cluster, quick().rolloutBegin(patient).rolloutEnd(patient).build()))
        .isInstanceOf(PullSecretException.class)
        .hasMessageContaining("after the pull secret was written")
        .hasMessageContaining("MachineConfigPool worker: is Degraded");
  }

  @Test
  void anotherWriterInBetweenIsMetByReadingAgain() {
    MemoryClusterClient cluster = openShiftThatRollsOut();
    String theirs = "{\"auths\":{\"their.registry\":{\"auth\":\"dGhlaXJz\"}}}";
    AtomicInteger conflicts = new AtomicInteger();
    cluster.onWrite(
        object -> {
          if (conflicts.getAndIncrement() == 0) {
            cluster.put(ResourceType.SECRET, secret("openshift-config", "pull-secret", theirs));
            throw new ClusterException(
                ClusterException.Reason.CONFLICT, "it was changed meanwhile", null);
          }
          return object;
        });
    configure(cluster, quick().build());
    assertThat(content(cluster, "openshift-config", "pull-secret"))
        .contains("\"their.registry\":{\"auth\":\"dGhlaXJz\"}")
        .contains(AUTH);
  }

  @Test
  void aSecretThatNeverComesToRestIsGivenUp() {
    MemoryClusterClient cluster = openShift();
    cluster.onWrite(
        object -> {
          writes.incrementAndGet();
          throw new ClusterException(ClusterException.Reason.CONFLICT, "changed meanwhile", null);
        });
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .has(problem(ProblemCode.OBJECT_CONFLICT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hunter3",
        "[\"hunter3\"]",
        "{\"auths\":\"hunter3\"}",
        "{\"auths\":{\"x\":{\"auth\":\"hunter3\"}}",
        "{\"auths\":{}} hunter3",
        "{\"auths\":{\"x\":hunter3}}"
      })
  void aMalformedSecretIsRefusedWithoutShowingItsContent(String content) {
    MemoryClusterClient cluster = openShift();
    cluster.put(ResourceType.SECRET, secret("openshift-config", "pull-secret", content));
    PullSecretException failure =
        catchThrowableOfType(PullSecretException.class, () -> configure(cluster, quick().build()));
    assertThat(failure)
        .hasMessageContaining("Secret openshift-config/pull-secret: ")
        .hasMessageContaining("nothing was changed")
        .hasMessageNotContaining("hunter3")
        .hasNoCause();
    assertThat(writes).hasValue(0);
  }

  @Test
  void aSecretThatIsNoBase64IsRefusedWithoutShowingItsContent() {
    MemoryClusterClient cluster = openShift();
    cluster.put(
        ResourceType.SECRET,
        secret("openshift-config", "pull-secret", "")
            .with("***hunter3***", "data", ".dockerconfigjson"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .has(problem(ProblemCode.PULL_SECRET_INVALID))
        .hasMessageContaining("the value of .dockerconfigjson is not JSON in Base64")
        .hasMessageNotContaining("hunter3")
        .hasNoCause();
  }

  @Test
  void aSecretWithoutItsKeyAndAMissingSecretAreNamed() {
    MemoryClusterClient cluster = openShift();
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, "openshift-config", "pull-secret"));
    assertThatThrownBy(() -> configure(cluster, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .hasMessageContaining("Secret openshift-config/pull-secret: it has no .dockerconfigjson");
    MemoryClusterClient none = MemoryClusterClient.openShift();
    put(none, pool("master", "m", "m"));
    assertThatThrownBy(() -> configure(none, quick().build()))
        .isInstanceOf(PullSecretException.class)
        .has(problem(ProblemCode.PULL_SECRET_MISSING))
        .hasMessageContaining("Secret openshift-config/pull-secret: does not exist");
  }

  @Test
  void aHostedClusterGetsAnAdditionalPullSecret() {
    MemoryClusterClient cluster = MemoryClusterClient.openShift();
    PullSecretReport report = configure(cluster, quick().build());
    assertThat(report.scope()).isEqualTo(Scope.HOSTED_GLOBAL);
    assertThat(report.secrets()).containsExactly("kube-system/additional-pull-secret");
    assertThat(report.namesForPods()).isEmpty();
    assertThat(content(cluster, "kube-system", "additional-pull-secret"))
        .isEqualTo("{\"auths\":{\"harbor.corp:5000\":{\"auth\":\"%s\"}}}".formatted(AUTH));
    assertThat(configure(cluster, quick().build()).isChanged()).isFalse();
  }

  private static final String CHART =
      """
      {apiVersion: v1, kind: Namespace, metadata: {name: kubernaut-workflows}}
      ---
      {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: "quay.io/a/b:1"}]}}
      """;

  private PullSecretReport configureKubernetes(MemoryClusterClient cluster) {
    return new PullSecretConfigurer(cluster, events::add)
        .configure(HARBOR, ROBOT, RELEASE, names -> RenderedChart.parse(CHART), quick().build());
  }

  @Test
  void plainKubernetesGetsASecretInEveryNamespaceThatRunsPods() {
    MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
    PullSecretReport report = configureKubernetes(cluster);
    assertThat(report.scope()).isEqualTo(Scope.NAMESPACES);
    assertThat(report.secrets())
        .containsExactly(
            "kubernaut-system/kubernaut-mirror", "kubernaut-workflows/kubernaut-mirror");
    assertThat(report.namesForPods()).containsExactly("kubernaut-mirror");
    assertThat(report.isChanged()).isTrue();
    KubernetesObject secret =
        cluster.get(ResourceType.SECRET, "kubernaut-workflows", "kubernaut-mirror").orElseThrow();
    assertThat(secret.fields().text("type")).contains("kubernetes.io/dockerconfigjson");
    assertThat(secret.labels()).containsEntry("app.kubernetes.io/managed-by", "kubernaut-airgap");
    assertThat(content(cluster, "kubernaut-system", "kubernaut-mirror")).contains(AUTH);
    assertThat(secret.toString()).doesNotContain(AUTH);
    assertThat(configureKubernetes(cluster).isChanged()).as("again").isFalse();
  }

  private static final String ACCOUNTS =
      """
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: ours}}
      ---
      {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: {serviceAccountName: ours, containers: [{image: "quay.io/a/b:1"}]}}}}
      ---
      {apiVersion: batch/v1, kind: CronJob, metadata: {name: c, namespace: kubernaut-workflows}, spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: theirs, containers: [{image: "quay.io/a/b:1"}]}}}}}}
      ---
      {apiVersion: batch/v1, kind: Job, metadata: {name: j, annotations: {helm.sh/hook: pre-install}}, spec: {template: {spec: {imagePullSecrets: [%s], containers: [{image: "quay.io/a/b:1"}]}}}}
      """;

  private PullSecretReport configureAccounts(MemoryClusterClient cluster, boolean hasValue) {
    return new PullSecretConfigurer(cluster, events::add)
        .configure(
            HARBOR,
            ROBOT,
            RELEASE,
            names ->
                RenderedChart.parse(
                    ACCOUNTS.formatted(hasValue ? "{name: " + String.join("", names) + "}" : "")),
            quick().build());
  }

  private static List<String> accounts(MemoryClusterClient cluster) {
    return cluster.list(ResourceType.SERVICE_ACCOUNT, null, Map.of()).stream()
        .map(account -> account + " " + account.fields().value("imagePullSecrets").orElse("none"))
        .toList();
  }

  @Test
  void serviceAccountsThatTheChartDoesNotCreateGetThePullSecretUntilItIsUndone() {
    MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
    cluster
        .put(
            ResourceType.NAMESPACE,
            KubernetesObject.named(ResourceType.NAMESPACE, null, "kubernaut-workflows"))
        .put(
            ResourceType.SERVICE_ACCOUNT,
            KubernetesObject.named(ResourceType.SERVICE_ACCOUNT, "kubernaut-workflows", "theirs")
                .with(List.of(Map.of("name", "own")), "imagePullSecrets"));
    List<String> before = accounts(cluster);

    PullSecretReport report = configureAccounts(cluster, false);

    assertThat(accounts(cluster))
        .containsExactly(
            "ServiceAccount kubernaut-system/default [{name=kubernaut-mirror}]",
            "ServiceAccount kubernaut-workflows/theirs [{name=own}, {name=kubernaut-mirror}]");
    assertThat(report.facts())
        .extracting(Fact::code)
        .filteredOn(FactCode.PULL_SECRET_IN_ACCOUNT::equals)
        .hasSize(2);
    assertThat(configureAccounts(cluster, false).isChanged()).as("again").isFalse();
    ClusterChanger changer = new ClusterChanger(cluster, events::add);
    changer.apply(changer.undo(report.change())).orElseThrow();
    assertThat(accounts(cluster)).isEqualTo(before);
  }

  @Test
  void serviceAccountsOfPodsThatNameThePullSecretStayAsTheyAre() {
    MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
    configureAccounts(cluster, true);
    assertThat(accounts(cluster))
        .as("one is of the chart, one does not exist, and the pods of the last name the secret")
        .isEmpty();
  }

  @Test
  void aNamespaceOfTheChartIsMarkedForHelmToTakeOver() {
    MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
    configureKubernetes(cluster);
    KubernetesObject workflows =
        cluster.get(ResourceType.NAMESPACE, null, "kubernaut-workflows").orElseThrow();
    assertThat(workflows.labels()).containsEntry("app.kubernetes.io/managed-by", "Helm");
    assertThat(workflows.annotations())
        .containsEntry("meta.helm.sh/release-name", "kubernaut")
        .containsEntry("meta.helm.sh/release-namespace", "kubernaut-system");
    KubernetesObject release =
        cluster.get(ResourceType.NAMESPACE, null, "kubernaut-system").orElseThrow();
    assertThat(release.labels()).isEmpty();
    assertThat(release.annotations()).isEmpty();
  }

  @Test
  void aNamespaceThatIsThereStaysAsItIs() {
    MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
    KubernetesObject mine =
        KubernetesObject.named(ResourceType.NAMESPACE, null, "kubernaut-workflows")
            .with("me", "metadata", "labels", "owner");
    cluster.put(ResourceType.NAMESPACE, mine);
    configureKubernetes(cluster);
    assertThat(
            cluster.get(ResourceType.NAMESPACE, null, "kubernaut-workflows").orElseThrow().labels())
        .containsOnlyKeys("owner");
  }

  @Test
  void whatAnotherRunConfiguredIsFound() {
    PullSecretOptions options = quick().build();
    MemoryClusterClient kubernetes = MemoryClusterClient.kubernetes();
    PullSecretConfigurer configurer = new PullSecretConfigurer(kubernetes, events::add);
    assertThat(configurer.find(RELEASE, options)).isEqualTo(PullSecretReport.none());
    configureKubernetes(kubernetes);
    assertThat(configurer.find(RELEASE, options).namesForPods())
        .containsExactly("kubernaut-mirror");
    assertThat(configurer.find(RELEASE, options).isChanged()).isFalse();
    assertThat(configurer.find(ReleaseName.of("other", "elsewhere"), options).scope())
        .isEqualTo(Scope.NONE);
    assertThat(new PullSecretConfigurer(openShift(), events::add).find(RELEASE, options).scope())
        .isEqualTo(Scope.OPENSHIFT_GLOBAL);
    MemoryClusterClient hosted = MemoryClusterClient.openShift();
    hosted.withoutType(ResourceType.MACHINE_CONFIG_POOL);
    PullSecretReport found = new PullSecretConfigurer(hosted, events::add).find(RELEASE, options);
    assertThat(found.scope()).isEqualTo(Scope.HOSTED_GLOBAL);
    assertThat(found.facts()).asString().contains("kube-system/additional-pull-secret");
  }

  @Test
  void credentialsDoNotPrint() {
    assertThat(ROBOT.toString()).contains("robot").contains("***").doesNotContain("hunter2");
  }
}
