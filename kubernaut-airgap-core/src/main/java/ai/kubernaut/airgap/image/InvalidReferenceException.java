package ai.kubernaut.airgap.image;

import ai.kubernaut.airgap.common.AirgapException;

/**
 * A text that should name an image, a repository, a digest, a platform or a target registry does
 * not follow the rules of such names.
 */
public final class InvalidReferenceException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final String reference;
  private final String reason;

  /**
   * Creates the exception.
   *
   * @param reference the text as it was given
   * @param reason which rule it breaks, as a clause that can follow a colon
   */
  public InvalidReferenceException(String reference, String reason) {
    super("'" + reference + "' cannot be used: " + reason);
    this.reference = reference;
    this.reason = reason;
  }

  /** {@return the reference as it was given} */
  public String reference() {
    return reference;
  }

  /** {@return the rule that the reference violates, as a clause} */
  public String reason() {
    return reason;
  }
}
