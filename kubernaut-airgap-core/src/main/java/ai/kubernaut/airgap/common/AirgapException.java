package ai.kubernaut.airgap.common;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything this library throws on purpose. Messages say what failed, where, why, and
 * what to do next; the same data stands in getters of the subclasses. Secrets never appear in a
 * message.
 */
public class AirgapException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message what failed, where, why, and what to do next
   */
  public AirgapException(String message) {
    super(message);
  }

  /**
   * Creates an exception.
   *
   * @param message what failed, where, why, and what to do next
   * @param cause the failure below, or null when there is none
   */
  public AirgapException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** What failed, where, why, and what to do next. */
  @Override
  public String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), "");
  }
}
