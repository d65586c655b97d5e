package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.AirgapException;
import ai.kubernaut.airgap.ProgressEvent;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Brings blobs into repositories of the mirror so that each crosses the link once: whoever needs a
 * blob first sends it, and whoever needs it meanwhile waits and has it mounted. Thread-safe. A
 * thread that sends a blob waits for no other, so no two wait for each other.
 */
final class BlobCopier {
  /** How a blob came into a repository. */
  enum Way {
    SENT,
    MOUNTED,
    PRESENT
  }

  private final RegistryClient registries;
  private final Consumer<ProgressEvent> progress;
  private final Map<Digest, CompletableFuture<Repository>> firstHomes = new ConcurrentHashMap<>();

  BlobCopier(RegistryClient registries, Consumer<ProgressEvent> progress) {
    this.registries = registries;
    this.progress = progress;
  }

  Way copy(Repository from, Repository to, Descriptor blob) {
    while (true) {
      CompletableFuture<Repository> mine = new CompletableFuture<>();
      CompletableFuture<Repository> first = firstHomes.putIfAbsent(blob.digest(), mine);
      if (first == null) {
        return copyFirst(from, to, blob, mine);
      }
      Repository home;
      try {
        home = first.get();
      } catch (ExecutionException failedThere) {
        // It failed for another image, perhaps at another source; this image tries for itself.
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AirgapException("interrupted while waiting for blob " + blob.digest(), e);
      }
      if (home.equals(to)) {
        return Way.PRESENT;
      }
      // A registry that mounts also says yes to what is there already, so there is no need to ask
      // first.
      if (registries.mountBlob(to, blob.digest(), home)) {
        return Way.MOUNTED;
      }
      if (registries.findBlob(to, blob.digest()).isPresent()) {
        return Way.PRESENT;
      }
      send(from, to, blob);
      return Way.SENT;
    }
  }

  private Way copyFirst(
      Repository from, Repository to, Descriptor blob, CompletableFuture<Repository> home) {
    try {
      Way way = Way.PRESENT;
      if (registries.findBlob(to, blob.digest()).isEmpty()) {
        send(from, to, blob);
        way = Way.SENT;
      }
      home.complete(to);
      return way;
    } catch (RuntimeException | Error e) {
      firstHomes.remove(blob.digest(), home);
      home.completeExceptionally(e);
      throw e;
    }
  }

  private void send(Repository from, Repository to, Descriptor blob) {
    try (InputStream content = new Counted(registries.readBlob(from, blob, 0))) {
      registries.writeBlob(to, blob, content);
    } catch (IOException e) {
      throw new RegistryException(
          RegistryException.Reason.UNREACHABLE,
          from.registry(),
          0,
          "reading blob " + blob.digest() + " of " + from + " failed: " + e.getMessage(),
          e);
    }
  }

  /** Tells progress about every piece that goes by. */
  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        progress.accept(new ProgressEvent.BytesSent(1));
      }
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      if (count > 0) {
        progress.accept(new ProgressEvent.BytesSent(count));
      }
      return count;
    }
  }
}
