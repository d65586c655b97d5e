package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.common.AirgapException;

/** The bytes that should be a manifest are none, or are of a kind that cannot be mirrored. */
public final class InvalidManifestException extends AirgapException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong with the manifest
   */
  public InvalidManifestException(String message) {
    super(message);
  }
}
