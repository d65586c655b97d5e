package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.HashedInput;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;

/** A blob on its way into a layout: a file that has its name once it is whole. */
final class LayoutUpload implements BlobUpload {
  private static final int BUFFER = 128 << 10;

  private final Action action;
  private final UUID session;

  LayoutUpload(Action action, UUID session) {
    this.action = action;
    this.session = session;
  }

  @Override
  public Optional<String> session() {
    return Optional.of(session.toString());
  }

  @Override
  public long minimumChunk() {
    return 0;
  }

  @Override
  public long offset() {
    return action.run(() -> Files.size(file()));
  }

  private Path file() throws IOException {
    return action
        .directory()
        .part(session)
        .orElseThrow(() -> action.failed(Reason.NOT_FOUND, "there is no such upload"));
  }

  @Override
  public void append(long offset, long length, InputStream content) {
    action.run(
        () -> {
          try (FileChannel out = open(offset)) {
            long taken = copy(content, length, out);
            if (taken < length) {
              throw action.failed(
                  Reason.DIGEST_MISMATCH, "the content ends " + (length - taken) + " bytes early");
            }
          }
          return true;
        });
  }

  private FileChannel open(long offset) throws IOException {
    FileChannel channel =
        FileChannel.open(file(), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    if (channel.size() != offset) {
      try (channel) {
        throw action.failed(
            Reason.REFUSED, "the upload is at " + channel.size() + ", and not at " + offset);
      }
    }
    return channel.position(offset);
  }

  /** Copies so many bytes, or fewer when the content ends, and says how many. */
  private long copy(InputStream content, long length, FileChannel out) throws IOException {
    byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, length))];
    long taken = 0;
    while (taken < length) {
      int count = read(content, buffer, (int) Math.min(buffer.length, length - taken));
      action.check();
      if (count < 0) {
        return taken;
      }
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      taken += count;
    }
    return taken;
  }

  /** What the content throws is the caller's, and not to be taken for a failure of the layout. */
  private static int read(InputStream content, byte[] buffer, int length) {
    try {
      return content.read(buffer, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void finish(Descriptor blob, long offset, InputStream content) {
    action.run(
        () -> {
          Path file = file();
          HashedInput hashed = hashed(file, blob, offset, content);
          long size;
          try (FileChannel out = open(offset)) {
            size = offset + copy(hashed, Math.max(0, blob.size() - offset), out);
          }
          Digest actual =
              Digest.of(blob.digest().algorithm(), hashed.hash().orElseThrow().digest());
          byte[] more = new byte[1];
          boolean tooLong = size >= blob.size() && read(hashed, more, 1) > 0;
          if (tooLong || size != blob.size() || !actual.equals(blob.digest())) {
            throw mismatch(blob, tooLong, size, actual);
          }
          action.check();
          action.directory().keep(file, blob.digest());
          return true;
        });
  }

  private RegistryException mismatch(Descriptor blob, boolean tooLong, long size, Digest actual) {
    abandon();
    return action.failed(
        Reason.DIGEST_MISMATCH,
        tooLong
            ? "the content has more than the blob's " + blob.size() + " bytes"
            : "the content has "
                + size
                + " bytes and the digest "
                + actual
                + ", and should have "
                + blob.size()
                + " and "
                + blob.digest());
  }

  /** Hashes content from where an upload is on, together with what the file has already. */
  private HashedInput hashed(Path file, Descriptor blob, long offset, InputStream content)
      throws IOException {
    if (offset == 0) {
      return HashedInput.of(content, blob.digest().algorithm());
    }
    MessageDigest hash = blob.digest().algorithm().newHash();
    hashFile(file, hash, offset);
    return HashedInput.continuing(content, hash);
  }

  /** An earlier run may have written the beginning. */
  private void hashFile(Path file, MessageDigest hash, long length) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[BUFFER];
      long left = length;
      while (left > 0) {
        action.check();
        int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw action.failed(Reason.NOT_FOUND, "the upload was taken away");
        }
        hash.update(buffer, 0, count);
        left -= count;
      }
    }
  }

  @Override
  public void abandon() {
    try {
      Optional<Path> part = action.directory().part(session);
      if (part.isPresent()) {
        Files.deleteIfExists(part.get());
      }
    } catch (IOException e) {
      // Good manners only, and there may be a failure that the caller has to know of.
      return;
    }
  }
}
