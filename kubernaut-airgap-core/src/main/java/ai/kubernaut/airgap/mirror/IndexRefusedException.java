package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.registry.RegistryException;

/** The target refused an index that must not be replaced. */
final class IndexRefusedException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final ProblemCode code;
  private final RegistryException refusal;

  /**
   * @param code the kind of the index
   */
  IndexRefusedException(ProblemCode code, RegistryException refusal) {
    super(String.valueOf(refusal.getMessage()), refusal);
    this.code = code;
    this.refusal = refusal;
  }

  ProblemCode code() {
    return code;
  }

  RegistryException refusal() {
    return refusal;
  }
}
