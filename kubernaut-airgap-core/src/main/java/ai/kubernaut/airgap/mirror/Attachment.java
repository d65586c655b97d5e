package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.ImageContent;
import java.util.Optional;

/**
 * Something that belongs to an image: a signature, an attestation, an SBOM, ….
 *
 * @param subject the manifest that it is attached to
 * @param tag the tag that cosign finds it by; empty for an OCI referrer
 * @param content what it consists of; its root may be an index
 */
public record Attachment(Digest subject, Optional<String> tag, ImageContent content) {
  /**
   * Returns the reference of the attachment in a repository.
   *
   * @param repository the repository
   * @return its tag there, or its digest
   */
  public ImageRef in(Repository repository) {
    return tag.map(repository::tag).orElseGet(() -> repository.digest(content.digest()));
  }
}
