package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.archive.ArchiveScan.Location;
import ai.kubernaut.airgap.image.Digest;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes the digests of the blobs of an archive while its parts are read one after the other. Not
 * thread-safe.
 */
final class BlobHashes {
  private final List<Map.Entry<Digest, Location>> blobs;
  private final Set<Digest> verified = new HashSet<>();
  private MessageDigest hash = Digest.Algorithm.SHA256.newHash();
  private int next;

  BlobHashes(Map<Digest, Location> blobs) {
    this.blobs =
        blobs.entrySet().stream()
            .filter(blob -> blob.getValue().size() > 0)
            .sorted(Comparator.comparingLong(blob -> blob.getValue().position()))
            .toList();
  }

  /** Takes the bytes from a position of the archive on, which follow those of the last call. */
  void update(long position, byte[] bytes, int count) {
    int offset = 0;
    while (offset < count && next < blobs.size()) {
      Location blob = blobs.get(next).getValue();
      long at = position + offset;
      long end = blob.position() + blob.size();
      if (at < blob.position()) {
        offset += (int) Math.min(count - offset, blob.position() - at);
      } else if (at < end) {
        int taken = (int) Math.min(count - offset, end - at);
        hash.update(bytes, offset, taken);
        offset += taken;
        if (at + taken == end) {
          end(blobs.get(next).getKey());
        }
      } else {
        // Its part is missing or shorter than it should be.
        end(blobs.get(next).getKey());
      }
    }
  }

  private void end(Digest blob) {
    if (Digest.of(Digest.Algorithm.SHA256, hash.digest()).equals(blob)) {
      verified.add(blob);
    }
    next++;
  }

  /** The blobs whose content has their digest. */
  Set<Digest> verified() {
    return Set.copyOf(verified);
  }
}
