package ai.kubernaut.airgap.registry.retry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ForwardingBlobUpload;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes the requests of another client, each registry's no faster than its limit allows. What is
 * slowed down are requests and the content of blobs; a wait of a second or more is an event.
 *
 * <p>Thread-safe if the other client is; all threads share the limits. A thread that is interrupted
 * while it waits gets a {@link ai.kubernaut.airgap.registry.RegistryException} with {@link
 * ai.kubernaut.airgap.registry.RegistryException.Reason#UNREACHABLE}, and stays interrupted.
 * Closing it does not close the other client.
 */
public final class ThrottledClient extends ForwardingRegistryClient {
  private final Map<String, Throttle> throttles = new HashMap<>();
  private final Throttle unlimited;

  /**
   * Adds limits to a client.
   *
   * @param client makes the requests; stays open
   * @param limits by registry, host with its port when it has one; others are not limited
   * @param progress told of long waits
   * @return a client that can be used for any number of runs
   */
  public static ThrottledClient of(
      RegistryClient client, Map<String, RateLimit> limits, Progress progress) {
    return of(client, limits, progress, Sleeper.real());
  }

  /**
   * Adds limits to a client, with a clock.
   *
   * @param client makes the requests; stays open
   * @param limits by registry, host with its port when it has one; others are not limited
   * @param progress told of long waits
   * @param sleeper waits for the turn of a request
   * @return a client that can be used for any number of runs
   */
  public static ThrottledClient of(
      RegistryClient client, Map<String, RateLimit> limits, Progress progress, Sleeper sleeper) {
    return new ThrottledClient(client, limits, sleeper, progress);
  }

  private ThrottledClient(
      RegistryClient client, Map<String, RateLimit> limits, Sleeper sleeper, Progress progress) {
    super(client);
    limits.forEach(
        (registry, limit) ->
            throttles.put(
                Target.registry(registry).registry(),
                new Throttle(registry, limit, sleeper, progress)));
    this.unlimited = new Throttle("", RateLimit.builder().build(), sleeper, progress);
  }

  private Throttle of(String registry) {
    return throttles.getOrDefault(registry, unlimited);
  }

  private void awaitTurn(String registry) {
    of(registry).request();
  }

  @Override
  public void ping(String registry) {
    awaitTurn(registry);
    super.ping(registry);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    awaitTurn(image.registry());
    return super.findManifest(image);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    awaitTurn(image.registry());
    return super.readManifest(image);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    awaitTurn(image.registry());
    super.writeManifest(image, manifest);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    awaitTurn(repository.registry());
    return super.findBlob(repository, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    awaitTurn(repository.registry());
    return of(repository.registry()).limit(super.readBlob(repository, blob, offset));
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    awaitTurn(repository.registry());
    super.writeBlob(repository, blob, of(repository.registry()).limit(content));
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    awaitTurn(repository.registry());
    return super.beginUpload(repository)
        .map(upload -> new Upload(upload, of(repository.registry())));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return super.resumeUpload(repository, session)
        .map(upload -> new Upload(upload, of(repository.registry())));
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    awaitTurn(repository.registry());
    return super.mountBlob(repository, digest, from);
  }

  @Override
  public List<String> tags(Repository repository) {
    awaitTurn(repository.registry());
    return super.tags(repository);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    awaitTurn(repository.registry());
    return super.referrers(repository, subject);
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    awaitTurn(repository.registry());
    super.deleteManifest(repository, digest);
  }

  @Override
  public void close() {
    // The other client's owner closes it.
  }

  private static final class Upload extends ForwardingBlobUpload {
    private final Throttle throttle;

    Upload(BlobUpload upload, Throttle throttle) {
      super(upload);
      this.throttle = throttle;
    }

    @Override
    public long offset() {
      throttle.request();
      return super.offset();
    }

    @Override
    public void append(long offset, long length, InputStream content) {
      throttle.request();
      super.append(offset, length, throttle.limit(content));
    }

    @Override
    public void finish(Descriptor blob, long offset, InputStream content) {
      throttle.request();
      super.finish(blob, offset, throttle.limit(content));
    }
  }
}
