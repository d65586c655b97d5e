package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The index that lists the referrers of a manifest where the registry does not, under the tag
 * {@code sha256-…} that the distribution specification gives it. Not every registry's answer to
 * that tag is such an index: GitLab answers with the subject itself. An answer that is not an index
 * of the subject's referrers is never used and never overwritten.
 */
final class FallbackTag {
  private final RegistryClient registries;
  private final Repository repository;
  private final ManifestBudget budget;

  FallbackTag(RegistryClient registries, Repository repository, ManifestBudget budget) {
    this.registries = registries;
    this.budget = budget;
    this.repository = repository;
  }

  /** Returns the name of the tag that lists a manifest's referrers. */
  static String name(Digest subject) {
    return subject.algorithm() + "-" + subject.hex();
  }

  /**
   * Returns what the tag lists, without checking that the listed manifests name the subject.
   *
   * @return empty when there is no such tag, or it is not an index
   */
  List<Descriptor> listed(Digest subject) {
    try {
      return index(subject).filter(Manifest::isIndex).map(Manifest::children).orElse(List.of());
    } catch (InvalidManifestException e) {
      // Whatever it is, it is not a list of referrers.
      return List.of();
    }
  }

  /** What the tag holds; empty when there is no tag or the answer is the subject itself. */
  private Optional<Manifest> index(Digest subject) {
    ImageRef tag = repository.tag(name(subject));
    return registries
        .findManifest(tag)
        .filter(found -> !found.digest().equals(subject))
        .map(found -> budget.read(registries, tag));
  }

  /**
   * Lists referrers, which are in the repository already, beside those that are listed. Does
   * nothing where the registry lists referrers by itself.
   *
   * @return false when the referrers stay unlisted because the tag holds something else, which is
   *     left as it is
   */
  boolean list(Digest subject, List<Manifest> referrers) {
    if (registries.referrers(repository, subject).isPresent()) {
      return true;
    }
    ImageRef tag = repository.tag(name(subject));
    Manifest old = Manifest.index();
    if (registries.findManifest(tag).isPresent()) {
      Optional<Manifest> found = referrersIndex(subject);
      if (found.isEmpty()) {
        return false;
      }
      old = found.get();
    }
    Set<Digest> listed = new HashSet<>();
    old.children().forEach(child -> listed.add(child.digest()));
    List<Descriptor> added = new ArrayList<>();
    for (Manifest referrer : referrers) {
      if (listed.stream().noneMatch(referrer::hasDigest)) {
        listed.add(referrer.digest());
        added.add(referrer.referrerDescriptor());
      }
    }
    if (!added.isEmpty()) {
      registries.writeManifest(tag, old.withChildren(child -> true, added));
    }
    return true;
  }

  /** The tag's index, if every manifest that it lists names the subject or is gone. */
  private Optional<Manifest> referrersIndex(Digest subject) {
    try {
      return index(subject)
          .filter(old -> old.isIndex() && old.mediaType().equals(Manifest.OCI_INDEX))
          .filter(old -> old.children().stream().allMatch(child -> refersTo(subject, child)));
    } catch (InvalidManifestException e) {
      // The tag, or what it lists, is of a kind that no referrer is.
      return Optional.empty();
    }
  }

  private boolean refersTo(Digest subject, Descriptor listed) {
    try {
      return isReferrer(subject, budget.read(registries, repository.digest(listed.digest())));
    } catch (RegistryException e) {
      if (e.reason() == RegistryException.Reason.NOT_FOUND) {
        return true;
      }
      throw e;
    }
  }

  /** Whether a manifest names another one as its subject. */
  static boolean isReferrer(Digest subject, Manifest manifest) {
    return manifest.subject().filter(named -> named.digest().equals(subject)).isPresent();
  }
}
