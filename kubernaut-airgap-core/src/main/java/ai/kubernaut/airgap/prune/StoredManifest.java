package ai.kubernaut.airgap.prune;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import java.util.SortedSet;

/**
 * A manifest in a repository of the mirror.
 *
 * @param repository the repository
 * @param digest the digest of the manifest
 * @param tags the tags that point at it, sorted; empty for the manifest of a platform, and for what
 *     is attached to an image
 */
public record StoredManifest(Repository repository, Digest digest, SortedSet<String> tags) {
  /** {@return the reference of the manifest by its digest} */
  public ImageRef reference() {
    return repository.digest(digest);
  }

  /** {@return for example {@code harbor.corp/app@sha256:… (v1, v2)}} */
  @Override
  public String toString() {
    return reference() + (tags.isEmpty() ? "" : " (" + String.join(", ", tags) + ")");
  }
}
