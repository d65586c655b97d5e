package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.retry.Sleeper;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes the requests of another client, each registry's no faster than its limit allows. Does not
 * close the other client.
 */
final class ThrottledClient implements RegistryClient {
  private final RegistryClient client;
  private final Map<String, Throttle> throttles = new HashMap<>();
  private final Throttle unlimited;

  ThrottledClient(
      RegistryClient client, Map<String, RateLimit> limits, Sleeper sleeper, Progress progress) {
    this.client = client;
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

  private RegistryClient inTurn(String registry) {
    of(registry).request();
    return client;
  }

  @Override
  public void ping(String registry) {
    inTurn(registry).ping(registry);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return inTurn(image.registry()).findManifest(image);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return inTurn(image.registry()).readManifest(image);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    inTurn(image.registry()).writeManifest(image, manifest);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return inTurn(repository.registry()).findBlob(repository, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return of(repository.registry())
        .limit(inTurn(repository.registry()).readBlob(repository, blob, offset));
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    inTurn(repository.registry())
        .writeBlob(repository, blob, of(repository.registry()).limit(content));
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return inTurn(repository.registry())
        .beginUpload(repository)
        .map(upload -> new Upload(upload, of(repository.registry())));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return client
        .resumeUpload(repository, session)
        .map(upload -> new Upload(upload, of(repository.registry())));
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return inTurn(repository.registry()).mountBlob(repository, digest, from);
  }

  @Override
  public List<String> tags(Repository repository) {
    return inTurn(repository.registry()).tags(repository);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return inTurn(repository.registry()).referrers(repository, subject);
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return client.retainsReferencedContent(registry);
  }

  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    return client.omittedManifests(image);
  }

  @Override
  public void close() {
    // The other client's owner closes it.
  }

  private record Upload(BlobUpload upload, Throttle throttle) implements BlobUpload {
    @Override
    public Optional<String> session() {
      return upload.session();
    }

    @Override
    public long minimumChunk() {
      return upload.minimumChunk();
    }

    @Override
    public long offset() {
      throttle.request();
      return upload.offset();
    }

    @Override
    public void append(long offset, long length, InputStream content) {
      throttle.request();
      upload.append(offset, length, throttle.limit(content));
    }

    @Override
    public void finish(Descriptor blob, long offset, InputStream content) {
      throttle.request();
      upload.finish(blob, offset, throttle.limit(content));
    }

    @Override
    public void abandon() {
      upload.abandon();
    }
  }
}
