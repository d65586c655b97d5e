package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ReleaseName;
import java.util.List;
import java.util.Set;
import org.immutables.value.Value;

/** Choices for turning a chart to the mirror. Immutable. */
@Value.Immutable
public interface ProofOptions {
  /**
   * The release that the templates see.
   *
   * @return by default {@code kubernaut} in {@code kubernaut-system}
   */
  @Value.Default
  default ReleaseName release() {
    return ReleaseName.ofGuide();
  }

  /**
   * Whether every image is pulled by its digest, {@code repository@sha256:…}, so that no tag that
   * moves can change what runs. The plan has to know the digests.
   *
   * @return false by default: images are pulled by the tags that the chart gives them
   */
  @Value.Default
  default boolean pinDigests() {
    return false;
  }

  /**
   * Names of the pull secrets that pods need, for {@code global.imagePullSecrets} where the chart
   * has it.
   *
   * @return by default none
   */
  Set<String> pullSecrets();

  /**
   * What is looked for in the rendered chart: the finders that the plan was made with. What is only
   * mentioned is turned to the mirror as well where the plan has the image.
   *
   * @return by default the images of containers
   */
  @Value.Default
  default List<ImageFinder> finders() {
    return List.of(ImageFinder.containers());
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProofOptions}. Not thread-safe. */
  final class Builder extends ImmutableProofOptions.Builder {
    Builder() {}
  }
}
