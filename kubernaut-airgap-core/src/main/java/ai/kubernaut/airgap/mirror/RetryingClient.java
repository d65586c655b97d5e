package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes the requests of another client again where that can help. Downloads go on where they broke.
 * Uploads are left to {@link BlobSender}, which has the source to read from again. Does not close
 * the other client.
 */
final class RetryingClient implements RegistryClient {
  private final RegistryClient client;
  private final Retries retries;

  RetryingClient(RegistryClient client, Retries retries) {
    this.client = client;
    this.retries = retries;
  }

  Retries retries() {
    return retries;
  }

  @Override
  public void ping(String registry) {
    retries.run(() -> client.ping(registry));
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return retries.call(() -> client.findManifest(image));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return retries.call(() -> client.readManifest(image));
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    retries.run(() -> client.writeManifest(image, manifest));
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return retries.call(() -> client.findBlob(repository, digest));
  }

  @Override
  public ResumingInput readBlob(Repository repository, Descriptor blob, long offset) {
    return new ResumingInput(client, retries, repository, blob, offset);
  }

  /** Once only: the content cannot be had a second time. */
  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    client.writeBlob(repository, blob, content);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return retries.call(() -> client.beginUpload(repository));
  }

  /** The session's own requests are made once only. */
  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return client.resumeUpload(repository, session);
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return retries.call(() -> client.mountBlob(repository, digest, from));
  }

  @Override
  public List<String> tags(Repository repository) {
    return retries.call(() -> client.tags(repository));
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return retries.call(() -> client.referrers(repository, subject));
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return client.retainsReferencedContent(registry);
  }

  @Override
  public void close() {
    // The other client's owner closes it.
  }
}
