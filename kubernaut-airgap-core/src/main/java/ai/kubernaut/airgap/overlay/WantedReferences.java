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
  private final ProofOptions options;

  WantedReferences(MirrorPlan plan, ProofOptions options) {
    this.plan = plan;
    this.options = options;
    plan.entries().forEach(entry -> entries.put(inMirror(entry).withImpliedTag(), entry));
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

  /** The reference by which a node shall pull an image. */
  ImageRef pulled(MirrorEntry entry) {
    return options.throughMirrorRules()
        ? plan.redirectedReference(entry).orElseGet(() -> inMirror(entry))
        : inMirror(entry);
  }

  /**
   * The reference by which an image is pulled from the mirror without mirror rules. With digests,
   * the tag falls away: some versions of CRI-O, OpenShift's runtime, refuse references with both,
   * and all ignore the tag.
   */
  ImageRef inMirror(MirrorEntry entry) {
    return options.byDigest()
        ? plan.expectedDigest(entry)
            .map(digest -> entry.target().repository().digest(digest))
            .orElseGet(entry::pullReference)
        : entry.pullReference();
  }

  /**
   * The reference that shall stand at a place.
   *
   * @param certain whether a node pulls it; mirror rules do not apply to what a program in a pod
   *     pulls, so what is only mentioned gets its name in the mirror
   */
  ImageRef wanted(MirrorEntry entry, boolean certain) {
    return certain ? pulled(entry) : inMirror(entry);
  }

  /** Whether a text is the reference that shall stand at a place. */
  boolean isWanted(MirrorEntry entry, String text, boolean certain) {
    return read(text).equals(Optional.of(wanted(entry, certain).withImpliedTag()));
  }

  /** Whether a digest is wanted, and none is known. */
  boolean lacksDigest(MirrorEntry entry) {
    return options.byDigest() && plan.expectedDigest(entry).isEmpty();
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
