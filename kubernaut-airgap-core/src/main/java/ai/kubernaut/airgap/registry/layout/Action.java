package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.StoredBlobInput;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.function.BooleanSupplier;

/**
 * One thing asked of a layout.
 *
 * @param registry the registry that the caller's reference names
 * @param what what is being done, as a message begins: {@code reading manifest harbor.corp/x:v1}
 * @param directory the layout
 * @param closed whether the client was closed meanwhile
 */
record Action(String registry, String what, LayoutDirectory directory, BooleanSupplier closed)
    implements StoredBlobInput.Operation {
  /** Work on files. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does the work, and says of its failures what was being done. */
  <T> T run(Work<T> work) {
    check();
    try {
      return work.run();
    } catch (IOException e) {
      throw failed(e);
    } catch (InvalidManifestException e) {
      throw new InvalidManifestException(what + " failed: " + e.getMessage());
    }
  }

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
    return new RegistryException(reason, registry, 0, message(why), null);
  }

  @Override
  public RegistryException failed(IOException e) {
    if (Thread.currentThread().isInterrupted()) {
      return new RegistryException(
          Reason.UNREACHABLE, registry, 0, message("the thread was interrupted"), e);
    }
    if (e instanceof AccessDeniedException denied) {
      return new RegistryException(
          Reason.FORBIDDEN,
          registry,
          0,
          message("this user has no right to use " + denied.getFile() + "; ask for it"),
          e);
    }
    return new RegistryException(
        Reason.REFUSED, registry, 0, message(detail(e) + "; check the directory " + directory), e);
  }

  private String message(String why) {
    return what + " failed: " + why;
  }

  private static String detail(IOException e) {
    if (e instanceof FileSystemException files && files.getReason() != null) {
      return files.getFile() + ": " + files.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public String describeMismatch(Descriptor blob, Digest actual) {
    return "the file of blob %s in %s has the digest %s; delete the file and fetch it again"
        .formatted(blob.digest(), directory, actual);
  }
}
