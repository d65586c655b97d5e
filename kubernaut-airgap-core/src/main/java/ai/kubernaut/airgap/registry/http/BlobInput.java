package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.HashedInput;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A blob as it comes over the connection: counted, and hashed where its first byte comes too. The
 * last bytes are handed out only when the whole is right.
 */
final class BlobInput extends HashedInput {
  private final Call call;
  private final Failures failures;
  private final HttpResponse answer;
  private final Descriptor blob;
  private final @Nullable MessageDigest hash;
  private long position;
  private boolean complete;
  private boolean closed;

  /**
   * @param position which byte of the blob comes first; 0 makes the digest checkable
   */
  BlobInput(Call call, Failures failures, HttpResponse answer, Descriptor blob, long position) {
    this.call = call;
    this.failures = failures;
    this.answer = answer;
    this.blob = blob;
    this.position = position;
    this.hash = position == 0 ? blob.digest().algorithm().newHash() : null;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (closed) {
      throw failures.of(call, Reason.UNREACHABLE, "the stream was closed before its end");
    }
    if (length == 0) {
      return 0;
    }
    if (complete) {
      return -1;
    }
    int count = receive(buffer, offset, length);
    if (count < 0) {
      if (position < blob.size()) {
        throw endedEarly();
      }
      // Only an empty blob gets here: a longer one is checked with its last bytes.
      check();
      return -1;
    }
    // What is counted and hashed is handed out, so whatever can fail comes first.
    long end = position + count;
    boolean last = end == blob.size();
    if (end > blob.size() || (last && hasMore())) {
      throw tooLong();
    }
    position = end;
    if (hash != null) {
      hash.update(buffer, offset, count);
    }
    if (last) {
      check();
    }
    return count;
  }

  /**
   * Whether bytes follow the last one. A connection that breaks there took nothing away: all bytes
   * have arrived, and the digest decides whether they are right.
   */
  private boolean hasMore() {
    checkNotInterrupted();
    try {
      return answer.read(new byte[1], 0, 1) >= 0;
    } catch (IOException e) {
      if (answer.transfer().stopped() != null) {
        throw broken(e);
      }
      answer.close();
      return false;
    }
  }

  @Override
  public Optional<MessageDigest> hash() {
    return hash == null ? Optional.empty() : Optional.of(copy(hash));
  }

  /** Passes over the first bytes of a blob that came whole though only its end was asked for. */
  void pass(long count) {
    byte[] buffer = new byte[64 << 10];
    long left = count;
    while (left > 0) {
      int read = read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw endedEarly();
      }
      left -= read;
    }
  }

  private int receive(byte[] buffer, int offset, int length) {
    checkNotInterrupted();
    try {
      int count = answer.read(buffer, offset, length);
      if (count < 0 && answer.transfer().stopped() != null) {
        throw new EOFException("broken off");
      }
      return count;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private void checkNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      close();
      throw failures.interrupted(call, null);
    }
  }

  private RuntimeException broken(IOException e) {
    close();
    return failures.io(call, answer.uri(), answer.transfer(), e);
  }

  private void check() {
    complete = true;
    answer.ended();
    answer.close();
    if (hash != null) {
      // A copy, because the hash may be asked for after the end.
      Digest actual = Digest.of(blob.digest().algorithm(), copy(hash).digest());
      if (!actual.equals(blob.digest())) {
        close();
        throw failures.of(
            call,
            Reason.DIGEST_MISMATCH,
            "the registry's bytes have the digest "
                + actual
                + "; what it holds, or something on the way, is damaged");
      }
    }
  }

  private RuntimeException endedEarly() {
    close();
    return failures.of(
        call,
        Reason.UNREACHABLE,
        "the transfer ended after " + position + " of " + blob.size() + " bytes");
  }

  private RuntimeException tooLong() {
    close();
    return failures.of(
        call,
        Reason.DIGEST_MISMATCH,
        "the registry sent more than the blob's " + blob.size() + " bytes");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (!complete) {
        answer.close();
      }
    }
  }
}
