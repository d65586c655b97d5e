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
 * @param sourceDigest the digest that is read; empty when the plan does not know it
 * @param expectedDigest the digest that the target should have; empty when the plan cannot know
 * @param platforms which of its platforms are copied
 */
record CopyJob(
    MirrorEntry entry,
    Optional<Digest> sourceDigest,
    Optional<Digest> expectedDigest,
    Platforms platforms) {
  /** Images go from their source to the mirror. */
  static List<CopyJob> of(MirrorPlan plan) {
    return plan.entries().stream().map(entry -> of(plan, entry)).toList();
  }

  private static CopyJob of(MirrorPlan plan, MirrorEntry entry) {
    return new CopyJob(entry, entry.digest(), plan.expectedDigest(entry), plan.platforms());
  }

  /** Images keep their names: they go from their source to a place between source and mirror. */
  static List<CopyJob> packing(MirrorPlan plan) {
    return plan.entries().stream().map(entry -> of(plan, packed(entry))).toList();
  }

  private static MirrorEntry packed(MirrorEntry entry) {
    return MirrorEntry.builder()
        .from(entry)
        .target(entry.source().mirroredIn(entry.source().repository()))
        .build();
  }

  /** Images go on to the mirror as they were packed, whichever platforms that left out. */
  static List<CopyJob> unpacking(MirrorPlan plan) {
    return plan.entries().stream()
        .map(
            entry -> {
              Optional<Digest> packed = entry.mirroredDigest().or(entry::digest);
              return new CopyJob(
                  entry, packed, packed.filter(any -> plan.platforms().isAll()), plan.platforms());
            })
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
