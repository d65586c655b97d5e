package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.registry.RegistryException;

/** Tells a request that failed from one that was interrupted. */
final class Interrupts {
  private Interrupts() {}

  /** Ends the preflight if the request failed because the thread is interrupted. */
  static void check(RegistryException e) {
    if (Thread.currentThread().isInterrupted()) {
      throw CancelledException.interrupted(
          "the preflight of " + e.registry() + " was interrupted; run it again", e);
    }
  }
}
