package ai.kubernaut.airgap;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationReport;

/**
 * Helm did not get the release installed, and this is what the cluster looked like then. Installing
 * again goes on from there.
 */
public final class InstallationFailedException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final VerificationReport seen;

  InstallationFailedException(HelmException cause, VerificationReport seen) {
    super(message(cause, seen), cause);
    this.seen = seen;
  }

  private static String message(HelmException cause, VerificationReport seen) {
    StringBuilder message = new StringBuilder(cause.getMessage()).append("\nWhat is in the way:");
    for (Check check : seen.problems()) {
      message.append("\n  ").append(check.subject()).append(": ").append(check.detail());
      check.remedy().ifPresent(remedy -> message.append(" — ").append(remedy));
    }
    return message.toString();
  }

  /**
   * What the cluster looked like.
   *
   * @return the checks at that moment
   */
  public VerificationReport seen() {
    return seen;
  }
}
