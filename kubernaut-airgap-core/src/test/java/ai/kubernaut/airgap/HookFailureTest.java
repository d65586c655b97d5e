package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.BlockingHelm;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.HookFailedException;
import ai.kubernaut.airgap.install.InstallException;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.MirrorReports;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Helm waits for a hook, and the hook cannot succeed. */
@Timeout(60)
final class HookFailureTest {
  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();
  private static final String NAMESPACE = RELEASE.namespace();
  private static final String MISSING =
      "phase: Pending, containerStatuses: [{name: c, state: {waiting: {reason: ImagePullBackOff, message: 'manifest unknown'}}}]";
  private static final String RUNNING =
      "phase: Running, containerStatuses: [{name: c, state: {running: {}}}]";

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final TemplateHelm templates =
      TemplateHelm.of(
          "{global: {image: {registry: quay.io}}}",
          values ->
              """
              kind: Job
              metadata: {name: tls, annotations: {helm.sh/hook: '%s', helm.sh/hook-delete-policy: '%s'}}
              spec: {template: {spec: {containers: [{name: c, image: %s/acme/tls:1}]}}}
              """
                  .formatted(
                      hookEvents(),
                      policy(),
                      values.text("global", "image", "registry").orElse("")));
  private final List<String> events = new CopyOnWriteArrayList<>();
  private String state = MISSING;
  private String policy = "";
  private String hookEvents = "pre-install,pre-upgrade";
  private final BlockingHelm helm = new BlockingHelm(templates, this::createHook);

  private String policy() {
    return policy;
  }

  private String hookEvents() {
    return hookEvents;
  }

  private void leaveFailedRelease() {
    createHook("install");
    templates.with(RELEASE, 1, "failed");
    cluster.put(
        ResourceType.SECRET,
        cluster
            .get(ResourceType.SECRET, NAMESPACE, "sh.helm.release.v1.kubernaut.v1")
            .orElseThrow()
            .with("failed", "metadata", "labels", "status"));
  }

  /** What Helm and the cluster do before Helm waits: the release is pending, the hook exists. */
  private void createHook(String operation) {
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, NAMESPACE, "sh.helm.release.v1.kubernaut.v1")
            .with(
                Map.of(
                    "owner",
                    "helm",
                    "name",
                    RELEASE.name(),
                    "version",
                    "1",
                    "status",
                    "pending-" + operation),
                "metadata",
                "labels")
            .with(Map.of("release", stored()), "data"));
    if (templates.calls().isEmpty()) {
      templates.with(RELEASE, 1, "pending-" + operation);
    }
    put(
        ResourceType.JOB,
        "{apiVersion: batch/v1, kind: Job, metadata: {name: tls, namespace: %s, annotations: {helm.sh/hook: pre-%s}}}"
            .formatted(NAMESPACE, operation));
    pod();
  }

  private void pod() {
    put(
        ResourceType.POD,
        """
        {apiVersion: v1, kind: Pod, metadata: {name: tls-x, namespace: %s, ownerReferences: [{kind: Job, name: tls}]},
         spec: {nodeName: worker-0, containers: [{name: c, image: harbor.corp/acme/tls:1}]}, status: {%s}}
        """
            .formatted(NAMESPACE, state));
  }

  private void put(ResourceType type, String yaml) {
    cluster.put(
        type,
        KubernetesObject.of(Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED))));
  }

  /** A release as Helm stores it. */
  private static String stored() {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write("{\"info\":{\"status\":\"pending\"}}".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String once = Base64.getEncoder().encodeToString(zipped.toByteArray());
    return Base64.getEncoder().encodeToString(once.getBytes(StandardCharsets.US_ASCII));
  }

  private String storedStatus() {
    return cluster
        .get(ResourceType.SECRET, NAMESPACE, "sh.helm.release.v1.kubernaut.v1")
        .orElseThrow()
        .labels()
        .getOrDefault("status", "");
  }

  private Airgap airgap() {
    return airgap(cluster, event -> events.add(event.toString()));
  }

  private Airgap airgap(ClusterClient client, Consumer<ProgressEvent> listener) {
    return Airgap.builder()
        .cluster(client)
        .helm(helm)
        .profile(ProductProfile.none())
        .onProgress(listener)
        .build();
  }

  /** The cluster, where something happens before a list. */
  private ClusterClient listing(Consumer<ResourceType> before) {
    return (ClusterClient)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ClusterClient.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("list")) {
                before.accept((ResourceType) arguments[0]);
              }
              try {
                return method.invoke(cluster, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Installs without a grace, so that the first problem is certain. */
  private static Installation install(Airgap airgap) {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .chart(TemplateHelm.chart())
            .image(ImageRef.parse("quay.io/acme/tls:1"))
            .build();
    return airgap.install(
        MirrorReports.of(plan, MirroredImage.Outcome.COPIED),
        PullSecretReport.none(),
        InstallOptions.builder().hookGrace(Duration.ZERO).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"install", "upgrade"})
  void aHookWithoutItsImageEndsHelmAndTheNextRunContinues(String operation) {
    if (operation.equals("upgrade")) {
      templates.with(RELEASE, 1, "deployed");
    }
    try (Airgap airgap = airgap()) {
      InstallationFailedException failure =
          catchThrowableOfType(InstallationFailedException.class, () -> install(airgap));

      assertThat(failure)
          .hasMessageContaining("Pod kubernaut-system/tls-x")
          .hasMessageContaining("harbor.corp/acme/tls:1")
          .hasMessageContaining("mirror the plan again")
          .hasMessageNotContaining("Problems of other pods")
          .hasCauseInstanceOf(HookFailedException.class)
          .hasRootCauseInstanceOf(InterruptedException.class);
      assertThat(failure.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.PULL_IMAGE_NOT_FOUND);
      assertThat(failure.report().isOk()).isFalse();
      assertThat(helm.isRunning()).isFalse();
      assertThat(storedStatus()).isEqualTo("failed");
      assertThat(events)
          .anyMatch(event -> event.startsWith("  hook Job tls: pod tls-x: ImagePullBackOff"));

      helm.withoutHook();
      assertThat(install(airgap).isOk()).isTrue();
      assertThat(templates.calls()).singleElement().asString().startsWith("upgrade");
    }
  }

  @Test
  void problemsOfOtherPodsMayBeTheCause() {
    put(
        ResourceType.POD,
        "{apiVersion: v1, kind: Pod, metadata: {name: postgresql-0, namespace: %s}, spec: {nodeName: worker-0, containers: [{name: c, image: 'harbor.corp/postgres:16'}]}, status: {%s}}"
            .formatted(NAMESPACE, MISSING));
    try (Airgap airgap = airgap()) {
      InstallationFailedException failure =
          catchThrowableOfType(InstallationFailedException.class, () -> install(airgap));
      assertThat(failure)
          .hasMessageContaining("Problems of other pods:\n  Pod kubernaut-system/postgresql-0");
      assertThat(failure.problems())
          .extracting(problem -> problem.subject().name())
          .containsExactly(NAMESPACE + "/tls-x", NAMESPACE + "/postgresql-0");
    }
  }

  @Test
  void aHelmThatCannotBeInterruptedGoesOn() throws Exception {
    helm.inProcess();
    try (Airgap airgap = airgap()) {
      StepRun<Installation> run = airgap.start(HookFailureTest::install);
      helm.awaitHook();
      while (events.stream().noneMatch(event -> event.contains("ImagePullBackOff"))) {
        Thread.onSpinWait();
      }
      helm.endHook();
      assertThat(run.await().isOk()).isTrue();
    }
  }

  @Test
  void anInterruptEndsHelmAndTheNextRunContinues() throws Exception {
    state = RUNNING;
    try (Airgap airgap = airgap()) {
      StepRun<Installation> run = airgap.start(HookFailureTest::install);
      helm.awaitHook();
      run.cancel();
      assertThat(catchThrowableOfType(CancelledException.class, run::await).reason())
          .isEqualTo(CancelledException.Reason.CANCELLED);
      assertThat(helm.isRunning()).isFalse();
      assertThat(storedStatus()).isEqualTo("failed");

      helm.withoutHook();
      assertThat(install(airgap).isOk()).isTrue();
    }
  }

  @Test
  void anExceptionOfTheListenerEndsHelm() {
    Consumer<ProgressEvent> listener =
        event -> {
          if (event.toString().contains("hook Job")) {
            throw new IllegalStateException("the disk of the log is full");
          }
        };
    try (Airgap airgap = airgap(cluster, listener)) {
      assertThatThrownBy(() -> install(airgap)).hasMessage("the disk of the log is full");
      assertThat(helm.isRunning()).isFalse();
      assertThat(storedStatus()).isEqualTo("failed");
    }
  }

  @Test
  void aHookThatHelmCallsFailedIsNamedWithItsLog() throws Exception {
    state = RUNNING;
    templates.failing("job tls failed: BackoffLimitExceeded");
    cluster.putLog(NAMESPACE, "tls-x", "c", "openssl: not found\n");
    try (Airgap airgap = airgap()) {
      StepRun<Installation> run = airgap.start(HookFailureTest::install);
      helm.awaitHook();
      state = "phase: Failed";
      pod();
      put(
          ResourceType.JOB,
          "{apiVersion: batch/v1, kind: Job, metadata: {name: tls, namespace: %s, annotations: {helm.sh/hook: pre-install}}, status: {conditions: [{type: Failed, status: 'True'}]}}"
              .formatted(NAMESPACE));
      helm.endHook();

      InstallationFailedException failure =
          catchThrowableOfType(InstallationFailedException.class, run::await);
      assertThat(failure.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.JOB_FAILED);
      assertThat(failure)
          .hasMessageContaining(
              "Job kubernaut-system/tls: has failed; the log of its pod tls-x ends: openssl: not found");
    }
  }

  @Test
  void aClusterThatMayNotBeLookedAtIsToldOnceAndDoesNotEndHelm() throws Exception {
    ClusterClient withoutJobs =
        listing(
            type -> {
              if (type.equals(ResourceType.JOB)
                  && cluster.get(ResourceType.JOB, NAMESPACE, "tls").isPresent()) {
                throw new ClusterException(
                    ClusterException.Reason.FORBIDDEN, "Jobs may not be read", null);
              }
            });
    try (Airgap airgap = airgap(withoutJobs, event -> events.add(event.toString()))) {
      StepRun<Installation> run = airgap.start(HookFailureTest::install);
      helm.awaitHook();
      while (!events.contains("  the hooks are not watched: Jobs may not be read")) {
        Thread.onSpinWait();
      }
      helm.endHook();
      assertThat(run.await().isOk()).isTrue();
    }
  }

  @Test
  void aHookOfAnEarlierRunThatHelmWouldNotReplaceIsAProblemBeforeAnythingIsChanged() {
    policy = "hook-succeeded,hook-failed";
    leaveFailedRelease();
    try (Airgap airgap = airgap()) {
      InstallException refused =
          catchThrowableOfType(InstallException.class, () -> install(airgap));
      assertThat(refused.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.HOOK_NOT_REPLACEABLE);
      assertThat(refused)
          .hasMessageContaining("nothing was changed")
          .hasMessageContaining("Job kubernaut-system/tls: exists from an earlier run")
          .hasMessageContaining("hook-delete-policy is hook-succeeded,hook-failed");
      assertThat(templates.calls()).isEmpty();
    }
  }

  @Test
  void aHookThatAnUpgradeDoesNotRunIsAWarningWhereTheFirstInstallationFailed() {
    hookEvents = "post-install";
    leaveFailedRelease();
    helm.withoutHook();
    try (Airgap airgap = airgap()) {
      Installation continued = install(airgap);
      assertThat(continued.isOk()).isTrue();
      assertThat(continued.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.INSTALL_HOOK_SKIPPED);
      assertThat(continued.problems().get(0).describe())
          .startsWith("Job kubernaut-system/tls: is a hook of an installation only (post-install)");
    }
  }

  @Test
  void aClusterThatDoesNotRespondForAMomentIsLookedAtAgain() {
    AtomicInteger failures = new AtomicInteger(2);
    ClusterClient unsteady =
        listing(
            type -> {
              if (cluster.get(ResourceType.JOB, NAMESPACE, "tls").isPresent()
                  && failures.getAndDecrement() > 0) {
                throw new ClusterException(
                    ClusterException.Reason.UNREACHABLE, "connection reset", null);
              }
            });
    try (Airgap airgap = airgap(unsteady, event -> events.add(event.toString()))) {
      InstallationFailedException failure =
          catchThrowableOfType(InstallationFailedException.class, () -> install(airgap));
      assertThat(failure.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.PULL_IMAGE_NOT_FOUND);
    }
  }

  @Test
  void aNegativeGraceIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InstallOptions.builder().hookGrace(Duration.ofSeconds(-1)).build())
        .withMessageContaining("hookGrace PT-1S must not be negative");
  }
}
