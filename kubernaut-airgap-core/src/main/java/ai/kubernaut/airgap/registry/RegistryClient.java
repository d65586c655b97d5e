package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The port to registries. One client serves every registry; a reference says which one is meant.
 * What every method has in common:
 *
 * <ul>
 *   <li>Thread-safe; methods block until the answer is there, and can be called while streams of
 *       {@link #readBlob} are open. An interrupted thread gets a {@link RegistryException} with
 *       {@link RegistryException.Reason#UNREACHABLE} soon, from methods and from streams, and stays
 *       interrupted.
 *   <li>Nothing is tried again here beyond one fresh token after a 401: whether to try again is the
 *       caller's choice, and {@link RegistryException.Reason#retryable()} says whether it makes
 *       sense.
 *   <li>Content is identified by digest, and content that does not have the digest asked for ends
 *       in {@link RegistryException.Reason#DIGEST_MISMATCH}, never in a result.
 *   <li>Failures are {@link RegistryException}; its reason is the part that callers may rely on.
 *       {@link RegistryException#registry()} is the registry as the reference names it, host and
 *       port, and the message names it as well.
 *   <li>After {@link #close()} every method throws {@link IllegalStateException}.
 * </ul>
 *
 * Endpoints and answers are those of the OCI distribution specification 1.1. The contract test
 * {@code RegistryClientContract} (in the test-jar of this module) runs against every adapter, and
 * against a host's own; its enum {@code Ability} lists what is optional.
 */
public interface RegistryClient extends AutoCloseable {
  /**
   * Checks that a registry answers as one and takes the credentials it is given, without touching
   * any repository.
   *
   * @param registry host, with its port when it has one
   * @throws RegistryException with UNREACHABLE, TLS, NOT_A_REGISTRY, UNAUTHORIZED or FORBIDDEN when
   *     it does not
   */
  void ping(String registry);

  /**
   * Looks for a manifest without fetching it.
   *
   * @param image by digest when it has one, else by its tag, or {@code latest}
   * @return media type, digest and size; empty when the registry has no such manifest or no such
   *     repository
   * @throws RegistryException when the question cannot be answered
   */
  Optional<Descriptor> findManifest(ImageRef image);

  /**
   * Fetches a manifest or an index as its exact bytes.
   *
   * @param image by digest when it has one, else by its tag, or {@code latest}
   * @return the manifest, with the media type that it was stored with
   * @throws RegistryException with NOT_FOUND when there is none, DIGEST_MISMATCH when the bytes are
   *     not those of the digest
   * @throws InvalidManifestException when the bytes are no manifest, or more than {@link
   *     Manifest#MAX_SIZE}
   */
  Manifest readManifest(ImageRef image);

  /**
   * Stores a manifest or an index as its exact bytes, under its digest, and also under the tag when
   * the reference has one; a tag that exists is moved. A reference without a tag creates none, not
   * even {@code latest}. What the manifest refers to has to be there already.
   *
   * @param image where to store it; a digest in it has to be the manifest's
   * @param manifest what to store
   * @throws RegistryException with REFUSED when a blob or a manifest that it refers to is missing,
   *     DIGEST_MISMATCH when the reference has another digest; nothing is stored then
   */
  void writeManifest(ImageRef image, Manifest manifest);

  /**
   * Looks for a blob in one repository without fetching it. Most registries keep the blobs of each
   * repository apart; some find a blob that one repository has in all of them.
   *
   * @param repository where to look
   * @param digest which blob
   * @return its size in bytes, which may be 0; empty when this repository does not have it
   * @throws RegistryException when the question cannot be answered
   */
  OptionalLong findBlob(Repository repository, Digest digest);

  /**
   * Opens a blob for reading. The caller closes the stream; closing it early ends the transfer, and
   * closing it again does nothing. The whole blob is never held in memory or on disk.
   *
   * @param repository where it is
   * @param blob which blob; its size has to be right
   * @param offset the first byte wanted, 0 for all of it; the size of the blob gives no byte
   * @return the bytes from the offset on. Its methods throw {@link RegistryException}: UNREACHABLE
   *     when the connection breaks or ends early, DIGEST_MISMATCH, at the latest instead of the end
   *     of the stream, when the bytes from 0 on are not the blob's, or not as many as its size. The
   *     stream may be a {@link HashedInput}
   * @throws RegistryException with NOT_FOUND when there is none, whatever the offset
   * @throws IllegalArgumentException when the offset is negative or greater than the size
   */
  InputStream readBlob(Repository repository, Descriptor blob, long offset);

  /**
   * Stores a blob; one that is there already may be written again. When the content fails or ends
   * early, nothing is stored, and what the content's stream threw is thrown on: an {@link
   * IOException} as the cause of an {@link UncheckedIOException}, everything else as it is.
   *
   * @param repository where to store it
   * @param blob which blob; the registry checks the digest
   * @param content its bytes, from the first one; read to the end, not closed
   * @throws RegistryException when the registry refuses it; DIGEST_MISMATCH when the bytes are not
   *     the blob's, fewer or more; nothing is stored then
   */
  void writeBlob(Repository repository, Descriptor blob, InputStream content);

  /**
   * Begins an upload that can be continued after a failure. {@link #writeBlob} is for those who do
   * not need that.
   *
   * @param repository where the blob will be stored
   * @return the session; empty when this client cannot do it. This implementation cannot
   * @throws RegistryException when the registry refuses it
   */
  default Optional<BlobUpload> beginUpload(Repository repository) {
    return Optional.empty();
  }

  /**
   * Takes up an upload that was begun earlier, maybe by another process. The registry is not asked
   * yet.
   *
   * @param repository the one that the upload was begun for
   * @param session what {@link BlobUpload#session()} said last
   * @return the session; empty when this client cannot continue it. This implementation cannot
   */
  default Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return Optional.empty();
  }

  /**
   * Asks the registry to take a blob over from another of its repositories.
   *
   * @param repository where the blob is wanted
   * @param digest which blob
   * @param from a repository of the same registry that has it
   * @return true when the blob is there now; false when the registry would not, for example because
   *     the other repository does not have the blob or does not exist, and the blob has to be sent
   * @throws RegistryException only when the registry cannot be asked at all
   * @throws IllegalArgumentException when the repositories are not of one registry
   */
  boolean mountBlob(Repository repository, Digest digest, Repository from);

  /**
   * Lists the tags of a repository.
   *
   * @param repository which repository
   * @return the tags in the registry's order, over all its pages; empty when there is no such
   *     repository
   * @throws RegistryException when the question cannot be answered
   */
  List<String> tags(Repository repository);

  /**
   * Lists the manifests that name another one as their subject: signatures, SBOMs, ….
   *
   * @param repository where to look
   * @param subject the digest of the manifest that they are attached to
   * @return their descriptors; empty when the registry, or this client, does not know referrers, so
   *     that the tag {@code sha256-…} lists them if anything does. This implementation does not
   * @throws RegistryException when the question cannot be answered
   */
  default Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return Optional.empty();
  }

  /**
   * Deletes a manifest or an index, and all tags that point at it. Its blobs stay until the
   * registry collects garbage.
   *
   * @param repository where it is
   * @param digest which manifest
   * @throws RegistryException with NOT_FOUND when there is none; with REFUSED and the status 405
   *     when the registry does not allow deletion, or this client cannot delete. This
   *     implementation cannot
   */
  default void deleteManifest(Repository repository, Digest digest) {
    throw new RegistryException(
        RegistryException.Reason.REFUSED,
        repository.registry(),
        405,
        "deleting manifest "
            + repository.digest(digest)
            + " failed: this client cannot delete manifests",
        null);
  }

  /**
   * Whether a registry keeps everything that its stored manifests refer to. Registries check that
   * when a manifest is pushed. Storage that others can change or truncate, such as an image layout,
   * does not promise it; there the content of an image is checked before the image counts as
   * present.
   *
   * @param registry host, with its port when it has one
   * @return true by default
   */
  default boolean retainsReferencedContent(String registry) {
    return true;
  }

  /**
   * Returns the manifests that an index lists and that were left out on purpose, so that the index
   * is sparse. Only stores that record this return any, such as a bundle.
   *
   * @param image the index
   * @return the digests of manifests that nobody has to look for; empty by default
   */
  default Set<Digest> omittedManifests(ImageRef image) {
    return Set.of();
  }

  /**
   * Returns a client that reaches the same registries in the same way, with other credentials: how
   * it is tested whether the credentials of a cluster would do. Optional.
   *
   * @param credentials asked in place of this client's credentials
   * @return a new client, which the caller closes, and which works as long as this one is open;
   *     empty when this client does not support it, by default
   */
  default Optional<RegistryClient> withCredentials(CredentialProvider credentials) {
    return Optional.empty();
  }

  /**
   * Ends open transfers, whose streams then throw UNREACHABLE, and frees connections. Calling it
   * again does nothing.
   */
  @Override
  void close();
}
