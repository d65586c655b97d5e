package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.common.AirgapException;

/** A mirror cannot take the images of a plan. Nothing was sent. */
public final class PreflightFailedException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final PreflightReport report;

  PreflightFailedException(PreflightReport report) {
    super(message(report));
    this.report = report;
  }

  private static String message(PreflightReport report) {
    StringBuilder message = new StringBuilder(report.summary()).append("; nothing was sent:");
    for (Finding problem : report.problems()) {
      message
          .append("\n  ")
          .append(problem.evidence())
          .append("\n    → ")
          .append(problem.consequence());
    }
    return message.toString();
  }

  /**
   * The whole report, with what the mirror can do.
   *
   * @return the report
   */
  public PreflightReport report() {
    return report;
  }
}
