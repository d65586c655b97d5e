package ai.kubernaut.airgap;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells a request that was interrupted from one that failed, so that a step whose thread is
 * interrupted ends instead of reporting a problem of the registry.
 */
final class CancellableClient extends ForwardingRegistryClient {
  CancellableClient(RegistryClient client) {
    super(client);
  }

  private static <T> T call(Supplier<T> request) {
    try {
      return request.get();
    } catch (RegistryException e) {
      throw cancelledOr(e);
    }
  }

  private static AirgapException cancelledOr(RegistryException failure) {
    return Thread.currentThread().isInterrupted()
        ? CancelledException.interrupted(
            "interrupted during a request to " + failure.registry() + "; run the step again",
            failure)
        : failure;
  }

  private static void run(Runnable request) {
    Object unused =
        call(
            () -> {
              request.run();
              return true;
            });
  }

  @Override
  public void ping(String registry) {
    run(() -> super.ping(registry));
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return call(() -> super.findManifest(image));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return call(() -> super.readManifest(image));
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return call(() -> super.findBlob(repository, digest));
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return new Content(call(() -> super.readBlob(repository, blob, offset)));
  }

  @Override
  public List<String> tags(Repository repository) {
    return call(() -> super.tags(repository));
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return call(() -> super.referrers(repository, subject));
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    run(() -> super.deleteManifest(repository, digest));
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return call(() -> super.retainsReferencedContent(registry));
  }

  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    return call(() -> super.omittedManifests(image));
  }

  /** The content of a blob, which clients may request only when it is read. */
  private static final class Content extends FilterInputStream {
    Content(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (RegistryException e) {
        throw cancelledOr(e);
      }
    }
  }
}
