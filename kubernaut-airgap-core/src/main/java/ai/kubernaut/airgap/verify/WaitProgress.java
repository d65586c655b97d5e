package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Decides whether waiting can still change the result of a verification. Waiting ends when nothing
 * is pending, or when the release cannot become healthy: a check has failed, or a state is seen for
 * some time that does not pass by itself, and meanwhile nothing else has changed. Not thread-safe.
 */
final class WaitProgress {
  /** States that only a change from outside ends. */
  private static final Set<ProblemCode> STUCK =
      Set.of(
          ProblemCode.POD_UNSCHEDULABLE,
          ProblemCode.POD_WITHOUT_SCHEDULER,
          ProblemCode.JOB_WITHOUT_POD,
          ProblemCode.CLAIM_MISSING,
          ProblemCode.PULL_IMAGE_NOT_FOUND,
          ProblemCode.PULL_UNAUTHORIZED,
          ProblemCode.PULL_DENIED,
          ProblemCode.PULL_CERTIFICATE_UNTRUSTED,
          ProblemCode.PULL_PLATFORM_MISSING,
          ProblemCode.PULL_PLAIN_HTTP);

  private static final Set<String> STUCK_REASONS =
      Set.of("CreateContainerConfigError", "CreateContainerError", "InvalidImageName");

  private static final Pattern MISSING_SOURCE =
      Pattern.compile("(secret|configmap) \".*\" not found|references non-existent");

  /** What becomes ready with the pods. */
  private static final Set<Check.Kind> DEPENDENT = Set.of(Check.Kind.WORKLOAD, Check.Kind.HEALTH);

  private record State(Subject subject, ProblemCode code) {}

  private final long grace;
  private final LongSupplier clock;
  private final Map<State, Long> seen = new HashMap<>();
  private long changed;

  WaitProgress(Duration grace) {
    this(grace, System::nanoTime);
  }

  WaitProgress(Duration grace, LongSupplier clock) {
    this.grace = grace.toNanos();
    this.clock = clock;
    this.changed = clock.getAsLong();
  }

  /**
   * Notes what was seen, and returns whether waiting is useless.
   *
   * @param expectedNodes pods for which a node is being added
   */
  boolean isFinal(VerificationReport report, Set<Subject> expectedNodes) {
    List<Check> pending = withResult(report, Check.Result.PENDING);
    long now = clock.getAsLong();
    note(pending, now);
    if (pending.isEmpty()) {
      return true;
    }
    boolean hasFailed =
        withResult(report, Check.Result.FAIL).stream()
            .anyMatch(check -> check.problem().filter(Problem::isError).isPresent());
    if (hasFailed && pending.stream().allMatch(check -> DEPENDENT.contains(check.kind()))) {
      return true;
    }
    boolean cannotPass =
        hasFailed
            || pending.stream()
                .filter(check -> !expectedNodes.contains(check.subject()))
                .anyMatch(check -> isStuck(check, now));
    return cannotPass && now - changed >= grace;
  }

  private void note(List<Check> pending, long now) {
    Set<State> states = new HashSet<>();
    for (Check check : pending) {
      check.problem().ifPresent(problem -> states.add(new State(check.subject(), problem.code())));
    }
    boolean isSame = seen.keySet().equals(states);
    seen.keySet().retainAll(states);
    states.forEach(state -> seen.putIfAbsent(state, now));
    if (!isSame) {
      changed = now;
    }
  }

  private boolean isStuck(Check check, long now) {
    Problem problem = check.problem().orElseThrow();
    Long since = seen.get(new State(check.subject(), problem.code()));
    return since != null && now - since >= grace && isStuck(problem);
  }

  private static boolean isStuck(Problem problem) {
    String detail = problem.parameters().getOrDefault("detail", "");
    return switch (problem.code()) {
      case CONTAINER_WAITING ->
          STUCK_REASONS.contains(problem.parameters().getOrDefault("reason", ""))
              || MISSING_SOURCE.matcher(detail).find();
      case POD_NOT_RUNNING -> MISSING_SOURCE.matcher(detail).find();
      case CLAIM_NOT_BOUND -> detail.contains("not found");
      default -> STUCK.contains(problem.code());
    };
  }

  static List<Check> withResult(VerificationReport report, Check.Result result) {
    return report.checks().stream().filter(check -> check.result() == result).toList();
  }
}
