package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.archive.ArchiveScan.Location;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.HashedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Everything in an archive that no digest of a blob covers: headers, padding, the index, the end,
 * and the sizes and checksums of the parts. With the checksum of the frame and the digests of the
 * blobs an archive is verified without hashing a byte twice. Not thread-safe.
 */
final class Frame {
  private final MessageDigest hash;

  Frame() {
    this(Digest.Algorithm.SHA256.newHash());
  }

  private Frame(MessageDigest hash) {
    this.hash = hash;
  }

  Frame copy() {
    return new Frame(HashedInput.copy(hash));
  }

  /** Takes the next bytes outside the blobs. */
  void update(byte[] bytes, int offset, int count) {
    hash.update(bytes, offset, count);
  }

  /** The checksum of the frame; this frame can still grow. */
  Digest checksum(List<PartList.Part> parts) {
    Frame whole = copy();
    for (PartList.Part part : parts) {
      byte[] line = (part.size() + " " + part.digest() + "\n").getBytes(StandardCharsets.UTF_8);
      whole.update(line, 0, line.length);
    }
    return Digest.of(Digest.Algorithm.SHA256, whole.hash.digest());
  }

  /** Reads the frame of an archive. */
  static Frame read(Path directory, PartList list, Collection<Location> blobs) throws IOException {
    Frame frame = new Frame();
    long position = 0;
    List<Location> sorted =
        blobs.stream()
            .filter(blob -> blob.size() > 0)
            .sorted(Comparator.comparingLong(Location::position))
            .toList();
    for (Location blob : sorted) {
      frame.read(directory, list, position, blob.position());
      position = blob.position() + blob.size();
    }
    frame.read(directory, list, position, list.length());
    return frame;
  }

  private void read(Path directory, PartList list, long begin, long end) throws IOException {
    byte[] buffer = new byte[8192];
    try (InputStream in = new PartReader(directory, list.partSize(), begin, end - begin)) {
      int count = in.read(buffer);
      while (count > 0) {
        update(buffer, 0, count);
        count = in.read(buffer);
      }
    }
  }
}
