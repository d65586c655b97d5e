package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.outcome.ProblemsException;

/** A registry does not accept the images of a plan. No image was sent. */
public final class PreflightFailedException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final PreflightReport report;

  PreflightFailedException(PreflightReport report) {
    super(list(report.summary() + "; nothing was sent", report.problems()), report.problems());
    this.report = report;
  }

  /** {@return the report, with the findings of all capabilities} */
  public PreflightReport report() {
    return report;
  }
}
