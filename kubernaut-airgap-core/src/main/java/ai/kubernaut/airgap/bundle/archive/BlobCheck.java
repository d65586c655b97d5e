package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.archive.ArchiveScan.Location;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.io.Parallel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares the blobs of an archive with their digests. */
final class BlobCheck {
  /** Few, because the medium may be one that reads one file at a time best. */
  private static final int AT_ONCE = 2;

  private static final int BUFFER = 512 << 10;

  private BlobCheck() {}

  /**
   * Reads the blobs in the order of their positions.
   *
   * @return those whose content can be read and has their digest
   */
  static Set<Digest> verified(Path directory, long partSize, Map<Digest, Location> blobs) {
    List<Map.Entry<Digest, Location>> ordered =
        blobs.entrySet().stream()
            .sorted(Comparator.comparingLong(blob -> blob.getValue().position()))
            .toList();
    try {
      return Parallel.map(
              AT_ONCE,
              "airgap-bundle-checksum",
              ordered,
              blob -> digest(directory, partSize, blob.getValue()).filter(blob.getKey()::equals))
          .stream()
          .flatMap(Optional::stream)
          .collect(Collectors.toUnmodifiableSet());
    } catch (InterruptedException e) {
      throw CancelledException.interrupted(
          "checking the bundle was interrupted; nothing was changed", e);
    }
  }

  /** Returns empty for content that cannot be read to its end. */
  private static Optional<Digest> digest(Path directory, long partSize, Location blob) {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, blob.size()))];
    try (InputStream in = new PartReader(directory, partSize, blob.position(), blob.size())) {
      int count = in.read(buffer);
      while (count > 0 && !Thread.currentThread().isInterrupted()) {
        hash.update(buffer, 0, count);
        count = in.read(buffer);
      }
    } catch (IOException e) {
      // The comparison of the parts with their list tells which of them cannot be read.
      return Optional.empty();
    }
    return Optional.of(Digest.of(Digest.Algorithm.SHA256, hash.digest()));
  }
}
