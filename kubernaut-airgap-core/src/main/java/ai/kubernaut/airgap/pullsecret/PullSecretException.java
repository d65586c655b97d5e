package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.common.AirgapException;
import org.jspecify.annotations.Nullable;

/** The cluster's pull secret cannot be read, or its nodes do not take the new one. */
public final class PullSecretException extends AirgapException {
  private static final long serialVersionUID = 1L;

  PullSecretException(String message) {
    super(message);
  }

  PullSecretException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
