package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.HashedInput;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes an archive from its beginning to its end, cut into parts. The checksum of each part is
 * computed on the way. A complete part is synced to the disk while the next one is written. Not
 * thread-safe.
 */
final class PartWriter implements AutoCloseable {
  private final Path directory;
  private final long partSize;
  private final List<PartList.Part> finished = new ArrayList<>();
  private MessageDigest hash = Digest.Algorithm.SHA256.newHash();
  private Frame frame = new Frame();
  private long length;
  private final Background syncing = new Background("airgap-bundle-sync");
  private @Nullable RandomAccessFile part;

  PartWriter(Path directory, long partSize) {
    this.directory = directory;
    this.partSize = partSize;
  }

  /**
   * A place to which writing can return.
   *
   * @param length of the archive
   * @param hash of the part that was begun
   * @param frame of the archive
   */
  record Mark(long length, MessageDigest hash, Frame frame) {}

  long length() {
    return length;
  }

  Mark mark() {
    return new Mark(length, HashedInput.copy(hash), frame.copy());
  }

  /** Takes over bytes that an earlier run has written; the first ones may be of a blob. */
  void adopt(byte[] bytes, int count, int ofBlob) {
    frame.update(bytes, ofBlob, count - ofBlob);
    int offset = 0;
    while (offset < count) {
      int taken = (int) Math.min(count - offset, partSize - length % partSize);
      advance(bytes, offset, taken);
      offset += taken;
    }
  }

  private void advance(byte[] bytes, int offset, int count) {
    hash.update(bytes, offset, count);
    length += count;
    if (length % partSize == 0) {
      finished.add(new PartList.Part(partSize, Digest.of(Digest.Algorithm.SHA256, hash.digest())));
      hash = Digest.Algorithm.SHA256.newHash();
    }
  }

  /** Writes bytes that belong to no blob. */
  void write(byte[] bytes, int count) throws IOException {
    frame.update(bytes, 0, count);
    writeBlob(bytes, count);
  }

  /** Writes bytes of a blob. */
  void writeBlob(byte[] bytes, int count) throws IOException {
    int offset = 0;
    while (offset < count) {
      int taken = (int) Math.min(count - offset, partSize - length % partSize);
      current().write(bytes, offset, taken);
      advance(bytes, offset, taken);
      offset += taken;
      if (length % partSize == 0) {
        endPart();
      }
    }
  }

  private Path file(long position) {
    return directory.resolve(PartList.name((int) (position / partSize)));
  }

  private RandomAccessFile current() throws IOException {
    if (part == null) {
      part = new RandomAccessFile(file(length).toFile(), "rw");
      part.setLength(length % partSize);
      part.seek(length % partSize);
    }
    return part;
  }

  private void endPart() throws IOException {
    RandomAccessFile ended = part;
    if (ended != null) {
      part = null;
      syncing.start(
          () -> {
            try (ended) {
              ended.getFD().sync();
            }
            return null;
          });
    }
  }

  /** Removes everything after a mark. */
  void reset(Mark mark) throws IOException {
    closePart();
    syncing.await();
    length = mark.length();
    hash = HashedInput.copy(mark.hash());
    frame = mark.frame().copy();
    while (finished.size() > length / partSize) {
      finished.remove(finished.size() - 1);
    }
    int next = (int) (length / partSize);
    if (length % partSize != 0) {
      try (RandomAccessFile last = new RandomAccessFile(file(length).toFile(), "rw")) {
        last.setLength(length % partSize);
      }
      next++;
    }
    while (Files.deleteIfExists(directory.resolve(PartList.name(next)))) {
      next++;
    }
  }

  /** Ends the archive. */
  PartList finish() throws IOException {
    endPart();
    syncing.await();
    List<PartList.Part> parts = new ArrayList<>(finished);
    if (length % partSize != 0) {
      parts.add(
          new PartList.Part(
              length % partSize,
              Digest.of(Digest.Algorithm.SHA256, HashedInput.copy(hash).digest())));
    }
    return new PartList(parts, Optional.of(frame.checksum(parts)));
  }

  private void closePart() throws IOException {
    if (part != null) {
      part.close();
      part = null;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      closePart();
      syncing.await();
    } finally {
      syncing.close();
    }
  }
}
