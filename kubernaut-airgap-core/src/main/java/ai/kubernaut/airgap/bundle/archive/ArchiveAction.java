package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.StoredBlobInput;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * One thing asked of an archive.
 *
 * @param registry the registry that the caller's reference names
 * @param what what is being done, as a message begins
 * @param closed whether the client was closed meanwhile
 */
record ArchiveAction(String registry, String what, BooleanSupplier closed)
    implements StoredBlobInput.Operation {
  /** Between two pieces of work. */
  @Override
  public void check() {
    if (closed.getAsBoolean()) {
      throw failed(Reason.UNREACHABLE, "the client was closed while it was under way");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw failed(Reason.UNREACHABLE, "the thread was interrupted");
    }
  }

  @Override
  public RegistryException failed(Reason reason, String why) {
    return new RegistryException(reason, registry, 0, what + " failed: " + why, null);
  }

  @Override
  public RegistryException failed(IOException e) {
    return new RegistryException(
        Reason.REFUSED,
        registry,
        0,
        what + " failed: " + e.getMessage() + "; check the directory of the bundle",
        e);
  }

  @Override
  public String describeMismatch(Descriptor blob, Digest actual) {
    return "the content of blob " + blob.digest() + " has the digest " + actual;
  }
}
