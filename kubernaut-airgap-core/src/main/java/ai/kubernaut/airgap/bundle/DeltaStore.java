package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A store for a bundle that leaves out what its base has, or manifests that indexes list. A store
 * refuses manifests whose blobs are absent, so manifests are stored as blobs, and their names are
 * held here. The store stays open. Thread-safe.
 */
final class DeltaStore extends HeldManifests {
  private final RegistryClient store;
  private final Map<Digest, Long> base;

  /**
   * @param base the blobs that are left out, with their sizes
   */
  DeltaStore(RegistryClient store, Map<Digest, Long> base) {
    this.store = store;
    this.base = base;
  }

  @Override
  public void ping(String registry) {
    store.ping(registry);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    Digest digest = image.digest().orElse(manifest.digest());
    Descriptor blob = Descriptor.of(manifest.mediaType(), digest, manifest.size());
    if (!store.findBlob(image.repository(), digest).equals(OptionalLong.of(blob.size()))) {
      store.writeBlob(image.repository(), blob, new ByteArrayInputStream(manifest.content()));
    }
    hold(image, digest, manifest);
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
}
