package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.BundleException;
import ai.kubernaut.airgap.bundle.VerifiedStore;
import ai.kubernaut.airgap.bundle.archive.ArchiveScan.Location;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.StoredBlobInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An image layout as a tar archive that is cut into parts, {@code bundle.tar.001} and so on, so
 * that each fits on a medium; {@code cat bundle.tar.[0-9]* | tar x} makes the layout of it. Blobs
 * are written as they come and read where they lie, also across parts, so nothing is ever on the
 * disk twice. The list {@code bundle.tar.json} has the size and the SHA-256 of each part, and
 * {@code bundle.tar.sha256} the checksums for {@code sha256sum -c}.
 *
 * <p>Writing: {@link #create} continues what an earlier run has begun, and {@link #finish}
 * completes the archive. One blob is written at a time; others wait. Blobs need SHA-256 digests.
 * Reading: {@link #open} reads every part once and compares the part and the blobs in it with their
 * digests; no archive is used of which a part is missing, truncated, damaged or in the place of
 * another one, or that has anything else than the files of a layout.
 *
 * <p>Thread-safe. Content is found in every repository by its digest. Failures of the file system
 * are {@link Reason#REFUSED}.
 */
public final class ArchiveRegistryClient implements VerifiedStore {
  /** So small that tests can have many parts. */
  private static final long LEAST_PART = 4096;

  private final Path directory;
  private final long partSize;
  private final Map<Digest, Location> blobs;
  private final ArchiveNames names;
  private final @Nullable ArchiveOutput output;
  private final Set<Digest> verified;
  private volatile boolean closed;

  private ArchiveRegistryClient(
      Path directory,
      long partSize,
      Map<Digest, Location> blobs,
      ArchiveNames names,
      @Nullable ArchiveOutput output,
      Set<Digest> verified) {
    this.verified = Set.copyOf(verified);
    this.directory = directory;
    this.partSize = partSize;
    this.blobs = blobs;
    this.names = names;
    this.output = output;
  }

  /**
   * Begins an archive, or continues one that was not completed. What an earlier run has written is
   * read and compared with its digests; complete blobs stay.
   *
   * @param directory where the parts go; created if it does not exist
   * @param partSize the size of each part but the last in bytes, at least 4096; a later run needs
   *     the same
   * @return a client that writes and reads; the caller closes it
   * @throws AirgapException when the directory cannot be written, another process writes there, or
   *     it has parts of another size
   */
  public static ArchiveRegistryClient create(Path directory, long partSize) {
    if (partSize < LEAST_PART) {
      throw new IllegalArgumentException(
          "partSize is " + partSize + "; it must be " + LEAST_PART + " or more");
    }
    Map<Digest, Location> blobs = new ConcurrentHashMap<>();
    try {
      ArchiveOutput output = ArchiveOutput.begin(directory, partSize, blobs);
      return new ArchiveRegistryClient(
          directory, partSize, blobs, new ArchiveNames(), output, Set.of());
    } catch (IOException e) {
      throw new AirgapException(
          "the bundle cannot be written to " + directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * Opens a complete archive and verifies all of it: the blobs by their digests, and everything
   * else by a checksum of the list. Blobs are not read again when the bundle is checked. If
   * something differs, the checksums of the parts tell which part is damaged.
   *
   * @param directory the directory with the parts and their list
   * @return a client that reads; the caller closes it
   * @throws BundleException when a part is missing, truncated, damaged or in the wrong place, or
   *     the archive has anything that does not belong there
   */
  public static ArchiveRegistryClient open(Path directory) {
    return open(directory, true);
  }

  /**
   * Opens a complete archive without reading its parts: only their sizes and the headers in them
   * are checked.
   *
   * @param directory the directory with the parts and their list
   * @return a client that reads; the caller closes it
   * @throws BundleException when a part is missing or has another size, or the archive has anything
   *     that does not belong there
   */
  public static ArchiveRegistryClient openUnchecked(Path directory) {
    return open(directory, false);
  }

  private static ArchiveRegistryClient open(Path directory, boolean checksums) {
    PartList list = PartList.read(directory);
    Set<Digest> verified = new HashSet<>();
    ArchiveScan scan =
        checksums
            ? ArchiveCheck.scan(directory, list, verified)
            : ArchiveCheck.scan(directory, list);
    ArchiveNames names;
    try {
      names = ArchiveNames.parse(scan.read(Entries.INDEX));
    } catch (InvalidManifestException e) {
      throw Refusal.invalid(directory, Entries.INDEX, e.getMessage());
    }
    return new ArchiveRegistryClient(
        directory, list.partSize(), new ConcurrentHashMap<>(scan.blobs()), names, null, verified);
  }

  /**
   * Returns whether a directory has the parts of an archive.
   *
   * @param directory any path
   * @return true also when some of them are missing
   */
  public static boolean isArchive(Path directory) {
    return Files.exists(directory.resolve(PartList.FILE))
        || Files.exists(directory.resolve(PartList.name(0)));
  }

  /**
   * Completes an archive that was created by this client. Nothing can be written any more.
   *
   * @return the number of parts
   * @throws IllegalStateException when this client only reads
   * @throws AirgapException when the end of the archive cannot be written
   */
  public int finish() {
    if (output == null) {
      throw new IllegalStateException("this client only reads");
    }
    try {
      synchronized (names) {
        return output.finish(names.index()).parts().size();
      }
    } catch (IOException e) {
      throw new AirgapException(
          "the bundle in " + directory + " cannot be completed: " + e.getMessage(), e);
    }
  }

  private ArchiveAction action(String registry, String what) {
    if (closed) {
      throw new IllegalStateException("this client is closed");
    }
    ArchiveAction action = new ArchiveAction(registry, what, () -> closed);
    action.check();
    return action;
  }

  private ArchiveOutput output(ArchiveAction action) {
    if (output == null) {
      throw action.failed(Reason.REFUSED, "the archive is complete; create another one");
    }
    return output;
  }

  @Override
  public boolean isVerified(Digest blob) {
    return verified.contains(blob);
  }

  @Override
  public void ping(String registry) {
    action(registry, "asking the archive for " + Target.registry(registry).registry());
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    ArchiveAction action = action(image.registry(), "looking for manifest " + image);
    try {
      return manifest(action, image)
          .map(
              found ->
                  Descriptor.of(
                      found.mediaType(), image.digest().orElse(found.digest()), found.size()));
    } catch (InvalidManifestException e) {
      // A blob was asked for.
      return Optional.empty();
    }
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    ArchiveAction action = action(image.registry(), "reading manifest " + image);
    return manifest(action, image)
        .orElseThrow(() -> action.failed(Reason.NOT_FOUND, "there is no such manifest"));
  }

  private Optional<Manifest> manifest(ArchiveAction action, ImageRef image) {
    Optional<Digest> digest;
    Optional<String> mediaType;
    synchronized (names) {
      digest = image.digest().or(() -> names.find(image).map(Descriptor::digest));
      mediaType = digest.flatMap(names::mediaType);
    }
    Location location = digest.map(blobs::get).orElse(null);
    if (location == null || location.size() > Manifest.MAX_SIZE) {
      return Optional.empty();
    }
    Descriptor blob =
        Descriptor.of("application/octet-stream", digest.orElseThrow(), location.size());
    try (InputStream in = content(action, blob, location, 0)) {
      byte[] bytes = in.readAllBytes();
      return Optional.of(
          mediaType.map(type -> Manifest.of(type, bytes)).orElseGet(() -> Manifest.of(bytes)));
    } catch (IOException e) {
      throw action.failed(e);
    }
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    ArchiveAction action = action(image.registry(), "writing manifest " + image);
    Digest digest = image.digest().orElse(manifest.digest());
    if (!manifest.hasDigest(digest)) {
      throw action.failed(
          Reason.DIGEST_MISMATCH, "the manifest has the digest " + manifest.digest());
    }
    for (List<Descriptor> parts : List.of(manifest.blobs(), manifest.children())) {
      for (Descriptor part : parts) {
        Location there = blobs.get(part.digest());
        if (part.urls().isEmpty() && (there == null || there.size() != part.size())) {
          throw action.failed(Reason.REFUSED, part.digest() + " is not in the archive");
        }
      }
    }
    Descriptor blob = Descriptor.of(manifest.mediaType(), digest, manifest.size());
    output(action).write(action, blob, manifest.content());
    synchronized (names) {
      names.put(image, manifest, digest);
    }
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    action(repository.registry(), "looking for blob " + digest + " in " + repository);
    Location location = blobs.get(digest);
    return location == null ? OptionalLong.empty() : OptionalLong.of(location.size());
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    ArchiveAction action =
        action(repository.registry(), "reading blob " + blob.digest() + " of " + repository);
    if (offset < 0 || offset > blob.size()) {
      throw new IllegalArgumentException(
          "offset is " + offset + ", and the blob has " + blob.size() + " bytes");
    }
    Location location = blobs.get(blob.digest());
    if (location == null) {
      throw action.failed(Reason.NOT_FOUND, "there is no such blob in " + directory);
    }
    if (location.size() != blob.size()) {
      throw action.failed(
          Reason.DIGEST_MISMATCH,
          "it has " + location.size() + " bytes, and should have " + blob.size());
    }
    return content(action, blob, location, offset);
  }

  private InputStream content(
      ArchiveAction action, Descriptor blob, Location location, long offset) {
    return new StoredBlobInput(
        action,
        blob,
        new PartReader(directory, partSize, location.position() + offset, location.size() - offset),
        offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    ArchiveAction action =
        action(repository.registry(), "writing blob " + blob.digest() + " to " + repository);
    output(action).write(action, blob, content);
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    action(repository.registry(), "mounting blob " + digest + " in " + repository);
    if (!from.registry().equals(repository.registry())) {
      throw new IllegalArgumentException(
          "a blob cannot be mounted from " + from + ", which is in another registry");
    }
    return blobs.containsKey(digest);
  }

  @Override
  public List<String> tags(Repository repository) {
    action(repository.registry(), "listing the tags of " + repository);
    synchronized (names) {
      return names.tagged().stream()
          .filter(name -> name.repository().equals(repository))
          .flatMap(name -> name.tag().stream())
          .toList();
    }
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    action(repository.registry(), "listing the referrers of " + subject + " in " + repository);
    synchronized (names) {
      return Optional.of(names.referrers(subject));
    }
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return false;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (output != null) {
      try {
        output.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
