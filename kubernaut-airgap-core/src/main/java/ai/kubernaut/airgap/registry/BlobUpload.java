package ai.kubernaut.airgap.registry;

import java.io.InputStream;
import java.util.Optional;

/**
 * An upload session of a registry: a blob that is sent in one or more pieces, and can be continued
 * after a failure. For one thread at a time. Every method throws {@link RegistryException} when the
 * registry does not do what is asked; what a content stream throws is thrown on as {@link
 * RegistryClient#writeBlob} does it.
 */
public interface BlobUpload {
  /**
   * What {@link RegistryClient#resumeUpload} continues the session by, in this process or another.
   * It holds no credentials. It changes with every call that sends something.
   *
   * @return empty when the session's address is itself a secret, because it leads away from the
   *     registry
   */
  Optional<String> session();

  /**
   * The least that a piece other than the last may have ({@code OCI-Chunk-Min-Length}).
   *
   * @return bytes, 0 when the registry does not say
   */
  long minimumChunk();

  /**
   * Asks the registry how much it holds.
   *
   * @return the offset to go on from
   * @throws RegistryException with NOT_FOUND when the registry has given the session up, or has
   *     made a blob of it
   */
  long offset();

  /**
   * Sends a piece. There is no blob yet, even if this was all of it. When it fails, {@link
   * #offset()} says how much has arrived.
   *
   * @param offset where the piece begins in the blob; what {@link #offset()} would answer
   * @param length how many bytes it has
   * @param content read by so many bytes, not closed
   * @throws RegistryException also when the registry holds more, or less, than the offset
   */
  void append(long offset, long length, InputStream content);

  /**
   * Sends the rest, and makes a blob of the whole. When it fails, {@link #offset()} may say how
   * much has arrived; but the registry may also have given the session up, or have stored the blob.
   *
   * @param blob which blob; the registry checks the digest
   * @param offset how much was sent before
   * @param content the bytes from the offset on, none when all was sent; read to the end, not
   *     closed
   * @throws RegistryException with DIGEST_MISMATCH when the bytes are not the blob's; nothing is
   *     stored, and the session is over then
   */
  void finish(Descriptor blob, long offset, InputStream content);

  /**
   * Tells the registry that nobody will go on. It would find out by itself, so failures are not
   * reported. Calling it again does nothing.
   */
  void abandon();
}
