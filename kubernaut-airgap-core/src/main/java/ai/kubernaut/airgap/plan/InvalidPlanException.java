package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.common.AirgapException;
import org.jspecify.annotations.Nullable;

/** A plan breaks a rule of plans, or a file that should hold one does not. */
public final class InvalidPlanException extends AirgapException {
  private static final long serialVersionUID = 1L;

  InvalidPlanException(String message) {
    super(message);
  }

  InvalidPlanException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
