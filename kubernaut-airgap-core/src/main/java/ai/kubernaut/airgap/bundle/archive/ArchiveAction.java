package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * One thing asked of an archive.
 *
 * @param registry the registry that the caller's reference names
 * @param what what is being done, as a message begins
 * @param closed whether the client was closed meanwhile
 */
record ArchiveAction(String registry, String what, BooleanSupplier closed) {
  /** Between two pieces of work. */
  void check() {
    if (closed.getAsBoolean()) {
      throw failed(Reason.UNREACHABLE, "the client was closed while it was under way");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw failed(Reason.UNREACHABLE, "the thread was interrupted");
    }
  }

  RegistryException failed(Reason reason, String why) {
    return new RegistryException(reason, registry, 0, what + " failed: " + why, null);
  }

  RegistryException failed(IOException e) {
    return new RegistryException(
        Reason.REFUSED,
        registry,
        0,
        what + " failed: " + e.getMessage() + "; check the directory of the bundle",
        e);
  }
}
