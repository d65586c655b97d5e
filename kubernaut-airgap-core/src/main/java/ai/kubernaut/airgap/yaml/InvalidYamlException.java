package ai.kubernaut.airgap.yaml;

import ai.kubernaut.airgap.common.AirgapException;
import org.jspecify.annotations.Nullable;

/** A text that should be YAML is none, or is more than the limits allow. */
public final class InvalidYamlException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final String source;

  /**
   * Creates the exception.
   *
   * @param source where the text comes from: a file, a template
   * @param problem what is wrong, with line and column where they are known; no content of the
   *     document, which may be secret
   * @param cause the failure below, or null when there is none
   */
  public InvalidYamlException(String source, String problem, @Nullable Throwable cause) {
    super(source + " is not YAML that can be used: " + problem, cause);
    this.source = source;
  }

  /** {@return the file or template that contains the YAML} */
  public String source() {
    return source;
  }
}
