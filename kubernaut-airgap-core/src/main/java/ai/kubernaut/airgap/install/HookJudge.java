package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.workload.WorkloadInspector;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides how long the pod of a hook may have a problem until it is certain that the hook cannot
 * succeed. Immutable.
 */
final class HookJudge {
  /** For what does not pass, such as an image that is missing and whose pull was tried again. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** For what rarely passes, such as an image whose pull was not tried again yet. */
  private static final Duration REPEATED = Duration.ofSeconds(10);

  /** A registry has answered, and a later answer would be the same. */
  private static final Set<ProblemCode> REFUSED_PULLS =
      Set.of(
          ProblemCode.PULL_IMAGE_NOT_FOUND,
          ProblemCode.PULL_UNAUTHORIZED,
          ProblemCode.PULL_DENIED,
          ProblemCode.PULL_CERTIFICATE_UNTRUSTED,
          ProblemCode.PULL_PLATFORM_MISSING,
          ProblemCode.PULL_PLAIN_HTTP);

  /** The node does not try to pull. */
  private static final Set<String> REFUSED_BY_NODE =
      Set.of("InvalidImageName", "ErrImageNeverPull", "SignatureValidationFailed");

  private static final Set<String> STARTING = Set.of("ContainerCreating", "PodInitializing");

  private static final Pattern MISSING_SOURCE =
      Pattern.compile("(secret|configmap) \".*\" not found|references non-existent");

  private final Duration grace;

  /** The kinds of problems; the time of a problem counts for all of its kind. */
  enum Kind {
    /** The pod has failed, or all attempts of the Job. */
    FAILED,
    /** The registry or the node refuses to pull the image. */
    REFUSED_PULL,
    /** The pull fails in another way. */
    FAILED_PULL,
    /** The pod has no node, or the Job no pod. */
    UNSCHEDULED,
    /** The container cannot be created. */
    NOT_CREATED
  }

  /**
   * A problem of a hook.
   *
   * @param patience how long it may be seen until it is certain that the hook cannot succeed
   */
  record Doubt(Kind kind, Problem problem, Duration patience) {}

  /**
   * What a hook is doing.
   *
   * @param state for people
   * @param doubt a problem; empty where there is none, or time alone may solve it
   * @param log the end of the log of a container that has crashed; otherwise empty
   */
  record Verdict(String state, Optional<Doubt> doubt, String log) {
    private static Verdict of(String state) {
      return new Verdict(state, Optional.empty(), "");
    }
  }

  HookJudge(Duration grace) {
    this.grace = grace;
  }

  private Duration atMostGrace(Duration patience) {
    return patience.compareTo(grace) < 0 ? patience : grace;
  }

  /** Returns the problem of a Job or a pod that has failed. */
  Doubt failed(Problem problem) {
    return new Doubt(Kind.FAILED, problem, patience(Kind.FAILED, ""));
  }

  /** Judges a Job that has no pod yet. */
  Verdict withoutPod(WorkloadInspector inspector, KubernetesObject job) {
    return inspector
        .job(job, List.of())
        .problem()
        .filter(problem -> problem.code() == ProblemCode.JOB_WITHOUT_POD)
        .map(
            problem ->
                new Verdict(
                    problem.message(),
                    Optional.of(
                        new Doubt(Kind.UNSCHEDULED, problem, patience(Kind.UNSCHEDULED, ""))),
                    ""))
        .orElse(Verdict.of("has no pod yet"));
  }

  /**
   * Judges a pod.
   *
   * @param job the Job that owns the pod and tries again when it fails; null for a pod of its own
   */
  Verdict pod(WorkloadInspector inspector, KubernetesObject pod, @Nullable KubernetesObject job) {
    String phase = pod.fields().text("status", "phase").orElse("");
    if (phase.equals("Succeeded")) {
      return Verdict.of("complete");
    }
    if (phase.equals("Running") && !isWaiting(pod)) {
      return Verdict.of("running");
    }
    if (phase.equals("Failed") && job != null) {
      return Verdict.of("failed");
    }
    Optional<Problem> found = inspector.pod(pod).problem();
    if (found.isEmpty()) {
      return Verdict.of("running");
    }
    Problem problem = found.get();
    if (phase.equals("Failed")) {
      return new Verdict(problem.message(), Optional.of(failed(problem)), "");
    }
    String reason = problem.parameters().getOrDefault("reason", "");
    String detail = problem.parameters().getOrDefault("detail", "");
    boolean isNodeOnItsWay = inspector.latestEvent(pod, "TriggeredScaleUp").isPresent();
    return new Verdict(
        STARTING.contains(reason) && detail.isEmpty()
            ? starting(inspector, pod)
            : problem.message(),
        kind(problem.code(), reason, detail, isNodeOnItsWay)
            .map(kind -> new Doubt(kind, problem, patience(kind, reason))),
        problem.parameters().getOrDefault("log", ""));
  }

  private static boolean isWaiting(KubernetesObject pod) {
    return pod.fields().list("status", "containerStatuses").stream()
        .anyMatch(status -> status.value("state", "waiting").isPresent());
  }

  /** Returns for example {@code pulling image "harbor.corp/tls:1"}. */
  private static String starting(WorkloadInspector inspector, KubernetesObject pod) {
    return inspector
        .latestEvent(pod)
        .filter(event -> event.fields().text("reason").orElse("").equals("Pulling"))
        .flatMap(event -> event.fields().text("message"))
        .map(message -> message.replaceFirst("^Pulling", "pulling"))
        .orElse("starting");
  }

  private static Optional<Kind> kind(
      ProblemCode code, String reason, String detail, boolean isNodeOnItsWay) {
    if (code == ProblemCode.POD_UNSCHEDULABLE || code == ProblemCode.POD_WITHOUT_SCHEDULER) {
      // Only the timeout of Helm limits how long an autoscaler takes.
      return Optional.of(Kind.UNSCHEDULED).filter(kind -> !isNodeOnItsWay);
    }
    if (code.name().startsWith("PULL_")) {
      boolean isRefused = REFUSED_PULLS.contains(code) || REFUSED_BY_NODE.contains(reason);
      return Optional.of(isRefused ? Kind.REFUSED_PULL : Kind.FAILED_PULL);
    }
    boolean cannotStart =
        reason.equals("CreateContainerConfigError")
            || reason.equals("CreateContainerError")
            || (STARTING.contains(reason) && MISSING_SOURCE.matcher(detail).find());
    return Optional.of(Kind.NOT_CREATED).filter(kind -> cannotStart);
  }

  private Duration patience(Kind kind, String reason) {
    return switch (kind) {
      case FAILED -> atMostGrace(SETTLED);
      case REFUSED_PULL -> atMostGrace(reason.equals("ErrImagePull") ? REPEATED : SETTLED);
      case NOT_CREATED ->
          reason.equals("CreateContainerConfigError") ? atMostGrace(REPEATED) : grace;
      case FAILED_PULL -> grace;
      // Every pod begins without a node, and every Job without a pod.
      case UNSCHEDULED -> grace.compareTo(SETTLED) < 0 ? SETTLED : grace;
    };
  }
}
