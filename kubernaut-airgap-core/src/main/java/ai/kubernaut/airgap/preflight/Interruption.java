package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.registry.RegistryException;

/** Whoever interrupts the thread wants no answers. */
final class Interruption {
  private Interruption() {}

  /** Throws the failure of an interrupted thread on. */
  static void check(RegistryException e) {
    if (Thread.currentThread().isInterrupted()) {
      throw e;
    }
  }
}
