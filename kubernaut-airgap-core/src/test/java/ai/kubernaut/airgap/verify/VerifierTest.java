package ai.kubernaut.airgap.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.verify.Check.Kind;
import ai.kubernaut.airgap.verify.Check.Result;
import ai.kubernaut.airgap.yaml.Yaml;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class VerifierTest {
  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();
  private static final String NAMESPACE = RELEASE.namespace();
  private static final String IMAGE = "harbor.corp/kubernaut-ai/gateway:v1.1.0";
  private static final WaitPolicy ONE_LOOK =
      WaitPolicy.of(Duration.ofNanos(1), Duration.ofNanos(1));

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final MemoryRegistryClient registries = MemoryRegistryClient.create();
  private final TemplateHelm helm = TemplateHelm.rendering("").with(RELEASE, 1, "deployed");
  private final List<ProgressEvent> events = new ArrayList<>();
  private Digest index;
  private Digest child;
  private MirrorPlan plan;

  /** The mirror holds an image for two platforms, and one pod of a Deployment runs it. */
  @BeforeEach
  void aReleaseThatRuns() {
    ImageRef target = ImageRef.parse(IMAGE);
    Manifest amd64 = manifest(Manifest.OCI_MANIFEST, "\"layers\":[]");
    child = amd64.digest();
    Manifest list =
        manifest(
            Manifest.OCI_INDEX,
            "\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]"
                .formatted(Manifest.OCI_MANIFEST, child, amd64.size()));
    index = list.digest();
    registries.writeManifest(target.repository().digest(child), amd64);
    registries.writeManifest(target, list);
    plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .addEntries(
                MirrorEntry.builder()
                    .source(ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0"))
                    .target(target)
                    .digest(index)
                    .build())
            .build();
    deployment("gateway", 1, 1);
    pod("gateway-1", IMAGE, "harbor.corp/kubernaut-ai/gateway@" + index, "Running", "");
  }

  private static Manifest manifest(String type, String content) {
    return Manifest.of(
        type,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",%s}".formatted(type, content).getBytes(UTF_8));
  }

  private static KubernetesObject object(String yaml) {
    return KubernetesObject.of(
        Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED)));
  }

  private void deployment(String name, int wanted, int ready) {
    cluster.put(
        ResourceType.DEPLOYMENT,
        object(
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, namespace: %s, generation: 2},
             spec: {replicas: %d}, status: {observedGeneration: 2, updatedReplicas: %d, readyReplicas: %d}}
            """
                .formatted(name, NAMESPACE, wanted, wanted, ready)));
  }

  /** A pod of one container; {@code more} goes into its status, or replaces the usual one. */
  private KubernetesObject pod(
      String name, String image, String imageId, String phase, String more) {
    String usual =
        phase.equals("Running")
            ? "conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: main, imageID: '%s', state: {running: {}}}]"
                .formatted(imageId)
            : "containerStatuses: [{name: main, imageID: '%s'}]".formatted(imageId);
    KubernetesObject pod =
        object(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: {app: gateway}},
             spec: {containers: [{name: main, image: '%s', ports: [{name: http, containerPort: 8080}],
               livenessProbe: {httpGet: {path: /healthz, port: http}}}]},
             status: {phase: %s, %s}}
            """
                .formatted(name, NAMESPACE, image, phase, more.isEmpty() ? usual : more));
    cluster.put(ResourceType.POD, pod);
    return pod;
  }

  private void waiting(String name, String reason, String message) {
    pod(
        name,
        IMAGE,
        "",
        "Pending",
        "containerStatuses: [{name: main, imageID: '', state: {waiting: {reason: %s, message: '%s'}}}]"
            .formatted(reason, message));
  }

  private void event(String pod, String time, String message) {
    cluster.put(
        ResourceType.EVENT,
        object(
            """
            {apiVersion: v1, kind: Event, metadata: {name: e%s, namespace: %s}, type: Warning, lastTimestamp: '%s',
             involvedObject: {kind: Pod, name: %s}, message: '%s'}
            """
                .formatted(
                    Integer.toHexString(message.hashCode()), NAMESPACE, time, pod, message)));
  }

  private void job(String name, String condition) {
    cluster.put(
        ResourceType.JOB,
        object(
            """
            {apiVersion: batch/v1, kind: Job, metadata: {name: %s, namespace: %s},
             status: {conditions: [{type: %s, status: 'True'}]}}
            """
                .formatted(name, NAMESPACE, condition)));
  }

  private void podOfJob(String name, String job, String phase, String log) {
    KubernetesObject pod = pod(name, IMAGE, "harbor.corp/kubernaut-ai/gateway@" + index, phase, "");
    cluster.put(
        ResourceType.POD,
        pod.with(List.of(Map.of("kind", "Job", "name", job)), "metadata", "ownerReferences"));
    cluster.putLog(NAMESPACE, name, "main", log);
  }

  private VerificationReport verify() {
    return verify(ONE_LOOK);
  }

  private VerificationReport verify(WaitPolicy waitPolicy) {
    return new Verifier(cluster, helm, registries, events::add)
        .verify(
            Installation.of(RELEASE, plan), VerifyOptions.builder().waitPolicy(waitPolicy).build());
  }

  private Check only(Kind kind) {
    List<Check> checks = verify().checks().stream().filter(check -> check.kind() == kind).toList();
    assertThat(checks).hasSize(1);
    return checks.get(0);
  }

  private Check problem() {
    List<Check> problems =
        verify().checks().stream().filter(check -> check.problem().isPresent()).toList();
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  private static ProblemCode code(Check check) {
    return check.problem().orElseThrow().code();
  }

  @Test
  void aReleaseThatRunsFromTheMirrorPasses() {
    VerificationReport report = verify();
    assertThat(report.problems()).isEmpty();
    assertThat(report.isOk()).isTrue();
    assertThat(report.orElseThrow()).isSameAs(report);
    assertThat(report.checks())
        .extracting(Check::kind)
        .containsExactly(Kind.RELEASE, Kind.WORKLOAD, Kind.JOB, Kind.POD, Kind.IMAGE);
    assertThat(report.summary())
        .isEqualTo("1 pods are up, 1 containers run mirrored digests; all 5 checks passed");
    assertThat(events).last().hasToString(report.summary());
  }

  @Test
  void theDigestOfThePlatformsManifestIsRightToo() {
    pod(
        "gateway-1",
        IMAGE,
        "docker-pullable://harbor.corp/kubernaut-ai/gateway@" + child,
        "Running",
        "");
    assertThat(only(Kind.IMAGE).result()).isEqualTo(Result.PASS);
    assertThat(only(Kind.IMAGE).detail())
        .isEqualTo(IMAGE + " " + child.abbreviated() + ", the manifest of a platform");
  }

  @Test
  void anotherDigestThanTheMirroredOneFails() {
    Digest other = Digest.sha256("other".getBytes(UTF_8));
    pod("gateway-1", IMAGE, "harbor.corp/kubernaut-ai/gateway@" + other, "Running", "");
    Check check = problem();
    assertThat(check.kind()).isEqualTo(Kind.IMAGE);
    assertThat(check.result()).isEqualTo(Result.FAIL);
    assertThat(check.subject()).hasToString("container " + NAMESPACE + "/gateway-1/main");
    assertThat(code(check)).isEqualTo(ProblemCode.IMAGE_DIGEST_DIFFERS);
    assertThat(check.detail())
        .contains("runs " + other + " of " + IMAGE)
        .contains(index.toString());
    assertThat(check.remedy().orElse("")).contains("restart the pod with imagePullPolicy Always");
  }

  @Test
  void aPodThatPullsByTheMirroredDigestPasses() {
    String pinned = "harbor.corp/kubernaut-ai/gateway@" + index;
    pod("gateway-1", pinned, pinned, "Running", "");
    assertThat(only(Kind.IMAGE).result()).isEqualTo(Result.PASS);
    assertThat(only(Kind.IMAGE).detail()).isEqualTo(IMAGE + " " + index.abbreviated());
    plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .image(ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0"))
            .build();
    assertThat(only(Kind.IMAGE).result()).as("the mirror tells the digest").isEqualTo(Result.PASS);
  }

  @Test
  void aPodThatPullsByAnotherDigestFails() {
    String other = "harbor.corp/kubernaut-ai/gateway@" + Digest.sha256("other".getBytes(UTF_8));
    pod("gateway-1", other, other, "Running", "");
    assertThat(problem().detail()).contains("in the mirror but not in the plan");
    plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .image(ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0"))
            .build();
    assertThat(code(problem())).isEqualTo(ProblemCode.IMAGE_DIGEST_DIFFERS);
    assertThat(problem().detail())
        .containsPattern("and the mirrored image is sha256:[0-9a-f]{64} or sha256:[0-9a-f]{64}$");
  }

  @Test
  void anImageOutsideTheMirrorFails() {
    String outside = "quay.io/kubernaut-ai/gateway:v1.1.0";
    pod("gateway-1", outside, "quay.io/kubernaut-ai/gateway@" + index, "Running", "");
    assertThat(code(problem())).isEqualTo(ProblemCode.IMAGE_FROM_ELSEWHERE);
    assertThat(problem().detail())
        .isEqualTo("runs " + outside + ", which does not come from harbor.corp");
    assertThat(problem().remedy().orElse("")).contains("install from the mirror again");
  }

  @Test
  void anImageThatMirrorRulesRedirectToTheMirrorPasses() {
    String source = "quay.io/kubernaut-ai/gateway@" + index;
    pod("gateway-1", source, source, "Running", "");
    assertThat(code(problem())).isEqualTo(ProblemCode.IMAGE_FROM_ELSEWHERE);
    mirrorRule("quay.io/kubernaut-ai", "harbor.corp/kubernaut-ai");
    assertThat(only(Kind.IMAGE).result()).isEqualTo(Result.PASS);
    assertThat(only(Kind.IMAGE).detail())
        .isEqualTo(source + ", redirected to " + IMAGE + " " + index.abbreviated());
  }

  @Test
  void anImageThatMirrorRulesRedirectAndThatHasAnotherDigestFails() {
    Digest other = Digest.sha256("other".getBytes(UTF_8));
    mirrorRule("quay.io/kubernaut-ai", "harbor.corp/kubernaut-ai");
    pod(
        "gateway-1",
        "quay.io/kubernaut-ai/gateway@" + other,
        "quay.io/kubernaut-ai/gateway@" + other,
        "Running",
        "");
    assertThat(code(problem())).isEqualTo(ProblemCode.IMAGE_FROM_ELSEWHERE);
  }

  private void mirrorRule(String source, String mirror) {
    cluster.put(
        ResourceType.cluster(
            "config.openshift.io/v1", "ImageDigestMirrorSet", "imagedigestmirrorsets"),
        object(
            """
            {apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: rules},
             spec: {imageDigestMirrors: [{source: %s, mirrors: [%s]}]}}
            """
                .formatted(source, mirror)));
  }

  @Test
  void anImageOfTheMirrorThatThePlanDoesNotKnowFails() {
    pod("gateway-1", "harbor.corp/else:1", "harbor.corp/else@" + index, "Running", "");
    assertThat(code(problem())).isEqualTo(ProblemCode.IMAGE_NOT_PLANNED);
    assertThat(problem().detail()).contains("in the mirror but not in the plan");
  }

  @Test
  void anUntaggedReferenceIsTheLatest() {
    ImageRef target = ImageRef.parse("harbor.corp/rhel10/valkey-8:latest");
    Manifest manifest = manifest(Manifest.OCI_MANIFEST, "\"layers\":[ ]");
    registries.writeManifest(target, manifest);
    plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .image(ImageRef.parse("registry.redhat.io/rhel10/valkey-8"))
            .build();
    pod("gateway-1", "harbor.corp/rhel10/valkey-8", "x@" + manifest.digest(), "Running", "");
    assertThat(only(Kind.IMAGE).result()).isEqualTo(Result.PASS);
  }

  @Test
  void aMirrorThatCannotBeAskedFailsTheImageAlone() {
    plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .image(ImageRef.parse("quay.io/gone:1"))
            .build();
    pod("gateway-1", "harbor.corp/gone:1", "x@" + index, "Running", "");
    assertThat(problem().kind()).isEqualTo(Kind.IMAGE);
    assertThat(code(problem())).isEqualTo(ProblemCode.IMAGE_DIGEST_UNVERIFIED);
    assertThat(problem().detail()).contains("its digest cannot be compared: ");
    assertThat(problem().remedy().orElse("")).contains("allow this machine to read the mirror");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "manifest for harbor.corp/x not found: manifest unknown | PULL_IMAGE_NOT_FOUND | mirror the plan again",
        "unauthorized: authentication required | PULL_UNAUTHORIZED | configure the pull secret again",
        "denied: requested access to the resource is denied | PULL_DENIED | allow their user to read it",
        "x509: certificate signed by unknown authority | PULL_CERTIFICATE_UNTRUSTED | additionalTrustedCA",
        "dial tcp: lookup harbor.corp: no such host | PULL_HOST_UNKNOWN | check the registry s name",
        "no matching manifest for linux/arm64/v8 | PULL_PLATFORM_MISSING | mirror every platform",
        "toomanyrequests: You have reached your limit | PULL_RATE_LIMITED | this is not the mirror",
        "http: server gave HTTP response to HTTPS client | PULL_PLAIN_HTTP | the mirror speaks plain HTTP",
        "dial tcp 10.0.0.1:443: connect: connection refused | PULL_CONNECTION_REFUSED | check that the registry runs",
        "dial tcp 10.0.0.1:443: i/o timeout | PULL_TIMEOUT | check routes and firewalls",
        "something that nobody has seen yet | PULL_FAILED | look at the events of the pod",
      })
  void aFailedPullIsExplainedByItsEvents(String message, ProblemCode code, String remedy) {
    waiting("gateway-2", "ImagePullBackOff", "Back-off pulling image");
    event("gateway-2", "2026-11-22T10:00:00Z", "Failed to pull image: an older failure");
    event("gateway-2", "2026-11-22T10:00:05Z", "Failed to pull image: " + message);
    event("gateway-3", "2026-11-22T10:00:09Z", "Failed to pull image: another pod");
    Check check = problem();
    assertThat(check.kind()).isEqualTo(Kind.POD);
    assertThat(check.result()).isEqualTo(Result.FAIL);
    assertThat(check.subject()).hasToString("Pod " + NAMESPACE + "/gateway-2");
    assertThat(check.detail())
        .startsWith("ImagePullBackOff: container main cannot pull " + IMAGE)
        .contains(message)
        .doesNotContain("another pod");
    assertThat(check.problem()).map(Problem::code).contains(code);
    assertThat(check.remedy().orElse("").replace('\'', ' ')).contains(remedy);
  }

  @Test
  void theFirstFailedPullMayPass() {
    waiting("gateway-2", "ErrImagePull", "manifest unknown");
    assertThat(problem().result()).isEqualTo(Result.PENDING);
    assertThat(problem().remedy().orElse("")).contains("mirror the plan again");
  }

  @Test
  void aFailedPullOfAnInitContainerIsSeen() {
    KubernetesObject pod =
        object(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: gateway-2, namespace: %s},
             spec: {initContainers: [{name: wait, image: harbor.corp/wait:1}], containers: [{name: main, image: '%s'}]},
             status: {phase: Pending, initContainerStatuses: [{name: wait, state: {waiting: {reason: InvalidImageName, message: bad}}}],
               containerStatuses: [{name: main, state: {waiting: {reason: PodInitializing}}}]}}
            """
                .formatted(NAMESPACE, IMAGE));
    cluster.put(ResourceType.POD, pod);
    assertThat(problem().detail())
        .isEqualTo("InvalidImageName: container wait cannot pull harbor.corp/wait:1: bad");
  }

  @Test
  void aDeploymentWithoutItsPodsIsAProblem() {
    deployment("datastorage", 2, 0);
    Check check = problem();
    assertThat(check.kind()).isEqualTo(Kind.WORKLOAD);
    assertThat(check.result()).isEqualTo(Result.PENDING);
    assertThat(check.subject()).hasToString("Deployment " + NAMESPACE + "/datastorage");
    assertThat(check.detail()).isEqualTo("0 of 2 pods are ready");
  }

  @Test
  void aDeploymentThatWasNotLookedAtYetIsPending() {
    cluster.put(
        ResourceType.DEPLOYMENT,
        object(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: gateway, namespace: %s, generation: 3}, spec: {replicas: 1}, status: {observedGeneration: 2, readyReplicas: 1}}"
                .formatted(NAMESPACE)));
    assertThat(only(Kind.WORKLOAD).result()).isEqualTo(Result.PENDING);
    assertThat(only(Kind.WORKLOAD).detail()).contains("has not observed generation 3");
  }

  @ParameterizedTest
  @CsvSource({
    "Deployment, 'replicas: 2', 'readyReplicas: 2, updatedReplicas: 1'",
    "StatefulSet, 'replicas: 2', 'readyReplicas: 2, updatedReplicas: 1, currentRevision: a, updateRevision: b'",
    "DaemonSet, '', 'desiredNumberScheduled: 2, numberReady: 2, updatedNumberScheduled: 1'"
  })
  void anUpdateThatHasNotArrivedOnAllPodsIsPending(String kind, String spec, String status) {
    workload(kind, spec, status);
    Check check = updated();
    assertThat(check.result()).isEqualTo(Result.PENDING);
    assertThat(check.problem().orElseThrow().code()).isEqualTo(ProblemCode.WORKLOAD_NOT_UPDATED);
    assertThat(check.subject()).hasToString(kind + " " + NAMESPACE + "/updated");
    assertThat(check.detail()).contains("1 of 2 pods have its current template");
  }

  @ParameterizedTest
  @CsvSource({
    "Deployment, 'replicas: 2', 'readyReplicas: 2, updatedReplicas: 2'",
    "Deployment, 'replicas: 0', ''",
    "StatefulSet, 'replicas: 2', 'readyReplicas: 2, currentRevision: a, updateRevision: a'",
    "StatefulSet, 'replicas: 2, updateStrategy: {rollingUpdate: {partition: 1}}', 'readyReplicas: 2, updatedReplicas: 1, currentRevision: a, updateRevision: b'",
    "StatefulSet, 'replicas: 2, updateStrategy: {type: OnDelete}', 'readyReplicas: 2, currentRevision: a, updateRevision: b'",
    "DaemonSet, '', 'desiredNumberScheduled: 2, numberReady: 2, updatedNumberScheduled: 2'",
    "DaemonSet, 'updateStrategy: {type: OnDelete}', 'desiredNumberScheduled: 2, numberReady: 2'"
  })
  void aWorkloadWhosePodsAreUpToDatePasses(String kind, String spec, String status) {
    workload(kind, spec, status);
    assertThat(updated().result()).isEqualTo(Result.PASS);
  }

  @Test
  void aDaemonSetWithoutItsPodsIsAProblem() {
    workload("DaemonSet", "", "desiredNumberScheduled: 2, numberReady: 1");
    assertThat(updated().detail()).isEqualTo("1 of 2 pods are ready");
  }

  private Check updated() {
    return verify().checks().stream()
        .filter(check -> check.subject().name().endsWith("/updated"))
        .findFirst()
        .orElseThrow();
  }

  private void workload(String kind, String spec, String status) {
    cluster.put(
        ResourceType.namespaced("apps/v1", kind, kind.toLowerCase(Locale.ROOT) + "s"),
        object(
            "{apiVersion: apps/v1, kind: %s, metadata: {name: updated, namespace: %s}, spec: {%s}, status: {%s}}"
                .formatted(kind, NAMESPACE, spec, status)));
  }

  @Test
  void nothingAtAllIsAProblem() {
    MemoryClusterClient empty = MemoryClusterClient.kubernetes();
    VerificationReport report =
        new Verifier(empty, TemplateHelm.rendering(""), registries, events::add)
            .verify(
                Installation.of(RELEASE, plan),
                VerifyOptions.builder().waitPolicy(ONE_LOOK).build());
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(
            ProblemCode.RELEASE_NOT_FOUND,
            ProblemCode.WORKLOADS_MISSING,
            ProblemCode.MIGRATION_JOB_MISSING);
  }

  @Test
  void aReleaseThatHelmDidNotFinishFails() {
    helm.with(RELEASE, 3, "failed");
    Check check = only(Kind.RELEASE);
    assertThat(check.result()).isEqualTo(Result.FAIL);
    assertThat(check.detail()).isEqualTo("kubernaut-1.1.0 is failed at revision 3");
    assertThat(check.problem()).map(Problem::code).contains(ProblemCode.RELEASE_NOT_DEPLOYED);
  }

  @Test
  void aFailedJobFailsWithTheEndOfItsLog() {
    job("kubernaut-db-migration", "Failed");
    podOfJob(
        "migration-1", "kubernaut-db-migration", "Failed", "1\n2\n3\n4\n5\nconnection refused\n");
    Check check = problem();
    assertThat(check.kind()).isEqualTo(Kind.JOB);
    assertThat(code(check)).isEqualTo(ProblemCode.JOB_FAILED);
    assertThat(check.detail())
        .isEqualTo(
            "has failed; the log of its pod migration-1 ends: 2 | 3 | 4 | 5 | connection refused");
    assertThat(check.remedy().orElse("")).contains("upgrade the release");
  }

  @Test
  void aCompleteJobCountsAndNotItsFailedAttempts() {
    job("kubernaut-db-migration", "Complete");
    podOfJob("migration-1", "kubernaut-db-migration", "Failed", "no database yet");
    podOfJob("migration-2", "kubernaut-db-migration", "Succeeded", "done");
    assertThat(verify().problems()).isEmpty();
    assertThat(only(Kind.JOB).detail()).isEqualTo("is complete");
  }

  @Test
  void aJobThatStillRunsIsPending() {
    job("kubernaut-db-migration", "Suspended");
    podOfJob("migration-1", "kubernaut-db-migration", "Running", "waiting for the database\n");
    assertThat(verify().problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.JOB_NOT_COMPLETE);
    assertThat(only(Kind.JOB).result()).isEqualTo(Result.PENDING);
    assertThat(only(Kind.JOB).detail())
        .isEqualTo("is not complete yet; its log ends: waiting for the database");
  }

  @Test
  void aPodOfAJobThatHasNotCompletedIsPending() {
    KubernetesObject pod = pod("migration-1", IMAGE, "x@" + index, "Running", "");
    cluster.put(
        ResourceType.POD,
        pod.with(List.of(), "status", "conditions")
            .with(
                List.of(Map.of("kind", "Job", "name", "kubernaut-db-migration")),
                "metadata",
                "ownerReferences"));
    assertThat(problem().result()).isEqualTo(Result.PENDING);
    assertThat(code(problem())).isEqualTo(ProblemCode.POD_OF_JOB_RUNNING);
  }

  @Test
  void aMigrationThatHelmHasRemovedHasSucceeded() {
    Check check = only(Kind.JOB);
    assertThat(check.result()).isEqualTo(Result.PASS);
    assertThat(check.detail())
        .contains("Helm removes it once it has succeeded, and the release is deployed");
    helm.with(RELEASE, 1, "pending-install");
    assertThat(only(Kind.JOB).result()).isEqualTo(Result.PENDING);
  }

  @Test
  void aCrashLoopMayEndAndShowsTheEndOfTheLog() {
    waiting("gateway-2", "CrashLoopBackOff", "back-off 5m0s restarting failed container");
    cluster.putLog(NAMESPACE, "gateway-2", "main", "panic: no config\n");
    Check check = problem();
    assertThat(check.result()).isEqualTo(Result.PENDING);
    assertThat(code(check)).isEqualTo(ProblemCode.CONTAINER_WAITING);
    assertThat(check.detail())
        .isEqualTo(
            "CrashLoopBackOff in container main: back-off 5m0s restarting failed container; its log ends: panic: no config");
  }

  @Test
  void aPodThatFitsNowhereSaysWhy() {
    pod(
        "gateway-2",
        IMAGE,
        "",
        "Pending",
        "conditions: [{type: PodScheduled, status: 'False', message: '0/3 nodes are available: insufficient memory'}]");
    assertThat(problem().result()).isEqualTo(Result.PENDING);
    assertThat(problem().detail())
        .isEqualTo("cannot be scheduled: 0/3 nodes are available: insufficient memory");
    assertThat(code(problem())).isEqualTo(ProblemCode.POD_UNSCHEDULABLE);
  }

  @Test
  void aPodThatNoSchedulerHasLookedAtSaysSo() {
    cluster.put(
        ResourceType.POD,
        object(
            "{apiVersion: v1, kind: Pod, metadata: {name: gateway-2, namespace: %s}, spec: {schedulerName: batch, containers: []}, status: {phase: Pending}}"
                .formatted(NAMESPACE)));
    assertThat(code(problem())).isEqualTo(ProblemCode.POD_WITHOUT_SCHEDULER);
    assertThat(problem().result()).isEqualTo(Result.PENDING);
    assertThat(problem().detail())
        .isEqualTo("waits for the scheduler 'batch', which has not looked at it");
  }

  @Test
  void aPodThatIsNotReadySaysWhatItsEventsSay() {
    pod(
        "gateway-2",
        IMAGE,
        "",
        "Running",
        "conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main, imageID: 'x@%s', state: {running: {}}}]"
            .formatted(index));
    event("gateway-2", "2026-11-22T10:00:00Z", "Readiness probe failed: 503");
    assertThat(code(problem())).isEqualTo(ProblemCode.POD_NOT_READY);
    assertThat(problem().detail()).isEqualTo("runs but is not ready: Readiness probe failed: 503");
  }

  @Test
  void podsOnTheirWayOutAreIgnored() {
    KubernetesObject pod = pod("gateway-0", "quay.io/old:1", "quay.io/old@" + index, "Running", "");
    cluster.put(
        ResourceType.POD, pod.with("2026-11-22T10:00:00Z", "metadata", "deletionTimestamp"));
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void aPodThatWasEvictedAndReplacedIsNoProblem() {
    KubernetesObject pod = pod("gateway-0", IMAGE, "", "Failed", "reason: Evicted");
    cluster.put(
        ResourceType.POD,
        pod.with(
            List.of(Map.of("kind", "ReplicaSet", "name", "gateway-7d9f")),
            "metadata",
            "ownerReferences"));
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void aPodOfNobodyThatFailedIsAProblem() {
    pod("gateway-0", IMAGE, "", "Failed", "reason: Evicted");
    assertThat(problem().result()).isEqualTo(Result.FAIL);
    assertThat(code(problem())).isEqualTo(ProblemCode.POD_NOT_RUNNING);
    assertThat(problem().detail()).startsWith("is Failed");
  }

  private void service(String targetPort) {
    cluster.put(
        ResourceType.SERVICE,
        object(
            "{apiVersion: v1, kind: Service, metadata: {name: gateway, namespace: %s}, spec: {selector: {app: gateway}, ports: [{port: 80, targetPort: %s}]}}"
                .formatted(NAMESPACE, targetPort)));
  }

  @ParameterizedTest
  @CsvSource({"http", "8080"})
  void aServiceIsAskedAtThePathOfItsProbe(String targetPort) {
    service(targetPort);
    cluster.putAnswer(NAMESPACE, "gateway", "/healthz", ServiceResponse.of(200, "ok"));
    Check check = only(Kind.HEALTH);
    assertThat(check.result()).isEqualTo(Result.PASS);
    assertThat(check.subject()).hasToString("Service kubernaut-system/gateway");
    assertThat(check.detail()).isEqualTo("GET /healthz on port 80 returns 200");
  }

  private void probe(String httpGet) {
    cluster.put(
        ResourceType.POD,
        object(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: gateway-1, namespace: %s, labels: {app: gateway}},
             spec: {containers: [{name: main, image: '%s', ports: [{name: http, containerPort: 8080}],
               livenessProbe: {httpGet: %s}}]},
             status: {phase: Running, conditions: [{type: Ready, status: 'True'}],
               containerStatuses: [{name: main, imageID: 'x@%s', state: {running: {}}}]}}
            """
                .formatted(NAMESPACE, IMAGE, httpGet, index)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../api/v1/secrets",
        "/%2e%2e/%2e%2e/x",
        "/..\\..",
        "//evil/x",
        "/a#b",
        "/a\nb",
        "/a\u001bb"
      })
  void aProbeWhosePathLeavesTheServiceIsAProblemAndIsNotSent(String path) {
    service("http");
    probe(
        "{path: \""
            + path.replace("\\", "\\\\").replace("\n", "\\n").replace("\u001b", "\\e")
            + "\", port: http}");
    Check check = only(Kind.HEALTH);
    assertThat(check.result()).isEqualTo(Result.FAIL);
    assertThat(code(check)).isEqualTo(ProblemCode.PROBE_PATH_INVALID);
    assertThat(check.detail())
        .contains("of its pod's probe was not requested: it has")
        .doesNotContainPattern("\\p{Cntrl}");
    assertThat(check.remedy()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{path: '/healthz?full=1', port: http}",
        "{path: /healthz, port: http, host: elsewhere.example.com}"
      })
  void aProbeThatOnlyTheKubeletCanMakeIsSkipped(String httpGet) {
    service("http");
    probe(httpGet);
    assertThat(only(Kind.HEALTH).result()).isEqualTo(Result.SKIPPED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "../x", "a/b", "'80 81'", "-1"})
  void aServicePortThatIsNoneIsAProblem(String port) {
    cluster.put(
        ResourceType.SERVICE,
        object(
            "{apiVersion: v1, kind: Service, metadata: {name: gateway, namespace: %s}, spec: {selector: {app: gateway}, ports: [{port: %s, targetPort: http}]}}"
                .formatted(NAMESPACE, port)));
    probe("{path: /healthz, port: http}");
    assertThat(only(Kind.HEALTH).result()).isEqualTo(Result.FAIL);
    assertThat(code(only(Kind.HEALTH))).isEqualTo(ProblemCode.SERVICE_PORT_INVALID);
    assertThat(only(Kind.HEALTH).detail()).contains("is not a port");
  }

  @Test
  void aServiceThatIsNotHealthyIsAProblem() {
    service("http");
    cluster.putAnswer(NAMESPACE, "gateway", "/healthz", ServiceResponse.of(503, "no database\n"));
    assertThat(problem().kind()).isEqualTo(Kind.HEALTH);
    assertThat(problem().result()).isEqualTo(Result.PENDING);
    assertThat(code(problem())).isEqualTo(ProblemCode.SERVICE_UNHEALTHY);
    assertThat(problem().detail()).isEqualTo("GET /healthz on port 80 returns 503: no database");
  }

  @Test
  void aPortThatNoProbeAsksIsLeftToTheKubelet() {
    service("9090");
    assertThat(verify().checks()).extracting(Check::kind).doesNotContain(Kind.HEALTH);
  }

  @Test
  void whatIsPendingIsWaitedFor() {
    waiting("gateway-2", "ContainerCreating", "");
    AtomicInteger told = new AtomicInteger();
    VerificationReport report =
        new Verifier(
                cluster,
                helm,
                registries,
                event -> {
                  events.add(event);
                  if (event.toString().contains("waiting for 1 pods")) {
                    told.incrementAndGet();
                    pod("gateway-2", IMAGE, "x@" + index, "Running", "");
                  }
                })
            .verify(
                Installation.of(RELEASE, plan),
                VerifyOptions.builder()
                    .waitPolicy(WaitPolicy.of(Duration.ofSeconds(30), Duration.ofMillis(1)))
                    .build());
    assertThat(report.isOk()).isTrue();
    assertThat(told).hasValue(1);
  }

  @Test
  void whatHasFailedIsNotWaitedFor() {
    waiting("gateway-2", "ImagePullBackOff", "manifest unknown");
    deployment("gateway", 2, 1);
    VerificationReport report = verify(WaitPolicy.of(Duration.ofHours(1), Duration.ofMillis(1)));
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.WORKLOAD_NOT_READY, ProblemCode.PULL_IMAGE_NOT_FOUND);
  }

  @Test
  void whatIsWrongStandsInTheExceptionsMessageWithItsRemedy() {
    waiting("gateway-2", "ImagePullBackOff", "manifest unknown");
    VerificationReport report = verify();
    VerificationFailedException failure =
        catchThrowableOfType(VerificationFailedException.class, report::orElseThrow);
    assertThat(failure.report()).isEqualTo(report);
    assertThat(failure)
        .hasMessageStartingWith("the release kubernaut does not run as it should: 1 of ")
        .hasMessageContaining("\n  Pod kubernaut-system/gateway-2: ImagePullBackOff")
        .hasMessageContaining("; the image is not in the mirror: mirror the plan again");
  }
}
