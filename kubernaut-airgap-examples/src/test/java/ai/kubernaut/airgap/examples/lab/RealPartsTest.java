package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import ai.kubernaut.airgap.examples.cli.KeyPairFiles;
import ai.kubernaut.airgap.examples.cli.Main;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program with real parts in the places of the lab's: two docker-registry, one of them with TLS
 * and a user, and a chart's directory.
 */
class RealPartsTest {
  @TempDir static Path directory;

  private static DockerRegistry source;
  private static DockerRegistry mirror;
  private static Path chart;
  private static Path sdkConfig;
  private static Path authFile;

  @BeforeAll
  static void publishTheImages() throws IOException {
    source = DockerRegistry.start();
    mirror = DockerRegistry.builder().basicAuth().tls().start();
    LabImages.push(
        source.host(),
        Credentials.of("anybody", "anything"),
        LabVersion.V1_1,
        directory.resolve("images"));
    chart = LabChart.unpack(Files.createDirectory(directory.resolve("chart")));
    sdkConfig =
        Files.writeString(
            directory.resolve("sdk.yaml"),
            "llm:\n  provider: litellm\n  endpoint: http://litellm.internal.svc:4000\n");
    String pair = DockerRegistry.USER + ":" + DockerRegistry.PASSWORD;
    String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    authFile =
        Files.writeString(
            directory.resolve("auth.json"),
            "{\"auths\":{\"" + mirror.host() + "\":{\"auth\":\"" + auth + "\"}}}");
  }

  @AfterAll
  static void stop() {
    if (mirror != null) {
      mirror.close();
    }
    if (source != null) {
      source.close();
    }
  }

  private static CommandLineRun run(String command, Object... more) {
    List<Object> arguments = new ArrayList<>(Arrays.asList((Object[]) command.split(" ")));
    arguments.addAll(
        List.of(
            "--source", "quay.io=" + source.host(),
            "--source", "registry.redhat.io=" + source.host(),
            "--plain-http", source.host(),
            "--ca", mirror.host() + "=" + mirror.authority(),
            "--authfile", authFile));
    arguments.addAll(Arrays.asList(more));
    return CommandLineRun.of(arguments.toArray());
  }

  private static Object[] chartArguments(Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "--chart",
                chart,
                "--values",
                chart.resolve("values-ocp.yaml"),
                "--set",
                "global.image.tag=v1.1.0",
                "--sdk-config",
                sdkConfig,
                "--extra-image",
                "quay.io/kubernaut-ai/must-gather:v1.1.0"));
    arguments.addAll(Arrays.asList(more));
    return arguments.toArray();
  }

  @Test
  void theLabRunsWithEveryPartButTheClusterReplaced() {
    CommandLineRun run = run("lab", chartArguments("--target", mirror.host() + "/nested/prefix"));

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains(
            "your source registries",
            "your mirror " + mirror.host() + "/nested/prefix",
            "your chart " + chart)
        .contains(
            "quay.io/kubernaut-ai/gateway:v1.1.0 → "
                + mirror.host()
                + "/nested/prefix/kubernaut-ai/gateway:v1.1.0")
        .contains("PASSED: 12 pods are up");
  }

  private static Lab startCluster() {
    return Lab.builder()
        .flavour(Flavour.KUBERNETES)
        .withoutSource()
        .externalMirror(mirror.host(), client -> client.caFile(mirror.host(), mirror.authority()))
        .start();
  }

  private Object llmKey() throws IOException {
    return "OPENAI_API_KEY=" + Files.writeString(directory.resolve("llm-key"), "none\n");
  }

  /** Runs the program in a JVM of its own, with another working directory. */
  private static String runElsewhere(Path directory, int status, Object... arguments)
      throws Exception {
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(argument.toString());
    }
    texts.addAll(
        List.of(
            "--ca", mirror.host() + "=" + mirror.authority(), "--authfile", authFile.toString()));
    Process process =
        new ProcessBuilder(
                ChildJvm.command(List.of("-Xmx512m"), Main.class, texts.toArray(String[]::new)))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(status);
    return said;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void aPlanThatWasCarriedToAnotherMachineIsInstalledThere_butNotWithAnAlteredChart()
      throws Exception {
    try (Lab lab = startCluster()) {
      Path plan = directory.resolve("plan.yaml");
      CommandLineRun planned =
          run("plan", chartArguments("--target", mirror.host() + "/carried", "--out", plan));
      assertThat(planned.status()).as(planned.toString()).isZero();
      assertThat(run("mirror", "--plan", plan).status()).isZero();

      Path elsewhere = Files.createDirectories(directory.resolve("another/machine/with/the/plan"));
      Files.move(plan, elsewhere.resolve("plan.yaml"));
      copy(chart, elsewhere.resolve(chart.getFileName().toString()));
      copy(sdkConfig, elsewhere.resolve(sdkConfig.getFileName().toString()));
      Files.copy(chart.resolve("values-ocp.yaml"), elsewhere.resolve("values-ocp.yaml"));
      Object[] cluster = {"--plan", "plan.yaml", "--kubeconfig", lab.kubeconfig()};

      runElsewhere(elsewhere, 0, with("pull-secret", cluster));
      String installed =
          runElsewhere(elsewhere, 0, with("install", cluster, "--llm-credentials", llmKey()));
      assertThat(installed).contains("revision 1");
      assertThat(runElsewhere(elsewhere, 0, with("verify", cluster))).contains("PASSED");

      Path template = elsewhere.resolve(chart.getFileName() + "/templates/_helpers.tpl");
      Files.writeString(template, Files.readString(template) + "\n{{/* altered */}}\n");
      String refused =
          runElsewhere(elsewhere, 6, with("install", cluster, "--llm-credentials", llmKey()));
      assertThat(refused)
          .containsPattern(
              "kubernaut has changed since the plan was made: planned with sha256:[0-9a-f]{64}, found sha256:[0-9a-f]{64}");
    }
  }

  private static Object[] with(String command, Object[] arguments, Object... more) {
    List<Object> all = new ArrayList<>(List.of(command));
    all.addAll(Arrays.asList(arguments));
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }

  @Test
  void eachStepRunsByItselfFromASavedPlan() throws Exception {
    try (Lab lab = startCluster()) {
      Path plan = directory.resolve("plan.yaml");

      CommandLineRun planned =
          run(
              "plan",
              chartArguments(
                  "--target", mirror.host(), "--separator", "-", "--out", plan, "--json"));
      assertThat(planned.status()).as(planned.toString()).isZero();
      assertThat(
              new ObjectMapper().readTree(planned.out()).at("/images").findValuesAsText("digest"))
          .hasSize(15);

      CommandLineRun tooEarly =
          run(
              "install",
              "--plan",
              plan,
              "--kubeconfig",
              lab.kubeconfig(),
              "--llm-credentials",
              llmKey());
      assertThat(tooEarly.status()).isEqualTo(1);
      assertThat(tooEarly.err()).contains("15 of 15 images are not in " + mirror.host());

      CommandLineRun mirrored = run("mirror", "--plan", plan);
      assertThat(mirrored.status()).as(mirrored.toString()).isZero();
      assertThat(mirrored.out())
          .contains("15 images for " + mirror.host() + ": 15 copied, 0 already there, 0 failed");
      CommandLineRun again = run("mirror", "--plan", plan);
      assertThat(again.out()).contains("0 copied, 15 already there, 0 failed; 0.0 MB sent");

      CommandLineRun secret = run("pull-secret", "--plan", plan, "--kubeconfig", lab.kubeconfig());
      assertThat(secret.status()).as(secret.toString()).isZero();
      assertThat(secret.toString()).doesNotContain(DockerRegistry.PASSWORD);

      CommandLineRun noRelease = run("upgrade", "--plan", plan, "--kubeconfig", lab.kubeconfig());
      assertThat(noRelease.status()).isNotZero();
      assertThat(noRelease.toString()).contains("there is no such release in kubernaut-system");

      CommandLineRun installed =
          run(
              "install",
              "--plan",
              plan,
              "--kubeconfig",
              lab.kubeconfig(),
              "--llm-credentials",
              llmKey());
      assertThat(installed.status()).as(installed.toString()).isZero();

      CommandLineRun change =
          run(
              "upgrade",
              "--dry-run",
              "--plan",
              plan,
              "--kubeconfig",
              lab.kubeconfig(),
              "--pin-digests");
      assertThat(change.status()).as(change.toString()).isZero();
      assertThat(change.out())
          .contains(
              "update Deployment kubernaut-system/",
              "- spec.template.spec.containers[0].image: " + mirror.host())
          .doesNotContain("create ");

      CommandLineRun upgraded =
          run(
              "upgrade",
              "--plan",
              plan,
              "--kubeconfig",
              lab.kubeconfig(),
              "--llm-credentials",
              llmKey());
      assertThat(upgraded.status()).as(upgraded.toString()).isZero();
      assertThat(upgraded.out())
          .contains(
              "Secret kubernaut-system/postgresql-secret exists and was not changed", "revision 2");

      CommandLineRun verified = run("verify", "--plan", plan, "--kubeconfig", lab.kubeconfig());
      assertThat(verified.status()).as(verified.toString()).isZero();
      assertThat(verified.out()).contains("PASSED: 12 pods are up");
      assertDriftIsReported(lab, plan);
      assertVerificationIsAttested(lab, plan);
      assertSupportBundleIsDiagnosedElsewhere(lab, plan);
    }
  }

  /** Breaks the release; another JVM, which knows nothing else, finds the cause in the bundle. */
  private static void assertSupportBundleIsDiagnosedElsewhere(Lab lab, Path plan) throws Exception {
    try (ClusterClient client = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig())) {
      client.delete(
          ResourceType.SERVICE,
          client.get(ResourceType.SERVICE, "kubernaut-system", "gateway-service").orElseThrow());
      client.delete(
          ResourceType.DEPLOYMENT,
          client.get(ResourceType.DEPLOYMENT, "kubernaut-system", "gateway").orElseThrow());
    }
    Path elsewhere = Files.createDirectories(directory.resolve("support"));
    Path bundle = elsewhere.resolve("support.tar.gz");
    CommandLineRun collected =
        run(
            "diagnose",
            "--plan",
            plan,
            "--kubeconfig",
            lab.kubeconfig(),
            "--support-bundle",
            bundle,
            "--json");
    assertThat(collected.status()).as(collected.toString()).isEqualTo(1);
    ObjectMapper json = new ObjectMapper();
    JsonNode causes = json.readTree(collected.out()).path("causes");
    assertThat(causes).as(collected.out()).isNotEmpty();

    String said =
        runElsewhere(
            elsewhere, 1, "diagnose", "--from-bundle", "support.tar.gz", "--report", "found.json");
    assertThat(said).contains("diagnosing kubernaut in kubernaut-system as it was on ");
    assertThat(json.readTree(elsewhere.resolve("found.json").toFile()).path("causes"))
        .isEqualTo(causes);

    CommandLineRun wrong = CommandLineRun.of("diagnose", "--from-bundle", bundle, "--plan", plan);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("--from-bundle excludes a plan, a cluster");
  }

  /** The attestation is read where neither the cluster nor the mirror is known. */
  private static void assertVerificationIsAttested(Lab lab, Path plan) throws IOException {
    List<Path> keys = KeyPairFiles.write("Ed25519", directory, "attestation");
    Path file = directory.resolve("release.intoto.json");
    Object[] cluster = {"--plan", plan, "--kubeconfig", lab.kubeconfig()};
    CommandLineRun signed =
        run(
            "verify",
            with("--attestation", new Object[] {file, "--sign-key", keys.get(0)}, cluster));
    assertThat(signed.status()).as(signed.toString()).isZero();

    CommandLineRun read =
        CommandLineRun.of("verify", "attestation", file, "--verify-key", keys.get(1), "--json");
    assertThat(read.status()).as(read.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(read.out());
    assertThat(json.path("passed").asBoolean()).isTrue();
    assertThat(json.path("origins")).hasSizeGreaterThanOrEqualTo(12);
    assertThat(json.path("checks").findValuesAsText("result")).doesNotContain("fail", "pending");

    Path other = KeyPairFiles.write("EC", directory, "another").get(1);
    CommandLineRun refused =
        CommandLineRun.of("verify", "attestation", file, "--verify-key", other);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("it has no statement with a valid signature by the key");
    CommandLineRun unsigned = run("verify", with("--attestation", new Object[] {file}, cluster));
    assertThat(unsigned.status()).isEqualTo(2);
    assertThat(unsigned.err()).contains("--attestation and --sign-key need each other");
  }

  /** Replaces a pod between two verifications of the same release. */
  private static void assertDriftIsReported(Lab lab, Path plan) throws IOException {
    Object[] cluster = {"--plan", plan, "--kubeconfig", lab.kubeconfig()};
    CommandLineRun first = run("verify", with("--json", cluster));
    JsonNode verification = new ObjectMapper().readTree(first.out());
    assertThat(verification.path("problems")).isEmpty();
    assertThat(verification.path("checks").findValuesAsText("kind"))
        .contains("claim", "webhook", "llm");
    assertThat(verification.path("checks").findValuesAsText("code"))
        .contains("MIGRATION_JOB_REMOVED", "HOOK_SUCCEEDED", "CLAIM_BOUND", "WEBHOOK_READY")
        .contains("LLM_CONFIGURED", "LLM_KEYS_PRESENT");
    Path report = Files.writeString(directory.resolve("before.json"), first.out());
    CommandLineRun same = run("verify", with("--since", new Object[] {report}, cluster));
    assertThat(same.status()).as(same.toString()).isZero();
    assertThat(same.out()).contains("nothing has changed since the earlier verification");

    try (ClusterClient client = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig())) {
      KubernetesObject pod =
          client.list(ResourceType.POD, "kubernaut-system", Map.of("app", "gateway")).get(0);
      client.delete(ResourceType.POD, pod);
      CommandLineRun changed =
          run("verify", with("--since", new Object[] {report, "--json"}, cluster));
      assertThat(changed.status()).as(changed.toString()).isEqualTo(3);
      JsonNode drift = new ObjectMapper().readTree(changed.out()).path("drift");
      assertThat(drift.path("changed").asBoolean()).isTrue();
      assertThat(drift.path("facts").findValuesAsText("code"))
          .containsExactlyInAnyOrder("POD_GONE", "POD_ADDED");
      assertThat(drift.path("facts").findValuesAsText("subject"))
          .contains("kubernaut-system/" + pod.name());
    }
    Path none = Files.writeString(directory.resolve("none.json"), "{}");
    CommandLineRun wrong = run("verify", with("--since", new Object[] {none}, cluster));
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("give the JSON of an earlier verification");
  }

  @Test
  void theMirrorIsListedAndInspected_withNestedAndFlatNames() throws IOException {
    for (String separator : List.of("/", "-")) {
      Path plan = directory.resolve("inspected.yaml");
      String target = mirror.host() + "/inspected";
      assertThat(
              run(
                      "plan",
                      chartArguments("--target", target, "--separator", separator, "--out", plan))
                  .status())
          .isZero();
      CommandLineRun before = run("mirror inspect", "gateway", "--plan", plan);
      assertThat(before.status()).isEqualTo(1);
      assertThat(before.out()).contains("it is not in the mirror");
      assertThat(run("mirror", "--plan", plan).status()).isZero();

      CommandLineRun listed = run("mirror ls", "--plan", plan);
      assertThat(listed.status()).as(listed.toString()).isZero();
      assertThat(listed.out())
          .contains(target + "/kubernaut-ai" + separator + "gateway\n  v1.1.0\n")
          .contains("15 repositories with 15 tags; all 15 images are there");
      CommandLineRun inspected = run("mirror inspect", "gateway", "--plan", plan);
      assertThat(inspected.status()).as(inspected.toString()).isZero();
      assertThat(inspected.out())
          .contains("(as planned)", "linux/amd64", "linux/arm64")
          .contains("org.opencontainers.image.title=kubernaut-ai/gateway");
      assertThat(listed.out().lines().toList()).allMatch(line -> line.length() <= 100);
      assertThat(inspected.out().lines().toList()).allMatch(line -> line.length() <= 100);

      CommandLineRun withoutPlan =
          run(
              "mirror inspect",
              "quay.io/kubernaut-ai/gateway:v1.1.0",
              "--target",
              target,
              "--separator",
              separator);
      assertThat(withoutPlan.status()).as(withoutPlan.toString()).isZero();
      assertThat(withoutPlan.out()).contains("linux/arm64").doesNotContain("planned");
    }
    CommandLineRun nothing = run("mirror ls", "--target", mirror.host());
    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.err()).contains("give --plan, or the images");
    CommandLineRun unknown =
        run("mirror inspect", "none", "--plan", directory.resolve("inspected.yaml"));
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("the plan has no image none");
  }

  /** Runs a command with JSON, which {@link CommandLineRun} checks, and returns its kind. */
  private static String kindOfJson(String command, Object... arguments) throws IOException {
    List<Object> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--json");
    CommandLineRun run = run(command, all.toArray());
    assertThat(run.status()).as(run.toString()).isZero();
    return new ObjectMapper().readTree(run.out()).path("kind").asText();
  }

  @Test
  void theJsonOfEveryCommandFollowsThePublishedSchema() throws Exception {
    try (Lab lab = startCluster()) {
      Path plan = directory.resolve("json-plan.yaml");
      Object[] cluster = {"--plan", plan, "--kubeconfig", lab.kubeconfig()};
      String target = mirror.host() + "/json";
      assertThat(
              List.of(
                  kindOfJson(
                      "plan", chartArguments("--target", target, "--out", plan, "--forecast")),
                  kindOfJson("plan", chartArguments("--target", target, "--since", plan)),
                  kindOfJson("preflight", "--plan", plan),
                  kindOfJson("mirror", "--plan", plan),
                  kindOfJson("mirror ls", "--plan", plan),
                  kindOfJson("mirror inspect", "gateway", "--plan", plan),
                  kindOfJson("pull-secret", cluster),
                  kindOfJson("permissions", with("--step", new Object[] {"install"}, cluster)),
                  kindOfJson("seal", with("--dry-run", cluster)),
                  kindOfJson("seal", cluster),
                  kindOfJson(
                      "secrets",
                      with("--llm-credentials", new Object[] {llmKey(), "--dry-run"}, cluster)),
                  kindOfJson(
                      "secrets",
                      with("--llm-credentials-env", new Object[] {"OPENAI_API_KEY=PATH"}, cluster)),
                  kindOfJson("install", with("--dry-run", new Object[0], cluster)),
                  kindOfJson("install", cluster),
                  kindOfJson("upgrade", cluster),
                  kindOfJson("verify", cluster),
                  kindOfJson("history", "--kubeconfig", lab.kubeconfig()),
                  kindOfJson("prune", cluster),
                  kindOfJson("prune", "--plan", plan, "--no-cluster", "--delete"),
                  kindOfJson("rollback", "1", "--dry-run", "--kubeconfig", lab.kubeconfig()),
                  kindOfJson("rollback", "1", "--kubeconfig", lab.kubeconfig()),
                  kindOfJson("uninstall", "--dry-run", "--kubeconfig", lab.kubeconfig()),
                  kindOfJson("uninstall", "--kubeconfig", lab.kubeconfig()),
                  clusterFacts(lab)))
          .containsExactly(
              "MirrorPlan",
              "PlanDiff",
              "PreflightReport",
              "MirrorReport",
              "MirrorListing",
              "ImageInspection",
              "PullSecretReport",
              "PermissionReport",
              "ClusterChange",
              "ChangeReport",
              "ClusterChange",
              "ChangeReport",
              "PlannedInstallation",
              "Installation",
              "Installation",
              "VerificationReport",
              "ReleaseHistory",
              "PruneReport",
              "PruneReport",
              "ReleaseChange",
              "ReleaseChange",
              "ReleaseChange",
              "ReleaseChange",
              "ClusterFacts");
    }
  }

  private static String clusterFacts(Lab lab) throws IOException {
    CommandLineRun run =
        CommandLineRun.of("cluster-facts", "--kubeconfig", lab.kubeconfig(), "--json");
    return new ObjectMapper().readTree(run.out()).path("kind").asText();
  }
}
