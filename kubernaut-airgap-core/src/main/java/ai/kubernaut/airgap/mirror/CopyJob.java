package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.Optional;

/**
 * One image to copy. The references are names on their side only: the same name may be on both.
 *
 * @param entry the image in the plan
 * @param expectedDigest the digest that the target should have; empty when the plan cannot know
 * @param platforms which of its platforms are copied
 */
record CopyJob(MirrorEntry entry, Optional<Digest> expectedDigest, Platforms platforms) {
  static List<CopyJob> of(MirrorPlan plan) {
    return plan.entries().stream()
        .map(entry -> new CopyJob(entry, plan.expectedDigest(entry), plan.platforms()))
        .toList();
  }

  /** The image on the source side. */
  ImageRef source() {
    return entry.source();
  }

  /** The image on the target side. */
  ImageRef target() {
    return entry.target();
  }

  /** The digest that the target should have, where the source has this one. */
  Optional<Digest> expectedDigest(Digest sourceDigest) {
    return expectedDigest.or(() -> Optional.of(sourceDigest).filter(any -> platforms.isAll()));
  }
}
