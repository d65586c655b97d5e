package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes a bundle as a store does, and keeps only the sizes: no content of a blob is read. So the
 * forecast of a bundle counts what creating it writes. Thread-safe.
 */
final class ForecastStore extends HeldManifests {
  /** File systems store files in blocks, mostly of this size. */
  private static final long BLOCK = 4096;

  private static final long TAR_BLOCK = 512;
  private static final long VERSION_FILE = "{\"imageLayoutVersion\":\"1.0.0\"}".length();
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  private final RegistryClient store;
  private final Map<Digest, Long> sizes = new ConcurrentHashMap<>();
  private final Map<ImageRef, Descriptor> index = new ConcurrentHashMap<>();

  /**
   * @param store where the bundle is going to be written; asked what it has
   */
  ForecastStore(RegistryClient store) {
    this.store = store;
  }

  @Override
  public void ping(String registry) {
    store.ping(registry);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    Digest digest = image.digest().orElse(manifest.digest());
    sizes.put(digest, (long) manifest.size());
    hold(image, digest, manifest);
    if (image.tag().isPresent()) {
      list(image.withoutDigest(), manifest, digest);
    }
    if (manifest.subject().isPresent()) {
      list(image.repository().digest(digest), manifest, digest);
    }
  }

  private void list(ImageRef name, Manifest manifest, Digest digest) {
    index.put(
        name,
        Descriptor.builder()
            .mediaType(manifest.mediaType())
            .digest(digest)
            .size(manifest.size())
            .putAnnotations(
                REF_NAME,
                name.repository().equals(Bundle.repository())
                    ? name.tag().orElseGet(name::toString)
                    : name.toString())
            .build());
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    Long size = sizes.get(digest);
    return size == null ? OptionalLong.empty() : OptionalLong.of(size);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return store.readBlob(repository, blob, offset);
  }

  /** Keeps the size, and does not read the content. */
  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    sizes.put(blob.digest(), blob.size());
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return sizes.containsKey(digest);
  }

  private long indexFile() {
    List<Descriptor> entries = new ArrayList<>(index.values());
    return Manifest.index(entries).size();
  }

  /** The size of all files of an image layout in bytes. */
  long directoryBytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum() + VERSION_FILE + indexFile();
  }

  /** The size of an archive in bytes: files with their headers, filled up, and the end. */
  long archiveBytes() {
    return sizes.values().stream().mapToLong(ForecastStore::inArchive).sum()
        + inArchive(VERSION_FILE)
        + inArchive(indexFile())
        + 2 * TAR_BLOCK;
  }

  private static long inArchive(long file) {
    return TAR_BLOCK + roundedUp(file, TAR_BLOCK);
  }

  private static long roundedUp(long size, long block) {
    return (size + block - 1) / block * block;
  }

  /** How much room is needed for what the store does not have, for either form. */
  long bytesToWrite() {
    long files =
        sizes.entrySet().stream()
            .filter(
                one ->
                    !store
                        .findBlob(Bundle.repository(), one.getKey())
                        .equals(OptionalLong.of(one.getValue())))
            .mapToLong(one -> TAR_BLOCK + roundedUp(one.getValue(), BLOCK))
            .sum();
    // index.json is written anew beside the old one.
    return files + 2 * roundedUp(indexFile(), BLOCK) + BLOCK;
  }
}
