package ai.kubernaut.airgap.registry.retry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ForwardingBlobUpload;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Retries requests that failed for a transient reason, and resumes broken downloads. A blob upload
 * is not retried, because its content can be read only once.
 *
 * <p>Thread-safe if the other client is. Closing it does not close the other client.
 */
public final class RetryingClient extends ForwardingRegistryClient {
  private final RegistryClient client;
  private final Retries retries;

  /**
   * Adds retries to a client.
   *
   * @param client makes the requests; stays open
   * @param policy what is retried, how often and when; its {@link RetryPolicy#retriesPerImage()} is
   *     the number of retries of this client together
   * @param progress told of each retry
   * @return a client for one run
   */
  public static RetryingClient of(RegistryClient client, RetryPolicy policy, Progress progress) {
    return of(client, policy, progress, Sleeper.real());
  }

  /**
   * Adds retries to a client, with a clock.
   *
   * @param client makes the requests; stays open
   * @param policy what is retried, how often and when
   * @param progress told of each retry
   * @param sleeper waits before a retry
   * @return a client for one run
   */
  public static RetryingClient of(
      RegistryClient client, RetryPolicy policy, Progress progress, Sleeper sleeper) {
    return new RetryingClient(client, new Retries(policy, sleeper, progress, new Contacts()));
  }

  RetryingClient(RegistryClient client, Retries retries) {
    super(client);
    this.client = client;
    this.retries = retries;
  }

  /**
   * Returns a client for another image of the same run.
   *
   * @return a client that knows which registries have answered, and has all its retries left
   */
  public RetryingClient forImage() {
    return new RetryingClient(client, retries.forImage());
  }

  /**
   * Waits before the caller repeats a request that this client does not repeat by itself, such as
   * an upload.
   *
   * @param failure why it failed
   * @param failures how often it has failed in a row, 1 or more
   * @throws RegistryException the failure, when the attempts are used up, the registry asks for a
   *     longer wait than the policy allows, or the thread is interrupted
   */
  public void pause(RegistryException failure, int failures) {
    retries.pause(failure, failures);
  }

  @Override
  public void ping(String registry) {
    retries.run(registry, () -> super.ping(registry));
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return retries.call(image.registry(), () -> super.findManifest(image));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return retries.call(image.registry(), () -> super.readManifest(image));
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    retries.run(image.registry(), () -> super.writeManifest(image, manifest));
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return retries.call(repository.registry(), () -> super.findBlob(repository, digest));
  }

  /** Opens a stream that resumes where a transfer broke; nothing is requested before it is read. */
  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return new ResumingInput(client, retries, repository, blob, offset);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return retries
        .call(repository.registry(), () -> super.beginUpload(repository))
        .map(upload -> new Upload(upload, repository.registry(), retries));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return super.resumeUpload(repository, session)
        .map(upload -> new Upload(upload, repository.registry(), retries));
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return retries.call(repository.registry(), () -> super.mountBlob(repository, digest, from));
  }

  @Override
  public List<String> tags(Repository repository) {
    return retries.call(repository.registry(), () -> super.tags(repository));
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return retries.call(repository.registry(), () -> super.referrers(repository, subject));
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    retries.run(repository.registry(), () -> super.deleteManifest(repository, digest));
  }

  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    return retries.call(image.registry(), () -> super.omittedManifests(image));
  }

  @Override
  public void close() {
    // The other client's owner closes it.
  }

  /** A session whose offset is asked for again; content is sent once, as it can be read once. */
  private static final class Upload extends ForwardingBlobUpload {
    private final String registry;
    private final Retries retries;

    Upload(BlobUpload upload, String registry, Retries retries) {
      super(upload);
      this.registry = registry;
      this.retries = retries;
    }

    @Override
    public long offset() {
      return retries.call(registry, super::offset);
    }
  }
}
