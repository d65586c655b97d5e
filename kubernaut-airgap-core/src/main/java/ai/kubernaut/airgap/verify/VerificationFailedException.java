package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.common.AirgapException;

/** A release does not run as it should. */
public final class VerificationFailedException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final VerificationReport report;

  VerificationFailedException(VerificationReport report) {
    super(message(report));
    this.report = report;
  }

  private static String message(VerificationReport report) {
    StringBuilder message =
        new StringBuilder(
            "the release "
                + report.release().name()
                + " does not run as it should: "
                + report.summary());
    for (Check check : report.problems()) {
      message.append("\n  ").append(check.subject()).append(": ").append(check.detail());
      check.remedy().ifPresent(remedy -> message.append(" — ").append(remedy));
    }
    return message.toString();
  }

  /**
   * The whole report, with what is as it should be too.
   *
   * @return the report
   */
  public VerificationReport report() {
    return report;
  }
}
