package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.immutables.value.Value;

/** How a plan differs from an approved one. Immutable. */
@Value.Immutable
public interface PlanApproval extends Outcome<PlanApproval> {
  /** {@return the file of the approved plan} */
  @Value.Parameter
  Path file();

  /** {@return the plan that was compared} */
  @Value.Parameter
  MirrorPlan received();

  /** {@return each difference as an error; empty if the plan is as approved} */
  @Override
  @Value.Parameter
  List<Problem> problems();

  /**
   * Returns this result if the plan is as approved.
   *
   * @return this
   * @throws ProblemsException when there is no approved plan, or the plan differs from it
   */
  @Override
  default PlanApproval orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of("the plan is not as approved in " + file(), problems());
    }
    return this;
  }

  /**
   * Returns the differences as text.
   *
   * @return one line for each, marked {@code +} if only the compared plan has it, {@code -} if only
   *     the approved plan has it, and {@code ~} if it is another one; empty if the plan is as
   *     approved
   */
  default String toText() {
    return problems().stream().map(PlanApproval::line).collect(Collectors.joining());
  }

  private static String line(Problem problem) {
    String text =
        switch (problem.code()) {
          case PLAN_IMAGE_ADDED -> "+ image " + problem.subject();
          case PLAN_IMAGE_REMOVED -> "- image " + problem.subject();
          case PLAN_IMAGE_CHANGED ->
              "~ image " + problem.parameters().get("approved") + " → " + problem.subject();
          case PLAN_PROBLEM_ADDED -> "+ problem " + problemOf(problem);
          case PLAN_PROBLEM_REMOVED -> "- problem " + problemOf(problem);
          case PLAN_MENTION_ADDED -> "+ mention of " + problem.subject();
          case PLAN_MENTION_REMOVED -> "- mention of " + problem.subject();
          default -> "~ " + problem.subject() + ": " + problem.message();
        };
    return text + "\n";
  }

  private static String problemOf(Problem problem) {
    return problem.parameters().get("code")
        + " of "
        + problem.subject()
        + ": "
        + problem.parameters().get("problem");
  }
}
