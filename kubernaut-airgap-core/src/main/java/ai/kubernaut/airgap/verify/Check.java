package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.workload.WorkloadInspector;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.Optional;
import org.immutables.value.Value;

/** One check of a verification: a fact, or a problem. Immutable. */
@Value.Immutable
public interface Check {
  /** The result of a check. */
  enum Result {
    /** The subject is as it should be. */
    PASS,
    /** The subject is not as it should be, and waiting does not change that. */
    FAIL,
    /** The subject is not yet as it should be; in a finished report, it was not in time. */
    PENDING,
    /** The check could not be made, and nothing depends on it. */
    SKIPPED
  }

  /** What is checked. */
  enum Kind {
    /** The Helm release is deployed, or what Argo CD or Flux manages it with is ready. */
    RELEASE,
    /** A Deployment or StatefulSet has all its pods. */
    WORKLOAD,
    /** A pod runs, or has run to completion. */
    POD,
    /** A container runs the mirrored image. */
    IMAGE,
    /** A Job of a hook is complete. */
    JOB,
    /** A service responds at its health path. */
    HEALTH,
    /** A PersistentVolumeClaim is bound. */
    CLAIM,
    /** The certificates of an admission webhook are valid. */
    WEBHOOK,
    /** The LLM is configured. */
    LLM
  }

  /** {@return what is checked} */
  @Value.Parameter
  Kind kind();

  /** {@return the result} */
  @Value.Parameter
  Result result();

  /** {@return what was found; empty for a check that failed or is pending} */
  @Value.Parameter
  Optional<Fact> fact();

  /** {@return what is wrong; empty for a check that passed or was skipped} */
  @Value.Parameter
  Optional<Problem> problem();

  /** {@return the subject, for example a pod} */
  default Subject subject() {
    return problem().map(Problem::subject).or(() -> fact().map(Fact::subject)).orElseThrow();
  }

  /** {@return what was found, as a clause without the subject and without secrets} */
  default String detail() {
    return problem().map(Problem::message).or(() -> fact().map(Fact::message)).orElseThrow();
  }

  /** {@return what to do about a problem; empty without one} */
  default Optional<String> remedy() {
    return problem().map(Problem::remedy);
  }

  /** Checks that there is a fact or a problem, and not both. */
  @Value.Check
  default void check() {
    boolean isProblem = result() == Result.FAIL || result() == Result.PENDING;
    if (problem().isPresent() != isProblem || fact().isPresent() == isProblem) {
      throw new IllegalArgumentException(
          "a check needs a problem if it failed or is pending, and a fact otherwise; its result is "
              + result());
    }
  }

  /**
   * Creates a check that passed or was skipped.
   *
   * @param kind what is checked
   * @param result PASS or SKIPPED
   * @param fact what was found
   * @return the check
   */
  static Check of(Kind kind, Result result, Fact fact) {
    return ImmutableCheck.of(kind, result, Optional.of(fact), Optional.empty());
  }

  /**
   * Creates a check that failed or is pending.
   *
   * @param kind what is checked
   * @param result FAIL or PENDING
   * @param problem what is wrong
   * @return the check
   */
  static Check of(Kind kind, Result result, Problem problem) {
    return ImmutableCheck.of(kind, result, Optional.empty(), Optional.of(problem));
  }

  /**
   * Creates a check from what was found about a pod or a Job.
   *
   * @param kind what is checked
   * @param finding what was found
   * @return the check
   */
  static Check of(Kind kind, WorkloadInspector.Finding finding) {
    return ImmutableCheck.of(
        kind,
        switch (finding.result()) {
          case PASS -> Result.PASS;
          case FAIL -> Result.FAIL;
          case PENDING -> Result.PENDING;
        },
        finding.fact(),
        finding.problem());
  }
}
