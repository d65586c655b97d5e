package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** One image of a plan: where it comes from, where it goes, and why. Immutable. */
@Value.Immutable
public interface MirrorEntry {
  /**
   * The image where it is published.
   *
   * @return as the chart, or the caller, names it
   */
  ImageRef source();

  /**
   * The image in the mirror.
   *
   * @return the name to store it under
   */
  ImageRef target();

  /**
   * The digest that the source had when the plan was made. With it, a later run mirrors the same
   * bytes even if the tag has moved.
   *
   * @return empty when the plan was made without asking the registries
   */
  Optional<Digest> digest();

  /**
   * The digest that the image has in the mirror, where it is not the source's because platforms are
   * left out.
   *
   * @return empty when it is the source's, or nobody has asked yet
   */
  Optional<Digest> mirroredDigest();

  /**
   * The places that need the image.
   *
   * @return empty for images that the caller added
   */
  List<ImageReason> reasons();

  /**
   * Returns the branches of the chart that need the image.
   *
   * @return empty when every branch needs it, and for images that the caller added
   */
  default List<Branch> branches() {
    return ImageReason.branches(reasons());
  }

  /**
   * The reference by which the chart pulls the image from the mirror: the target, with a digest if
   * the chart pinned one.
   *
   * @return the reference
   */
  default ImageRef pullReference() {
    return source()
        .digest()
        .map(pinned -> target().withDigest(mirroredDigest().orElse(pinned)))
        .orElse(target());
  }

  /**
   * The reference that is read from the source: by the digest, where the plan knows it.
   *
   * @return the reference
   */
  default ImageRef exactSource() {
    return digest().map(source()::withDigest).orElse(source());
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Checks that the digest is the one that the source names. */
  @Value.Check
  default void check() {
    source()
        .digest()
        .filter(named -> digest().isPresent() && !digest().get().equals(named))
        .ifPresent(
            named -> {
              throw new IllegalArgumentException(
                  "digest "
                      + digest().get()
                      + " of "
                      + source()
                      + " is not the one in the reference");
            });
  }

  /** Builds a {@link MirrorEntry}. Not thread-safe. */
  final class Builder extends ImmutableMirrorEntry.Builder {
    Builder() {}
  }
}
