package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import java.util.Optional;

/**
 * Something that belongs to an image: a signature, an attestation, an SBOM, ….
 *
 * @param subject the manifest that it is attached to
 * @param tag the tag that cosign finds it by; empty for an OCI referrer
 * @param manifests its manifest, which may be an index
 */
record Attachment(Digest subject, Optional<String> tag, ImageManifests manifests) {
  ImageRef in(Repository repository) {
    return tag.map(repository::tag).orElseGet(() -> repository.digest(manifests.digest()));
  }
}
