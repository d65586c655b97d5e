package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A store for a bundle that leaves out what its base has. A store refuses manifests whose blobs are
 * absent, so manifests are stored as blobs, and their names are kept here. Thread-safe.
 */
final class DeltaStore implements RegistryClient {
  private final RegistryClient store;
  private final Map<Digest, Long> base;
  private final Map<ImageRef, Manifest> tags = new ConcurrentHashMap<>();
  private final Map<Digest, Manifest> manifests = new ConcurrentHashMap<>();

  DeltaStore(RegistryClient store, Inventory base) {
    this.store = store;
    this.base = base.blobs();
  }

  @Override
  public void ping(String registry) {
    store.ping(registry);
  }

  private Optional<Manifest> find(ImageRef image) {
    return image
        .digest()
        .map(digest -> Optional.ofNullable(manifests.get(digest)))
        .orElseGet(() -> Optional.ofNullable(tags.get(image.withImpliedTag())));
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return find(image)
        .map(
            found ->
                Descriptor.of(
                    found.mediaType(), image.digest().orElse(found.digest()), found.size()));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return find(image)
        .orElseThrow(
            () ->
                new RegistryException(
                    Reason.NOT_FOUND, image.registry(), 0, "there is no manifest " + image, null));
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    Digest digest = image.digest().orElse(manifest.digest());
    Descriptor blob = Descriptor.of(manifest.mediaType(), digest, manifest.size());
    if (!store.findBlob(image.repository(), digest).equals(OptionalLong.of(blob.size()))) {
      store.writeBlob(image.repository(), blob, new ByteArrayInputStream(manifest.content()));
    }
    manifests.put(digest, manifest);
    image.tag().ifPresent(tag -> tags.put(image.withoutDigest(), manifest));
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    Long size = base.get(digest);
    return size == null ? store.findBlob(repository, digest) : OptionalLong.of(size);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return store.readBlob(repository, blob, offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    store.writeBlob(repository, blob, content);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return store.beginUpload(repository);
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return store.resumeUpload(repository, session);
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return base.containsKey(digest) || store.mountBlob(repository, digest, from);
  }

  @Override
  public List<String> tags(Repository repository) {
    return tags.keySet().stream()
        .filter(name -> name.repository().equals(repository))
        .flatMap(name -> name.tag().stream())
        .sorted()
        .toList();
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return Optional.of(
        manifests.entrySet().stream()
            .filter(
                one ->
                    one.getValue().subject().filter(of -> of.digest().equals(subject)).isPresent())
            .map(
                one ->
                    Descriptor.builder()
                        .from(one.getValue().referrerDescriptor())
                        .digest(one.getKey())
                        .build())
            .toList());
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return false;
  }

  /** The store stays open. */
  @Override
  public void close() {}
}
