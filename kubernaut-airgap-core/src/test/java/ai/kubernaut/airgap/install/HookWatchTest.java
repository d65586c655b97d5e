package ai.kubernaut.airgap.install;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.yaml.Yaml;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the state of a hook means, and from when on that is certain. */
final class HookWatchTest {
  private static final ReleaseName RELEASE = ReleaseName.of("shop", "shop");
  private static final String IMAGE = "harbor.corp/tls:1";
  private static final int GRACE = 60;

  private static final String CHART =
      """
      kind: Job
      metadata: {name: tls, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}
      ---
      kind: Job
      metadata: {name: cleanup, annotations: {helm.sh/hook: post-delete}}
      ---
      kind: Job
      metadata: {generateName: seed-, annotations: {helm.sh/hook: post-install}}
      ---
      kind: Pod
      metadata: {name: smoke, annotations: {helm.sh/hook: post-install}}
      ---
      kind: Job
      metadata: {name: report}
      """;

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final List<String> news = new ArrayList<>();
  private HookWatch watch = watch("install");

  private HookWatch watch(String operation) {
    return new HookWatch(
        cluster,
        ReleaseHooks.of(RenderedChart.parse(CHART), RELEASE, operation),
        Duration.ofSeconds(GRACE));
  }

  /** Helm has created the Job of the hook, and the Job its pod. */
  @BeforeEach
  void createHook() {
    job("tls", "1", "pre-install,pre-upgrade", "");
  }

  private static KubernetesObject object(String yaml) {
    return KubernetesObject.of(
        Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED)));
  }

  private void job(String name, String uid, String event, String status) {
    cluster.put(
        ResourceType.JOB,
        object(
            """
            {apiVersion: batch/v1, kind: Job, metadata: {name: %s, namespace: shop, uid: job-%s, annotations: {helm.sh/hook: '%s'}},
             status: {%s}}
            """
                .formatted(name, uid, event, status)));
  }

  /** Puts a pod of the Job of the hook there, or the same pod in another state. */
  private void pod(String status) {
    podOf("tls", "1", "tls-x", status);
  }

  private void podOf(String job, String jobUid, String name, String status) {
    cluster.put(
        ResourceType.POD,
        object(
            """
            {apiVersion: v1, kind: Pod,
             metadata: {name: %s, namespace: shop, uid: pod-%s, ownerReferences: [{kind: Job, name: %s, uid: job-%s}]},
             spec: {%s containers: [{name: main, image: '%s'}]}, status: {%s}}
            """
                .formatted(
                    name,
                    name,
                    job,
                    jobUid,
                    status.contains("containerStatuses") ? "nodeName: worker-0," : "",
                    IMAGE,
                    status)));
  }

  private static String waiting(String reason, String message) {
    return "phase: Pending, containerStatuses: [{name: main, state: {waiting: {reason: %s, message: '%s'}}}]"
        .formatted(reason, message);
  }

  private void event(String kind, String name, String type, String reason, String message) {
    cluster.put(
        ResourceType.EVENT,
        object(
            """
            {apiVersion: v1, kind: Event, metadata: {name: %s-%s, namespace: shop}, type: %s, reason: %s,
             involvedObject: {kind: %s, name: %s}, lastTimestamp: '2026-11-22T10:00:00Z', message: '%s'}
            """
                .formatted(
                    name, reason.toLowerCase(Locale.ROOT), type, reason, kind, name, message)));
  }

  private List<Problem> look(int second) {
    HookWatch.Look look = watch.look(TimeUnit.SECONDS.toNanos(second));
    news.addAll(look.news());
    return look.certain();
  }

  private void isCertainAfter(int seconds) {
    for (int second = 100; second < 100 + seconds; second++) {
      assertThat(look(second)).as("after %d seconds", second - 100).isEmpty();
    }
    assertThat(look(100 + seconds)).hasSize(1);
  }

  private void isNeverCertain() {
    assertThat(look(100)).isEmpty();
    assertThat(look(100 + 10 * GRACE)).isEmpty();
  }

  private ProblemCode code() {
    assertThat(watch.problems()).hasSize(1);
    return watch.problems().get(0).code();
  }

  @ParameterizedTest
  @CsvSource({
    "ImagePullBackOff, manifest unknown, PULL_IMAGE_NOT_FOUND, 2",
    "ErrImagePull, manifest unknown, PULL_IMAGE_NOT_FOUND, 10",
    "ImagePullBackOff, unauthorized, PULL_UNAUTHORIZED, 2",
    "ImagePullBackOff, access denied, PULL_DENIED, 2",
    "ImagePullBackOff, x509: unknown authority, PULL_CERTIFICATE_UNTRUSTED, 2",
    "ImagePullBackOff, no matching manifest for linux/arm64, PULL_PLATFORM_MISSING, 2",
    "InvalidImageName, invalid reference format, PULL_FAILED, 2",
    "ErrImageNeverPull, is not present with pull policy of Never, PULL_FAILED, 2",
    "ImagePullBackOff, connection refused, PULL_CONNECTION_REFUSED, 60",
    "ImagePullBackOff, no such host, PULL_HOST_UNKNOWN, 60",
    "ImagePullBackOff, 503 Service Unavailable, PULL_SERVER_FAILED, 60",
  })
  void anImageThatCannotBePulledIsCertainAfter(
      String reason, String message, ProblemCode code, int seconds) {
    pod(waiting(reason, message));
    isCertainAfter(seconds);
    assertThat(code()).isEqualTo(code);
    assertThat(watch.problems().get(0).describe()).contains("Pod shop/tls-x", IMAGE, message);
  }

  @Test
  void anImageThatIsRefusedAgainCountsFromTheFirstRefusal() {
    pod(waiting("ErrImagePull", "manifest unknown"));
    assertThat(look(100)).isEmpty();
    pod(waiting("ImagePullBackOff", "manifest unknown"));
    assertThat(look(101)).isEmpty();
    pod(waiting("ErrImagePull", "manifest unknown"));
    assertThat(look(102))
        .extracting(Problem::code)
        .containsExactly(ProblemCode.PULL_IMAGE_NOT_FOUND);
  }

  @Test
  void aPullThatSucceedsAtLastEndsTheDoubt() {
    pod(waiting("ImagePullBackOff", "manifest unknown"));
    assertThat(look(100)).isEmpty();
    pod("phase: Running, containerStatuses: [{name: main, state: {running: {}}}]");
    assertThat(look(101)).isEmpty();
    assertThat(watch.problems()).isEmpty();
    pod(waiting("ImagePullBackOff", "manifest unknown"));
    assertThat(look(102)).isEmpty();
  }

  @Test
  void aPodThatFitsNowhereHasTheWordsOfTheScheduler() {
    pod(
        "phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available: 3 Insufficient cpu.'}]");
    isCertainAfter(GRACE);
    assertThat(code()).isEqualTo(ProblemCode.POD_UNSCHEDULABLE);
    assertThat(news)
        .containsExactly(
            "hook Job tls: pod tls-x: cannot be scheduled: 0/3 nodes are available: 3 Insufficient cpu.");
  }

  @Test
  void aPodForWhichANodeIsBeingAddedWaits() {
    pod(
        "phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available'}]");
    event("Pod", "tls-x", "Normal", "TriggeredScaleUp", "pod triggered scale-up");
    isNeverCertain();
  }

  @Test
  void aPodThatNoSchedulerLooksAtWaitsForAScheduler() {
    pod("phase: Pending");
    isCertainAfter(GRACE);
    assertThat(code()).isEqualTo(ProblemCode.POD_WITHOUT_SCHEDULER);
    assertThat(news)
        .containsExactly(
            "hook Job tls: pod tls-x: waits for the scheduler 'default-scheduler', which has not looked at it");
  }

  @Test
  void aMissingSecretOfAVariableIsCertainAfterTenSeconds() {
    pod(waiting("CreateContainerConfigError", "secret \"llm\" not found"));
    isCertainAfter(10);
    assertThat(code()).isEqualTo(ProblemCode.CONTAINER_WAITING);
    assertThat(watch.problems().get(0).message()).contains("secret \"llm\" not found");
  }

  @Test
  void aMissingSecretOfAVolumeIsCertainAfterTheGrace() {
    pod(
        "phase: Pending, containerStatuses: [{name: main, state: {waiting: {reason: ContainerCreating}}}]");
    event(
        "Pod",
        "tls-x",
        "Warning",
        "FailedMount",
        "MountVolume.SetUp failed for volume \"ca\" : secret \"ca\" not found");
    isCertainAfter(GRACE);
  }

  @Test
  void aContainerThatCrashesIsLeftToItsJob() {
    pod(waiting("CrashLoopBackOff", "back-off restarting failed container"));
    isNeverCertain();
  }

  @Test
  void aContainerThatCrashesInARunningPodIsToldAsSuch() {
    pod(waiting("CrashLoopBackOff", "back-off 10s").replace("Pending", "Running"));
    isNeverCertain();
    assertThat(news)
        .containsExactly(
            "hook Job tls: pod tls-x: CrashLoopBackOff in container main: back-off 10s");
  }

  @Test
  void aJobWhosePodIsForbiddenIsCertainAfterTheGrace() {
    event("Job", "tls", "Warning", "FailedCreate", "pods is forbidden: exceeded quota");
    isCertainAfter(GRACE);
    assertThat(code()).isEqualTo(ProblemCode.JOB_WITHOUT_POD);
    assertThat(news).containsExactly("hook Job tls: has no pod: pods is forbidden: exceeded quota");
  }

  @Test
  void aPodHasTwoSecondsToGetANode() {
    watch =
        new HookWatch(
            cluster,
            ReleaseHooks.of(RenderedChart.parse(CHART), RELEASE, "install"),
            Duration.ZERO);
    job("tls", "2", "pre-install", "");
    podOf("tls", "2", "tls-y", "phase: Pending");
    isCertainAfter(2);
  }

  @Test
  void aFailedJobNamesItsPodAndTheEndOfItsLog() {
    pod("phase: Failed");
    cluster.putLog("shop", "tls-x", "main", "openssl: not found\n");
    job(
        "tls",
        "1",
        "pre-install",
        "conditions: [{type: Failed, status: 'True', message: Job has reached the specified backoff limit}]");
    isCertainAfter(2);
    assertThat(watch.problems().get(0).describe())
        .startsWith(
            "Job shop/tls: has failed: Job has reached the specified backoff limit; the log of its pod tls-x ends: openssl: not found;");
  }

  @Test
  void aFailedJobThatHasRemovedItsPodsStillNamesTheLog() {
    cluster.putLog("shop", "tls-x", "main", "openssl: not found\n");
    pod(waiting("CrashLoopBackOff", "back-off restarting failed container"));
    assertThat(look(100)).isEmpty();
    podOf("other", "2", "tls-x", "phase: Failed");
    job("tls", "1", "pre-install", "conditions: [{type: Failed, status: 'True'}]");
    assertThat(look(101)).isEmpty();
    assertThat(watch.problems().get(0).message())
        .isEqualTo("has failed; the log of its pod tls-x ends: openssl: not found");
  }

  @Test
  void aFailedAttemptIsLeftToItsJob() {
    pod("phase: Failed");
    isNeverCertain();
    assertThat(news).containsExactly("hook Job tls: pod tls-x: failed");
  }

  @Test
  void thePodOfAJobIsNoHookOfItsOwn() {
    pod("phase: Failed");
    cluster.put(
        ResourceType.POD,
        cluster
            .get(ResourceType.POD, "shop", "tls-x")
            .orElseThrow()
            .with("pre-install", "metadata", "annotations", "helm.sh/hook")
            .with("shop", "metadata", "labels", "app.kubernetes.io/instance"));
    isNeverCertain();
  }

  @Test
  void aHookThatIsAPodFailsWithIt() {
    cluster.put(
        ResourceType.POD,
        object(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: smoke, namespace: shop, uid: s, annotations: {helm.sh/hook: post-install}},
             spec: {nodeName: worker-0, containers: [{name: main, image: '%s'}]}, status: {phase: Failed}}
            """
                .formatted(IMAGE)));
    cluster.putLog("shop", "smoke", "main", "no answer\n");
    isCertainAfter(2);
    assertThat(watch.problems().get(0).describe())
        .startsWith("Pod shop/smoke: is Failed; its log ends: no answer;");
  }

  @Test
  void whatAnEarlierRunHasLeftIsNotJudged() {
    pod(waiting("ImagePullBackOff", "manifest unknown"));
    watch = watch("install");
    isNeverCertain();
    podOf("tls", "1", "tls-y", waiting("ImagePullBackOff", "manifest unknown"));
    isNeverCertain();
    job("tls", "2", "pre-install", "");
    podOf("tls", "2", "tls-z", waiting("ImagePullBackOff", "manifest unknown"));
    isCertainAfter(2);
    assertThat(watch.problems())
        .extracting(problem -> problem.subject().name())
        .containsExactly("shop/tls-z");
  }

  @Test
  void onlyTheHooksOfTheOperationAreJudged() {
    podOf("cleanup", "3", "cleanup-x", waiting("ImagePullBackOff", "manifest unknown"));
    job("cleanup", "3", "post-delete", "");
    podOf("report", "4", "report-x", waiting("ImagePullBackOff", "manifest unknown"));
    job("report", "4", "", "");
    podOf("foreign", "5", "foreign-x", waiting("ImagePullBackOff", "manifest unknown"));
    job("foreign", "5", "pre-install", "");
    isNeverCertain();
  }

  @Test
  void hooksWithGeneratedNamesAreJudged() {
    job("seed-9x2", "6", "post-install", "");
    podOf("seed-9x2", "6", "seed-9x2-a", waiting("ImagePullBackOff", "manifest unknown"));
    isCertainAfter(2);
  }

  @Test
  void hooksThatOnlyAnUpgradeRendersAreKnownByTheirLabels() {
    watch = watch("upgrade");
    podOf("crds", "7", "crds-x", waiting("ImagePullBackOff", "manifest unknown"));
    job("crds", "7", "pre-upgrade", "");
    cluster.put(
        ResourceType.JOB,
        cluster
            .get(ResourceType.JOB, "shop", "crds")
            .orElseThrow()
            .with("shop", "metadata", "labels", "app.kubernetes.io/instance"));
    isCertainAfter(2);
  }

  @Test
  void aHookThatHelmHasRemovedIsNotCertainLater() {
    pod(waiting("ImagePullBackOff", "connection refused"));
    assertThat(look(100)).isEmpty();
    KubernetesObject job = cluster.get(ResourceType.JOB, "shop", "tls").orElseThrow();
    cluster.put(
        ResourceType.JOB, job.with("2026-11-22T10:00:00Z", "metadata", "deletionTimestamp"));
    assertThat(look(100 + GRACE)).isEmpty();
    assertThat(code()).isEqualTo(ProblemCode.PULL_CONNECTION_REFUSED);
  }

  @Test
  void peopleAreToldWhatAHookDoes() {
    look(100);
    pod(
        "phase: Pending, containerStatuses: [{name: main, state: {waiting: {reason: ContainerCreating}}}]");
    look(101);
    event("Pod", "tls-x", "Normal", "Pulling", "Pulling image harbor.corp/tls:1");
    look(102);
    look(103);
    pod("phase: Running, containerStatuses: [{name: main, state: {running: {}}}]");
    look(104);
    job("tls", "1", "pre-install", "conditions: [{type: Complete, status: 'True'}]");
    look(105);
    assertThat(news)
        .containsExactly(
            "hook Job tls: has no pod yet",
            "hook Job tls: pod tls-x: starting",
            "hook Job tls: pod tls-x: pulling image harbor.corp/tls:1",
            "hook Job tls: pod tls-x: running",
            "hook Job tls: complete");
  }
}
