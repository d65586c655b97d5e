package ai.kubernaut.airgap.registry;

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

  /**
   * The hash of the bytes read so far.
   *
   * @return a copy, by the algorithm of the blob's digest; empty when the first byte read was not
   *     the blob's first
   */
  public abstract Optional<MessageDigest> hash();

  /**
   * Copies a hash, so that the original can go on.
   *
   * @param hash one of the JDK
   * @return the copy
   */
  protected static MessageDigest copy(MessageDigest hash) {
    try {
      return (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the hashes of the JDK can be copied", e);
    }
  }
}
