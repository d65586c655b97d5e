package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A blob of a layout, whose digest is checked where it is read from its first byte on. */
final class LayoutInput extends InputStream {
  private final Action action;
  private final Descriptor blob;
  private final InputStream file;
  private final @Nullable MessageDigest hash;
  private long position;
  private boolean ended;

  /**
   * @param file at the offset
   */
  LayoutInput(Action action, Descriptor blob, InputStream file, long offset) {
    this.action = action;
    this.blob = blob;
    this.file = file;
    this.hash = offset == 0 ? blob.digest().algorithm().newHash() : null;
    this.position = offset;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (ended) {
      throw action.failed(Reason.UNREACHABLE, "the stream was closed before its end");
    }
    action.check();
    if (length == 0) {
      return 0;
    }
    int count;
    try {
      count = file.read(buffer, offset, length);
    } catch (IOException e) {
      throw action.failed(e);
    }
    if (count < 0) {
      checkWhole();
      return -1;
    }
    position += count;
    if (hash != null) {
      hash.update(buffer, offset, count);
    }
    return count;
  }

  private void checkWhole() {
    if (position != blob.size()) {
      throw action.failed(
          Reason.DIGEST_MISMATCH,
          "the file has " + position + " bytes, and the blob has " + blob.size());
    }
    if (hash != null) {
      // The end may be asked for again; it was right once then.
      Digest actual = Digest.of(blob.digest().algorithm(), clone(hash).digest());
      if (!actual.equals(blob.digest())) {
        throw action.failed(
            Reason.DIGEST_MISMATCH,
            "the file of blob %s in %s has the digest %s; delete the file and fetch it again"
                .formatted(blob.digest(), action.directory(), actual));
      }
    }
  }

  private static MessageDigest clone(MessageDigest hash) {
    try {
      return (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every hash of the JDK can be cloned", e);
    }
  }

  @Override
  public void close() {
    ended = true;
    try {
      file.close();
    } catch (IOException e) {
      throw action.failed(e);
    }
  }
}
