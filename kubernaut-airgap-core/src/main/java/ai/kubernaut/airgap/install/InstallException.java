package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.AirgapException;

/** Something that the installation needs is missing or wrong; the release was not touched. */
public final class InstallException extends AirgapException {
  private static final long serialVersionUID = 1L;

  InstallException(String message) {
    super(message);
  }
}
