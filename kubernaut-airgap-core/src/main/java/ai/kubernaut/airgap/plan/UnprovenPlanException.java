package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.outcome.ProblemsException;

/** The chart of a plan cannot be installed from the mirror as planned. Nothing was changed. */
public final class UnprovenPlanException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final MirrorPlan plan;

  UnprovenPlanException(MirrorPlan plan) {
    super(
        list(
            "the chart cannot be installed from "
                + plan.target().address()
                + " as planned; nothing was changed",
            plan.problems()),
        plan.problems());
    this.plan = plan;
  }

  /** {@return the plan} */
  public MirrorPlan plan() {
    return plan;
  }
}
