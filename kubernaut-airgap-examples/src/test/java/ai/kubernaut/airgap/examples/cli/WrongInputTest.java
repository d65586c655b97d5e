package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.examples.lab.LabChart;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.WelcomePage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input gets a clear error before anything is touched. */
class WrongInputTest {
  @TempDir Path directory;

  private Path chart;
  private Path sdkConfig;

  @BeforeEach
  void unpackTheChart() throws IOException {
    chart = LabChart.unpack(Files.createDirectory(directory.resolve("chart")));
    sdkConfig = Files.writeString(directory.resolve("sdk.yaml"), "llm:\n  provider: litellm\n");
  }

  private static void assertFails(CommandLineRun run, int status, String... words) {
    assertThat(run.status()).as(run.toString()).isEqualTo(status);
    assertThat(run.err()).contains(words).doesNotContain("\tat ");
  }

  private CommandLineRun planOffline(Object... more) {
    return withArguments(new Object[] {"plan", "--offline", "--target", "harbor.corp"}, more);
  }

  private static CommandLineRun withArguments(Object[] first, Object... more) {
    Object[] all = new Object[first.length + more.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return CommandLineRun.of(all);
  }

  @Test
  void aPlanNeedsNoNetworkWhenItIsOffline() {
    CommandLineRun run =
        planOffline(
            "--chart", chart, "--sdk-config", sdkConfig, "--set", "global.image.tag=v1.1.0");

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("quay.io/kubernaut-ai/gateway:v1.1.0 → harbor.corp/kubernaut-ai/gateway:v1.1.0")
        .contains("docker.io/library/postgres:16-alpine → harbor.corp/library/postgres:16-alpine");
  }

  @Test
  void aStepWithoutPermissionsAndContradictingOptionsOfPruneAreWrongUsage() throws IOException {
    Path images =
        Files.writeString(directory.resolve("images.txt"), "quay.io/app@sha256:" + "0".repeat(64));
    Path plan = directory.resolve("plan.yaml");
    CommandLineRun planned = planOffline("--images", images, "--out", plan);
    assertThat(planned.status()).as(planned.toString()).isZero();
    assertFails(
        CommandLineRun.of("permissions", "--step", "cook", "--plan", plan),
        2,
        "unknown --step 'cook'");
    assertFails(
        CommandLineRun.of("prune", "--plan", plan, "--no-cluster", "--dry-run", "--delete"),
        2,
        "--dry-run and --delete exclude each other");
  }

  @Test
  void aMissingChart_isNamed() {
    assertFails(
        planOffline("--chart", directory.resolve("missing-chart")),
        6,
        "there is no chart at",
        "missing-chart");
  }

  @Test
  void aDirectoryThatIsNoChart_isNamed() {
    assertFails(planOffline("--chart", directory), 6, "is not a chart: it has no Chart.yaml");
  }

  @Test
  void aChartThatDemandsValues_isHeard() {
    assertFails(planOffline("--chart", chart), 6, "could not be rendered", "sdkConfigContent");
  }

  @Test
  void aValueThatTheSchemaRefuses_isNamed() {
    assertFails(
        planOffline(
            "--chart", chart, "--sdk-config", sdkConfig, "--set", "global.image.registri=quay.io"),
        6,
        "registri",
        "schema");
  }

  @Test
  void aMissingValuesFile_isNamed() {
    assertFails(
        planOffline("--chart", chart, "--values", directory.resolve("none.yaml")),
        6,
        "the values file",
        "none.yaml");
  }

  @Test
  void anIllegalReference_isWrongUsage() {
    assertFails(
        planOffline("--chart", chart, "--extra-image", "quay.io/Kubernaut/must-gather"),
        2,
        "--extra-image",
        "Kubernaut",
        "upper-case letter");
  }

  @Test
  void anIllegalTarget_isWrongUsage() {
    assertFails(
        CommandLineRun.of("plan", "--chart", chart, "--target", "https://harbor.corp"),
        2,
        "--target",
        "without a scheme");
  }

  @Test
  void aMissingTarget_isWrongUsage() {
    assertFails(CommandLineRun.of("plan", "--chart", chart), 2, "--target");
  }

  @Test
  void anUnknownOption_isWrongUsage() {
    assertFails(CommandLineRun.of("mirror", "--everything"), 2, "--everything");
  }

  @Test
  void anUnknownRegistryHost_isNamedBeforeAnythingIsSent() throws IOException {
    Path plan = savePlan("no-such-host.invalid");
    assertFails(CommandLineRun.of("mirror", "--plan", plan), 1, "no-such-host.invalid");
  }

  @Test
  void aTargetThatIsNoRegistry_isNamedBeforeAnythingIsSent() throws IOException {
    try (WelcomePage page = WelcomePage.start()) {
      String host = page.host();
      assertFails(
          CommandLineRun.of("mirror", "--plan", savePlan(host), "--plain-http", host),
          1,
          host,
          "registry");
    }
  }

  @Test
  void nobodyAtTheTargetsPort_isNamed() throws IOException {
    String host;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      host = "127.0.0.1:" + free.getLocalPort();
    }
    assertFails(
        CommandLineRun.of("mirror", "--plan", savePlan(host), "--plain-http", host), 1, host);
  }

  @Test
  void wrongCredentials_areNamedByRegistryAndUserButNotPassword() throws IOException {
    try (DockerRegistry registry = DockerRegistry.builder().basicAuth().start()) {
      String auth =
          Base64.getEncoder()
              .encodeToString(
                  (DockerRegistry.USER + ":wrong-password").getBytes(StandardCharsets.UTF_8));
      Path authFile =
          Files.writeString(
              directory.resolve("auth.json"),
              "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"" + auth + "\"}}}");

      CommandLineRun run =
          CommandLineRun.of(
              "mirror",
              "--plan",
              savePlan(registry.host()),
              "--plain-http",
              registry.host(),
              "--authfile",
              authFile);

      assertFails(run, 1, registry.host(), DockerRegistry.USER);
      assertThat(run.toString()).doesNotContain("wrong-password").doesNotContain(auth);
    }
  }

  @Test
  void aMirrorThatTakesNoNamesSoDeep_isNamedBeforeAnythingIsSent() throws IOException {
    Path plan = savePlan("docker.io/myorg");
    for (String command : new String[] {"preflight", "mirror"}) {
      assertFails(
          CommandLineRun.of(command, "--plan", plan, "--preset", "DOCKER_HUB"),
          1,
          "docker.io/myorg does not accept the images of the plan: 1 problem",
          "Docker Hub accepts repository names with at most 2 components",
          "names of the plan have 3: myorg/kubernaut-ai/gateway",
          "Target.registry(\"docker.io/myorg\").depth(2)");
    }
  }

  @Test
  void aMirrorThatCanTakeTheImages_saysSo() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start()) {
      Path authFile = Files.writeString(directory.resolve("none.json"), "{}");
      CommandLineRun run =
          CommandLineRun.of(
              "preflight",
              "--plan",
              savePlan(registry.host()),
              "--plain-http",
              registry.host(),
              "--authfile",
              authFile,
              "--preset",
              "HARBOR",
              "--may-write");

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out())
          .contains("YES         allows push: uploads started in kubernaut-ai/gateway")
          .contains("YES         accepts image indexes:")
          .contains("known limit the first component of a name is a project")
          .contains(registry.host() + " accepts the images of the plan, as far as was checked");
    }
  }

  @Test
  void aPreset_choosesNamesThatFit() {
    CommandLineRun run =
        withArguments(
            new Object[] {"plan", "--offline", "--target", "quay.io/myorg", "--preset", "QUAY"},
            "--chart",
            chart,
            "--sdk-config",
            sdkConfig);

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out()).contains("→ quay.io/myorg/kubernaut-ai-gateway:");
  }

  @Test
  void aKubeconfigThatDoesNotParse_isNamed() throws IOException {
    Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), "clusters: [\n");
    assertFails(
        CommandLineRun.of("verify", "--plan", savePlan("harbor.corp"), "--kubeconfig", kubeconfig),
        5,
        "the kubeconfig",
        "line 2");
  }

  @Test
  void aSelectorThatIsNone_isRefusedBeforeAnythingIsRead() {
    for (String command : new String[] {"verify", "diagnose"}) {
      assertFails(
          CommandLineRun.of(command, "--plan", "no-such-plan.yaml", "--selector", "tier in"),
          2,
          "--selector",
          "invalid label selector 'tier in'");
    }
  }

  @Test
  void namespacesWithoutASelector_areRefused() throws IOException {
    Path kubeconfig =
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]
            users: [{name: u, user: {token: t}}]
            """);
    assertFails(
        CommandLineRun.of(
            "verify",
            "--plan",
            savePlan("harbor.corp"),
            "--kubeconfig",
            kubeconfig,
            "--selector-namespace",
            "shop"),
        2,
        "--selector-namespace needs --selector");
  }

  @Test
  void aClusterThatDoesNotAnswer_isNamed() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path kubeconfig =
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]
            users: [{name: u, user: {token: t}}]
            """
                .formatted(port));
    String auth = Base64.getEncoder().encodeToString("u:p".getBytes(StandardCharsets.UTF_8));
    Path authFile =
        Files.writeString(
            directory.resolve("auth.json"),
            "{\"auths\":{\"harbor.corp\":{\"auth\":\"" + auth + "\"}}}");
    assertFails(
        CommandLineRun.of(
            "pull-secret",
            "--plan",
            savePlan("harbor.corp"),
            "--kubeconfig",
            kubeconfig,
            "--authfile",
            authFile),
        5,
        "the API server http://127.0.0.1:" + port);
  }

  @Test
  void aPlanOfAnotherVersion_isRefused() throws IOException {
    Path plan = savePlan("harbor.corp");
    Files.writeString(
        plan, Files.readString(plan).replace("airgap.kubernaut.ai/v1", "airgap.kubernaut.ai/v9"));
    assertFails(
        CommandLineRun.of("mirror", "--plan", plan),
        7,
        "no plan can be read",
        "airgap.kubernaut.ai/v9");
  }

  private Path savePlan(String target) throws IOException {
    return Files.writeString(
        directory.resolve("plan.yaml"),
        """
        apiVersion: airgap.kubernaut.ai/v1
        kind: MirrorPlan
        target: {registry: '%1$s', separator: /}
        images:
        - {source: 'quay.io/kubernaut-ai/gateway:v1.1.0', target: '%1$s/kubernaut-ai/gateway:v1.1.0'}
        """
            .formatted(target));
  }
}
