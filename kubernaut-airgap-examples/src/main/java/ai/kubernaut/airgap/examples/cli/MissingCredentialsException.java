package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Target;

/** A command needs the credentials of the mirror, and there are none. */
final class MissingCredentialsException extends AirgapException {
  private static final long serialVersionUID = 1L;

  MissingCredentialsException(Target mirror) {
    super(
        "there are no credentials for "
            + mirror.address()
            + "; log in to it first, or give --authfile");
  }
}
