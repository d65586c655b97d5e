package ai.kubernaut.airgap.common;

import org.jspecify.annotations.Nullable;

/**
 * A step ended early because it was asked to. What was done stays done; running the step again
 * continues from there.
 */
public class CancelledException extends AirgapException {
  private static final long serialVersionUID = 1L;

  /** What ended the step. */
  public enum Reason {
    /** The thread was interrupted. Its interrupt flag is set. */
    INTERRUPTED,
    /** The run was cancelled, or the object that runs it was closed. */
    CANCELLED,
    /** The deadline of the run passed. */
    DEADLINE
  }

  private final Reason reason;

  /**
   * Creates an exception.
   *
   * @param reason what ended the step
   * @param message what was ended, and how to continue
   * @param cause the failure below, or null when there is none
   */
  public CancelledException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /**
   * Creates an exception for a thread that was interrupted, and sets its interrupt flag again.
   *
   * @param message what was ended, and how to continue
   * @param cause the failure below, or null when there is none
   * @return the exception
   */
  public static CancelledException interrupted(String message, @Nullable Throwable cause) {
    Thread.currentThread().interrupt();
    return new CancelledException(Reason.INTERRUPTED, message, cause);
  }

  /**
   * Returns the same exception with another reason, for those who know more than the step did.
   *
   * @param better what ended the step
   * @return a new exception, with this one as its cause
   */
  public CancelledException withReason(Reason better) {
    return new CancelledException(better, getMessage(), this);
  }

  /** {@return what ended the step} */
  public final Reason reason() {
    return reason;
  }
}
