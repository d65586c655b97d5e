package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.InstallationFailedException;
import ai.kubernaut.airgap.StepRun;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirrorReports;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Helm installs a chart whose hook cannot succeed, into the lab's cluster. */
@Timeout(120)
class HookFailureOnLabTest {
  private static final ImageRef IMAGE = ImageRef.parse("harbor.corp/hook:1");

  @TempDir Path directory;

  private final Set<String> mirror = ConcurrentHashMap.newKeySet();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private TestCluster cluster;
  private ReleaseName release;
  private Fabric8ClusterClient client;
  private HelmClient helm;
  private Airgap airgap;

  @BeforeEach
  void startCluster() {
    cluster =
        TestCluster.start(
            directory,
            (image, configs) -> {
              if (!mirror.contains(image)) {
                throw new PullFailure("manifest unknown");
              }
              return new PulledImage(
                  image + "@" + Digest.sha256(image.getBytes(StandardCharsets.UTF_8)));
            });
    release = ReleaseName.of("shop", cluster.name("shop"));
    client = Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig());
    helm = HelmJavaClient.withKubeconfig(cluster.kubeconfig());
    airgap =
        Airgap.builder()
            .cluster(client)
            .helm(helm)
            .profile(ProductProfile.none())
            .onProgress(event -> events.add(event.toString().strip()))
            .build();
    client.create(
        ResourceType.NAMESPACE,
        KubernetesObject.named(ResourceType.NAMESPACE, null, release.namespace()));
  }

  @AfterEach
  void stopCluster() {
    airgap.close();
    helm.close();
    client.close();
    cluster.close();
  }

  /**
   * Writes a chart with a hook.
   *
   * @param annotations of the pod, as YAML
   * @param spec of the pod, as YAML
   */
  private Chart chart(String event, String annotations, String spec) throws IOException {
    Path chart = Files.createDirectories(directory.resolve("shop/templates")).getParent();
    Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    Files.writeString(
        chart.resolve("templates/map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n");
    Files.writeString(
        chart.resolve("templates/hook.yaml"),
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: tls, annotations: {"helm.sh/hook": "%s"}}
        spec:
          backoffLimit: 1
          template:
            metadata: {annotations: {%s}}
            spec: {restartPolicy: Never, %s containers: [{name: main, image: "harbor.corp/hook:1"}]}
        """
            .formatted(event, annotations, spec));
    return Chart.at(chart).release(release);
  }

  private static MirrorReport mirrored(Chart chart) {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp")).chart(chart).image(IMAGE).build();
    return MirrorReports.of(plan, MirroredImage.Outcome.PRESENT);
  }

  private static Installation install(Airgap airgap, Chart chart, Duration grace) {
    return airgap.install(
        mirrored(chart),
        PullSecretReport.none(),
        InstallOptions.builder().hookTimeout(Duration.ofHours(1)).hookGrace(grace).build());
  }

  private Installation install(Chart chart) {
    return install(airgap, chart, InstallOptions.builder().build().hookGrace());
  }

  private void isDeployed() {
    assertThat(helm.status(release))
        .hasValueSatisfying(found -> assertThat(found.isDeployed()).isTrue());
  }

  private Problem onlyProblem(InstallationFailedException failure) {
    assertThat(failure.problems()).hasSize(1);
    return failure.problems().get(0);
  }

  @Test
  void aHookImageThatIsMissingInTheMirrorEndsTheInstallationAndTheNextRunContinues()
      throws Exception {
    Chart chart = chart("pre-install,pre-upgrade", "", "");
    long begin = System.nanoTime();
    InstallationFailedException failure =
        catchThrowableOfType(InstallationFailedException.class, () -> install(chart));
    Duration took = Duration.ofNanos(System.nanoTime() - begin);

    System.out.println("after " + took + ": " + failure.getMessage());
    assertThat(took).isLessThan(Duration.ofSeconds(15));
    assertThat(failure).hasMessageContaining("harbor.corp/hook:1");
    assertThat(onlyProblem(failure).code()).isEqualTo(ProblemCode.PULL_IMAGE_NOT_FOUND);
    assertThat(onlyProblem(failure).subject().name()).startsWith(release.namespace() + "/tls-");
    assertThat(helm.status(release))
        .hasValueSatisfying(found -> assertThat(found.status()).isEqualTo("failed"));

    mirror.add(IMAGE.toString());
    install(chart);
    isDeployed();
  }

  @Test
  void anUpgradeEndsToo() throws Exception {
    mirror.add(IMAGE.toString());
    install(chart("pre-install", "", ""));
    mirror.clear();
    Chart chart = chart("post-upgrade", "", "");
    InstallationFailedException failure =
        catchThrowableOfType(InstallationFailedException.class, () -> install(chart));
    assertThat(onlyProblem(failure).code()).isEqualTo(ProblemCode.PULL_IMAGE_NOT_FOUND);

    mirror.add(IMAGE.toString());
    install(chart);
    isDeployed();
  }

  @Test
  void aHookThatFitsNoNodeHasTheWordsOfTheScheduler() throws Exception {
    Chart chart = chart("pre-install", "", "nodeSelector: {disk: ssd},");
    InstallationFailedException failure =
        catchThrowableOfType(
            InstallationFailedException.class,
            () -> install(airgap, chart, Duration.ofMillis(100)));
    assertThat(onlyProblem(failure).code()).isEqualTo(ProblemCode.POD_UNSCHEDULABLE);
    assertThat(failure)
        .hasMessageContaining("0/5 nodes are available")
        .hasMessageContaining("2 node(s) didn't match Pod's node affinity/selector");
  }

  @Test
  void aHookOfASchedulerThatDoesNotRunWaitsForIt() throws Exception {
    Chart chart = chart("pre-install", "", "schedulerName: batch,");
    InstallationFailedException failure =
        catchThrowableOfType(
            InstallationFailedException.class,
            () -> install(airgap, chart, Duration.ofMillis(100)));
    assertThat(onlyProblem(failure).code()).isEqualTo(ProblemCode.POD_WITHOUT_SCHEDULER);
    assertThat(failure).hasMessageContaining("waits for the scheduler 'batch'");
  }

  @Test
  void aMissingSecretIsNamed() throws Exception {
    mirror.add(IMAGE.toString());
    Chart chart = chart("pre-install", "", "");
    Path hook = chart.location().resolve("templates/hook.yaml");
    Files.writeString(
        hook,
        Files.readString(hook)
            .replace(
                "image: \"harbor.corp/hook:1\"",
                "image: \"harbor.corp/hook:1\", envFrom: [{secretRef: {name: llm}}]"));
    InstallationFailedException failure =
        catchThrowableOfType(
            InstallationFailedException.class,
            () -> install(airgap, chart, Duration.ofMillis(100)));
    assertThat(onlyProblem(failure).code()).isEqualTo(ProblemCode.CONTAINER_WAITING);
    assertThat(failure).hasMessageContaining("secret \"llm\" not found");
  }

  @Test
  void aHookThatFailsNamesItsJobItsPodAndTheEndOfItsLog() throws Exception {
    mirror.add(IMAGE.toString());
    Chart chart = chart("pre-install", "lab.kubernaut.ai/exit-code: '3'", "");
    InstallationFailedException failure =
        catchThrowableOfType(InstallationFailedException.class, () -> install(chart));
    assertThat(onlyProblem(failure).code()).isEqualTo(ProblemCode.JOB_FAILED);
    assertThat(failure)
        .hasMessageContaining(
            "Job %s/tls: has failed: Job has reached the specified backoff limit"
                .formatted(release.namespace()))
        .hasMessageContaining("the log of its pod tls-")
        .hasMessageContaining("failed with exit code 3");
    assertThat(failure.getCause()).hasCauseInstanceOf(HelmException.class);
  }

  @Test
  void aHookThatHelmWouldNotReplaceIsNamedByTheNextRun() throws Exception {
    Chart chart = chart("pre-install,pre-upgrade", "", "");
    Path hook = chart.location().resolve("templates/hook.yaml");
    Files.writeString(
        hook,
        Files.readString(hook)
            .replace(
                "pre-upgrade\"}",
                "pre-upgrade\", \"helm.sh/hook-delete-policy\": \"hook-succeeded,hook-failed\"}"));
    assertThat(catchThrowableOfType(InstallationFailedException.class, () -> install(chart)))
        .hasMessageContaining("harbor.corp/hook:1");

    ProblemsException refused = catchThrowableOfType(ProblemsException.class, () -> install(chart));
    assertThat(refused.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.HOOK_NOT_REPLACEABLE);
    assertThatThrownBy(() -> helm.upgrade(chart, release, Duration.ofMinutes(1)))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("already exists");
  }

  @Test
  void anInterruptDuringAHookReturnsWithinASecondAndTheNextRunContinues() throws Exception {
    mirror.add(IMAGE.toString());
    Chart endless = chart("pre-install,pre-upgrade", "lab.kubernaut.ai/needs-pod: 'app=never'", "");
    StepRun<Installation> run =
        airgap.start(steps -> install(steps, endless, Duration.ofMinutes(1)));
    while (events.stream().noneMatch(event -> event.matches("hook Job tls: pod tls-.*: running"))) {
      Thread.onSpinWait();
    }
    long begin = System.nanoTime();
    run.cancel();
    assertThat(catchThrowableOfType(CancelledException.class, run::await).reason())
        .isEqualTo(CancelledException.Reason.CANCELLED);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.out.println("a cancelled installation ended after " + took);
    assertThat(took).isLessThan(Duration.ofSeconds(1));

    install(chart("pre-install,pre-upgrade", "", ""));
    isDeployed();
  }
}
