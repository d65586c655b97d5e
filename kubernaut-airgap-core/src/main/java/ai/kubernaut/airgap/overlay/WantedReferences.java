package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the references of a chart shall become, by a plan. An image may be named by its source, or
 * already by its name in the mirror; where neither a tag nor a digest is written, {@code latest} is
 * meant. Immutable.
 */
final class WantedReferences {
  private final Map<ImageRef, MirrorEntry> entries = new HashMap<>();
  private final MirrorPlan plan;
  private final boolean pinned;

  WantedReferences(MirrorPlan plan, boolean pinned) {
    this.plan = plan;
    this.pinned = pinned;
    plan.entries().forEach(entry -> entries.put(pulled(entry).withImpliedTag(), entry));
    plan.entries().forEach(entry -> entries.put(entry.pullReference().withImpliedTag(), entry));
    plan.entries().forEach(entry -> entries.put(entry.source().withImpliedTag(), entry));
  }

  /** The image that a text names, in full; empty when it is no legal reference. */
  static Optional<ImageRef> read(String text) {
    try {
      return Optional.of(ImageRef.parse(text).withImpliedTag());
    } catch (InvalidReferenceException noReference) {
      return Optional.empty();
    }
  }

  /** The plan's entry for a reference of the chart; empty when the plan does not have the image. */
  Optional<MirrorEntry> entry(String text) {
    return read(text).map(entries::get);
  }

  /**
   * The reference by which a pod shall pull an image. With digests, the tag falls away: some
   * versions of CRI-O, OpenShift's runtime, refuse references with both, and all ignore the tag.
   */
  ImageRef pulled(MirrorEntry entry) {
    return pinned
        ? plan.expectedDigest(entry)
            .map(digest -> entry.target().repository().digest(digest))
            .orElseGet(entry::pullReference)
        : entry.pullReference();
  }

  /** Whether a text is the reference by which a pod shall pull an image. */
  boolean isPulled(MirrorEntry entry, String text) {
    return read(text).equals(Optional.of(pulled(entry).withImpliedTag()));
  }

  /** Whether a digest is wanted, and none is known. */
  boolean lacksDigest(MirrorEntry entry) {
    return pinned && plan.expectedDigest(entry).isEmpty();
  }

  /** The texts that values may make of a reference, the better one first. */
  static List<String> texts(MirrorEntry entry) {
    ImageRef reference = entry.pullReference();
    String text = reference.toString();
    return text.endsWith(":latest")
        ? List.of(text, reference.repository().toString())
        : List.of(text);
  }
}
