package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A blob's bytes, which are hashed as they are read. Who reads on elsewhere after a break can take
 * the hash over and need not compute it beside this stream all the time. Streams of {@link
 * RegistryClient#readBlob} may be of this class, and need not.
 */
public abstract class HashedInput extends InputStream {
  /** For subclasses. */
  protected HashedInput() {}

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] buffer, int offset, int length) throws IOException;

  /**
   * The hash of the bytes read so far.
   *
   * @return a copy, by the algorithm of the blob's digest; empty when the first byte read was not
   *     the blob's first
   */
  public abstract Optional<MessageDigest> hash();

  /**
   * Returns content as a stream that hashes what is read. Content that is hashed already is
   * returned as it is, so that no byte is hashed twice.
   *
   * @param content the bytes of a blob from its first one on; closing the returned stream closes it
   * @param algorithm by which to hash
   * @return a stream whose {@link #hash()} is present
   */
  public static HashedInput of(InputStream content, Digest.Algorithm algorithm) {
    MessageDigest hash = algorithm.newHash();
    return content instanceof HashedInput hashed
            && hashed
                .hash()
                .filter(own -> own.getAlgorithm().equals(hash.getAlgorithm()))
                .isPresent()
        ? hashed
        : new HashingInput(content, hash);
  }

  /**
   * Returns content that is hashed together with what comes before it.
   *
   * @param content the rest of a blob; closing the returned stream closes it
   * @param begun the hash of what comes before; used by the returned stream from now on
   * @return a stream whose {@link #hash()} is present
   */
  public static HashedInput continuing(InputStream content, MessageDigest begun) {
    return new HashingInput(content, begun);
  }

  /** Hashes the bytes of another stream. */
  private static final class HashingInput extends HashedInput {
    private final InputStream content;
    private final MessageDigest hash;

    HashingInput(InputStream content, MessageDigest hash) {
      this.content = content;
      this.hash = hash;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = content.read(buffer, offset, length);
      if (count > 0) {
        hash.update(buffer, offset, count);
      }
      return count;
    }

    @Override
    public Optional<MessageDigest> hash() {
      return Optional.of(copy(hash));
    }

    @Override
    public void close() throws IOException {
      content.close();
    }
  }

  /**
   * Copies a hash, so that the original can go on.
   *
   * @param hash one of the JDK
   * @return the copy
   */
  public static MessageDigest copy(MessageDigest hash) {
    try {
      return (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the hashes of the JDK can be copied", e);
    }
  }
}
