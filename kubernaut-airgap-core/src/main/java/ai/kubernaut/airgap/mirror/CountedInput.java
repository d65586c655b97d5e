package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.registry.HashedInput;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A stream from the source that counts what is read, and remembers whether it has failed. */
final class CountedInput extends HashedInput {
  private final InputStream in;
  private final LongConsumer counter;
  private boolean failed;

  CountedInput(InputStream in, LongConsumer counter) {
    this.in = in;
    this.counter = counter;
  }

  /** Whether the source ended a transfer, and not the target. */
  boolean hasFailed() {
    return failed;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(buffer, offset, length);
    } catch (IOException | RuntimeException e) {
      failed = true;
      throw e;
    }
    if (count > 0) {
      counter.accept(count);
    }
    return count;
  }

  @Override
  public Optional<MessageDigest> hash() {
    return in instanceof HashedInput hashed ? hashed.hash() : Optional.empty();
  }

  /** Closes the stream. A failure does not matter: nothing more is wanted from the source. */
  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      return;
    }
  }
}
