package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.registry.RegistryException;

/** The target refused an index, and no platform was chosen to replace it. */
final class IndexRefusedException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final RegistryException refusal;

  IndexRefusedException(RegistryException refusal) {
    super(String.valueOf(refusal.getMessage()), refusal);
    this.refusal = refusal;
  }

  RegistryException refusal() {
    return refusal;
  }
}
