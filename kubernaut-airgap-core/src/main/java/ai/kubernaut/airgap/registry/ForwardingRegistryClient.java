package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Forwards every call to another client of registries, for clients that change some of them.
 * Uploads that can be continued, referrers and every other optional ability are those of the other
 * client. As thread-safe as that client.
 *
 * <pre>{@code
 * final class ReadOnlyClient extends ForwardingRegistryClient {
 *   ReadOnlyClient(RegistryClient client) {
 *     super(client);
 *   }
 *
 *   @Override
 *   public void deleteManifest(Repository repository, Digest digest) {
 *     throw new RegistryException(
 *         RegistryException.Reason.REFUSED, repository.registry(), 405, "deletion is not allowed", null);
 *   }
 * }
 * }</pre>
 */
public abstract class ForwardingRegistryClient implements RegistryClient {
  private final RegistryClient client;

  /**
   * Creates a client.
   *
   * @param client gets the calls; closed with this client
   */
  protected ForwardingRegistryClient(RegistryClient client) {
    this.client = client;
  }

  @Override
  public void ping(String registry) {
    client.ping(registry);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return client.findManifest(image);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return client.readManifest(image);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    client.writeManifest(image, manifest);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return client.findBlob(repository, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return client.readBlob(repository, blob, offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    client.writeBlob(repository, blob, content);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return client.beginUpload(repository);
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return client.resumeUpload(repository, session);
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return client.mountBlob(repository, digest, from);
  }

  @Override
  public List<String> tags(Repository repository) {
    return client.tags(repository);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return client.referrers(repository, subject);
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    client.deleteManifest(repository, digest);
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return client.retainsReferencedContent(registry);
  }

  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    return client.omittedManifests(image);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The client of the other credentials does not change calls as this one does, unless a
   * subclass overrides this method and wraps it.
   */
  @Override
  public Optional<RegistryClient> withCredentials(CredentialProvider credentials) {
    return client.withCredentials(credentials);
  }

  @Override
  public void close() {
    client.close();
  }
}
