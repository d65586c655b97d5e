package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.archive.ArchiveScan.Location;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.io.ProcessLock;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.HashedInput;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * The writing side of an archive: one file after the other. A file that fails is taken back; what
 * an earlier run has completed is kept. Thread-safe; one file is written at a time.
 */
final class ArchiveOutput {
  private static final String VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}";
  private static final String LOCK = ".bundle.lock";
  private static final int BUFFER = 512 << 10;

  private final Path directory;
  private final long partSize;
  private final Map<Digest, Location> blobs;
  private final PartWriter parts;
  private final ProcessLock lock;
  private final Background writing = new Background("airgap-bundle-write");
  private byte[] buffer = new byte[BUFFER];
  private byte[] other = new byte[BUFFER];

  private ArchiveOutput(
      Path directory, long partSize, Map<Digest, Location> blobs, ProcessLock lock) {
    this.directory = directory;
    this.partSize = partSize;
    this.blobs = blobs;
    this.lock = lock;
    this.parts = new PartWriter(directory, partSize);
  }

  /**
   * Begins an archive, or continues one.
   *
   * @param blobs gets what is in the archive
   * @throws IOException when another process writes there, or parts have another size
   */
  static ArchiveOutput begin(Path directory, long partSize, Map<Digest, Location> blobs)
      throws IOException {
    Files.createDirectories(directory);
    ProcessLock lock =
        ProcessLock.tryAcquire(directory.resolve(LOCK))
            .orElseThrow(() -> new IOException("another process writes the bundle"));
    ArchiveOutput output = new ArchiveOutput(directory, partSize, blobs, lock);
    try {
      Files.deleteIfExists(directory.resolve(PartList.FILE));
      Files.deleteIfExists(directory.resolve(PartList.CHECKSUMS));
      output.adopt();
      return output;
    } catch (IOException | RuntimeException e) {
      output.close();
      throw e;
    }
  }

  /** Keeps the files that are complete, by their digests, and removes what follows them. */
  private void adopt() throws IOException {
    long length = existing();
    PartWriter.Mark good = parts.mark();
    try (InputStream in = new PartReader(directory, partSize, 0, length)) {
      while (adoptFile(in)) {
        good = parts.mark();
      }
    }
    parts.reset(good);
    if (parts.length() == 0) {
      write(Entries.VERSION, VERSION.getBytes(StandardCharsets.UTF_8));
    }
  }

  private long existing() throws IOException {
    long length = 0;
    for (int i = 0; ; i++) {
      Path file = directory.resolve(PartList.name(i));
      if (!Files.exists(file)) {
        return length;
      }
      long size = Files.size(file);
      if (length != i * partSize || size > partSize) {
        throw new IOException(
            "the parts in "
                + directory
                + " have another size; use the same one, or another"
                + " directory");
      }
      length += size;
    }
  }

  private boolean adoptFile(InputStream in) throws IOException {
    byte[] header = in.readNBytes(Entries.BLOCK);
    Optional<TarArchiveEntry> entry =
        header.length < Entries.BLOCK ? Optional.empty() : Entries.parse(header);
    if (entry.isEmpty() || !Entries.isFile(entry.get())) {
      return false;
    }
    String name = entry.get().getName();
    Optional<Digest> digest = Entries.blob(name);
    if (digest.isEmpty() && !name.equals(Entries.VERSION)) {
      return false;
    }
    parts.adopt(header, header.length, 0);
    long position = parts.length();
    long size = entry.get().getSize();
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    long left = Entries.padded(size);
    long content = size;
    while (left > 0) {
      int count = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
      if (count == 0) {
        return false;
      }
      int ofContent = (int) Math.min(content, count);
      hash.update(buffer, 0, ofContent);
      parts.adopt(buffer, count, digest.isPresent() ? ofContent : 0);
      content -= Math.min(content, count);
      left -= count;
    }
    if (digest.isPresent()) {
      if (!Digest.of(Digest.Algorithm.SHA256, hash.digest()).equals(digest.get())) {
        return false;
      }
      blobs.put(digest.get(), new Location(position, size));
    }
    return true;
  }

  private void write(String name, byte[] content) throws IOException {
    parts.write(Entries.header(name, content.length), Entries.BLOCK);
    parts.write(content, content.length);
    pad(content.length);
  }

  private void pad(long size) throws IOException {
    int count = (int) (Entries.padded(size) - size);
    parts.write(new byte[count], count);
  }

  /** Writes a blob; when anything fails, the archive is as it was. */
  synchronized void write(ArchiveAction action, Descriptor blob, InputStream content) {
    action.check();
    if (blob.digest().algorithm() != Digest.Algorithm.SHA256) {
      throw action.failed(
          Reason.REFUSED, "an archive has blobs with SHA-256 digests only; use a directory");
    }
    boolean there = blobs.containsKey(blob.digest());
    PartWriter.Mark mark = parts.mark();
    boolean complete = false;
    try {
      if (!there) {
        parts.write(Entries.header(Entries.name(blob.digest()), blob.size()), Entries.BLOCK);
      }
      long position = parts.length();
      HashedInput hashed = HashedInput.of(content, Digest.Algorithm.SHA256);
      long size = copy(action, blob, hashed, !there);
      check(action, blob, size, hashed);
      if (!there) {
        pad(blob.size());
        blobs.put(blob.digest(), new Location(position, blob.size()));
      }
      complete = true;
    } catch (IOException e) {
      throw action.failed(e);
    } finally {
      if (!complete) {
        takeBack(action, mark);
      }
    }
  }

  private void takeBack(ArchiveAction action, PartWriter.Mark mark) {
    try {
      parts.reset(mark);
    } catch (FileNotFoundException e) {
      throw action.failed(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads and hashes the content while what was read before is written. */
  private long copy(ArchiveAction action, Descriptor blob, InputStream content, boolean store)
      throws IOException {
    long size = 0;
    try {
      int count = read(content, buffer);
      while (count > 0) {
        action.check();
        size += count;
        if (size > blob.size()) {
          throw mismatch(action, "the content has more than " + blob.size() + " bytes");
        }
        byte[] bytes = buffer;
        if (store) {
          int length = count;
          writing.start(
              () -> {
                parts.writeBlob(bytes, length);
                return null;
              });
        }
        buffer = other;
        other = bytes;
        count = read(content, buffer);
      }
    } catch (RuntimeException | Error e) {
      try {
        writing.await();
      } catch (IOException failedWrite) {
        e.addSuppressed(failedWrite);
      }
      throw e;
    }
    writing.await();
    return size;
  }

  private static void check(ArchiveAction action, Descriptor blob, long size, HashedInput content) {
    Digest actual = Digest.of(Digest.Algorithm.SHA256, content.hash().orElseThrow().digest());
    if (size != blob.size() || !actual.equals(blob.digest())) {
      throw mismatch(
          action,
          "the content has %d bytes and the digest %s, and should have %d and %s"
              .formatted(size, actual, blob.size(), blob.digest()));
    }
  }

  private static RuntimeException mismatch(ArchiveAction action, String why) {
    return action.failed(Reason.DIGEST_MISMATCH, why);
  }

  /** What the content throws is the caller's, and not to be taken for a failure of the archive. */
  private static int read(InputStream content, byte[] buffer) {
    try {
      return content.readNBytes(buffer, 0, buffer.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(ArchiveAction action, Descriptor blob, byte[] content) {
    write(action, blob, new ByteArrayInputStream(content));
  }

  /** Writes the index, the end of the archive, and the list of its parts. */
  synchronized PartList finish(byte[] index) throws IOException {
    write(Entries.INDEX, index);
    parts.write(new byte[2 * Entries.BLOCK], 2 * Entries.BLOCK);
    PartList list = parts.finish();
    list.write(directory);
    return list;
  }

  synchronized void close() throws IOException {
    try {
      parts.close();
    } finally {
      writing.close();
      lock.close();
      Files.deleteIfExists(directory.resolve(LOCK));
    }
  }
}
