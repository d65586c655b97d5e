package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.common.AirgapException;
import org.jspecify.annotations.Nullable;

/** A support bundle cannot be written or read. */
public final class SupportBundleException extends AirgapException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what failed, where, why, and what to do next
   * @param cause the failure below, or null when there is none
   */
  public SupportBundleException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
