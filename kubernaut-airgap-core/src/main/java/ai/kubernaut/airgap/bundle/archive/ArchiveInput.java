package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A blob of an archive, whose digest is checked where it is read from its first byte on. */
final class ArchiveInput extends InputStream {
  private final ArchiveAction action;
  private final Descriptor blob;
  private final InputStream content;
  private final @Nullable MessageDigest hash;
  private boolean ended;
  private boolean checked;

  ArchiveInput(ArchiveAction action, Descriptor blob, InputStream content, long offset) {
    this.action = action;
    this.blob = blob;
    this.content = content;
    this.hash = offset == 0 ? blob.digest().algorithm().newHash() : null;
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
    int count;
    try {
      count = content.read(buffer, offset, length);
    } catch (IOException e) {
      throw action.failed(e);
    }
    if (count >= 0) {
      if (hash != null) {
        hash.update(buffer, offset, count);
      }
      return count;
    }
    if (hash != null && !checked) {
      Digest actual = Digest.of(blob.digest().algorithm(), hash.digest());
      if (!actual.equals(blob.digest())) {
        throw mismatch(actual);
      }
      checked = true;
    }
    return -1;
  }

  private RegistryException mismatch(Digest actual) {
    return action.failed(
        Reason.DIGEST_MISMATCH,
        "the content of blob " + blob.digest() + " has the digest " + actual);
  }

  @Override
  public void close() {
    ended = true;
    try {
      content.close();
    } catch (IOException e) {
      throw action.failed(e);
    }
  }
}
