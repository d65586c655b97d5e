package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A blob in the files of a registry client. Its size is checked at its end, and its digest where it
 * is read from its first byte on.
 */
public final class StoredBlobInput extends HashedInput {
  private final Operation operation;
  private final Descriptor blob;
  private final InputStream content;
  private final @Nullable MessageDigest hash;
  private long position;
  private boolean ended;

  /** The operation of a client that a stream belongs to; it makes the exceptions of the client. */
  public interface Operation {
    /** Throws an exception if the operation has to end, for example because the client closes. */
    void check();

    /**
     * Returns the exception for a failure.
     *
     * @param reason its kind
     * @param why what is wrong
     * @return the exception
     */
    RegistryException failed(Reason reason, String why);

    /**
     * Returns the exception for a failure of the file system.
     *
     * @param cause the failure
     * @return the exception
     */
    RegistryException failed(IOException cause);

    /**
     * Describes content with another digest.
     *
     * @param blob the blob
     * @param actual the digest of its content
     * @return the reason, and what to do
     */
    String describeMismatch(Descriptor blob, Digest actual);
  }

  /**
   * Creates a stream.
   *
   * @param operation is checked before each read
   * @param blob the blob
   * @param content the content of the blob from the offset on; closed with this stream
   * @param offset the position in the blob, in bytes
   */
  public StoredBlobInput(Operation operation, Descriptor blob, InputStream content, long offset) {
    this.operation = operation;
    this.blob = blob;
    this.content = content;
    this.hash = offset == 0 ? blob.digest().algorithm().newHash() : null;
    this.position = offset;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (ended) {
      throw operation.failed(Reason.UNREACHABLE, "the stream was closed before its end");
    }
    operation.check();
    if (length == 0) {
      return 0;
    }
    int count;
    try {
      count = content.read(buffer, offset, length);
    } catch (IOException e) {
      throw operation.failed(e);
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
      throw operation.failed(
          Reason.DIGEST_MISMATCH,
          "the file has " + position + " bytes, and the blob has " + blob.size());
    }
    // A copy, because the end may be read again.
    hash()
        .map(whole -> Digest.of(blob.digest().algorithm(), whole.digest()))
        .filter(actual -> !actual.equals(blob.digest()))
        .ifPresent(
            actual -> {
              throw operation.failed(
                  Reason.DIGEST_MISMATCH, operation.describeMismatch(blob, actual));
            });
  }

  @Override
  public Optional<MessageDigest> hash() {
    return hash == null ? Optional.empty() : Optional.of(copy(hash));
  }

  @Override
  public void close() {
    ended = true;
    try {
      content.close();
    } catch (IOException e) {
      throw operation.failed(e);
    }
  }
}
