package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.common.AirgapException;
import org.jspecify.annotations.Nullable;

/** Helm, or the chart itself, refused something. */
public final class HelmException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final String helmMessage;

  /**
   * Creates the exception.
   *
   * @param message what failed, where, why, and what to do next
   * @param helmMessage what Helm or the chart said, word for word but for secrets
   * @param cause the failure below, or null when there is none
   */
  public HelmException(String message, String helmMessage, @Nullable Throwable cause) {
    super(message, cause);
    this.helmMessage = helmMessage;
  }

  /**
   * {@return the message of Helm or the chart, word for word, with {@code ***} in place of values
   * that are secrets by their names}
   */
  public String helmMessage() {
    return helmMessage;
  }
}
