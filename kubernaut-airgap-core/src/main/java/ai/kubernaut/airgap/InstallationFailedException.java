package ai.kubernaut.airgap;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.verify.VerificationReport;

/**
 * Helm did not install the release. The exception has the problems that the cluster showed then;
 * the cause is Helm's error. Installing again continues from there.
 */
public final class InstallationFailedException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final VerificationReport report;

  InstallationFailedException(HelmException cause, VerificationReport report) {
    super(
        list(cause.getMessage() + "\nProblems in the cluster", report.problems()),
        report.problems(),
        cause);
    this.report = report;
  }

  /** {@return the state of the cluster after Helm had failed} */
  public VerificationReport report() {
    return report;
  }
}
