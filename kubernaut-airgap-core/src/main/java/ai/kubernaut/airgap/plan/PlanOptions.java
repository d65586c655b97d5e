package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.immutables.value.Value;

/** Options for planning. Immutable. */
@Value.Immutable
public interface PlanOptions {
  /**
   * Images to mirror beside those of the chart, such as must-gather, which the chart does not name.
   *
   * @return by default none
   */
  List<ImageRef> extraImages();

  /**
   * Returns a naming rule that replaces the one of the target: it returns the repository, inside
   * the target, for each source. The plan has the resulting names. A chart that builds references
   * from parts may not be able to use them; the proof reports that.
   *
   * @return by default empty: the target names images
   */
  Optional<Function<ImageRef, Repository>> naming();

  /**
   * Whether images that the chart only seems to mention are mirrored too. Otherwise the plan lists
   * them for review.
   *
   * @return false by default
   */
  @Value.Default
  default boolean mirrorMentions() {
    return false;
  }

  /**
   * Whether to ask the source registries for the digest of each image. Then the plan holds exactly
   * what is published now, and images that are missing are found all at once.
   *
   * @return true by default; false to plan without any network
   */
  @Value.Default
  default boolean resolveDigests() {
    return true;
  }

  /**
   * Which platforms of the images are mirrored. Leaving some out changes the images' digests, so it
   * needs {@link #resolveDigests()}.
   *
   * @return by default all, with the digests that the images have
   */
  @Value.Default
  default Platforms platforms() {
    return Platforms.all();
  }

  /** Checks that choices which change digests come with the digests. */
  @Value.Check
  default void check() {
    if (!platforms().isAll() && !resolveDigests()) {
      throw new IllegalArgumentException(
          "choosing platforms ("
              + platforms()
              + ") changes digests, and those can be known only when the registries are asked: leave"
              + " resolveDigests on");
    }
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PlanOptions}. Not thread-safe. */
  final class Builder extends ImmutablePlanOptions.Builder {
    Builder() {}
  }
}
