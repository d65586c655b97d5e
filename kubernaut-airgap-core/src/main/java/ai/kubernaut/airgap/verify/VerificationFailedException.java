package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.outcome.ProblemsException;

/** A release does not run as it should. */
public final class VerificationFailedException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final VerificationReport report;

  VerificationFailedException(VerificationReport report) {
    super(
        list(
            "the release "
                + report.release().name()
                + " does not run as it should: "
                + report.summary(),
            report.problems()),
        report.problems());
    this.report = report;
  }

  /** {@return the whole report, with the checks that passed too} */
  public VerificationReport report() {
    return report;
  }
}
