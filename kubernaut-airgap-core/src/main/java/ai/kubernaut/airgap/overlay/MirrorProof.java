package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.stream.Stream;
import org.immutables.value.Value;

/**
 * What a chart renders to when it is turned to the mirror, and whether every image in it is one
 * that the plan provides. Immutable.
 */
@Value.Immutable
public interface MirrorProof extends Outcome<MirrorProof> {
  /**
   * What turns the chart to the mirror.
   *
   * @return values and rewritings
   */
  Overlay overlay();

  /**
   * Returns the branches of the chart for which the proof holds, each for all branches with the
   * same references.
   *
   * @return at least one
   */
  List<Branch> branches();

  /**
   * Returns what the chart renders to with the overlay, in the first of the branches.
   *
   * @return the manifests
   */
  RenderedChart rendered();

  /**
   * The images that the chart would not pull as the plan provides them.
   *
   * @return with the reasons; empty when the proof holds
   */
  List<OutsideImage> outside();

  /**
   * Returns what a person should look at although the proof holds.
   *
   * @return references that mirror rules may not reach; empty if images have their names in the
   *     mirror
   */
  List<Problem> warnings();

  /**
   * Returns the images that the chart pulls with the overlay, in any of the branches.
   *
   * @return sorted by reference
   */
  List<ImageRef> images();

  /**
   * Puts the overlay and the result of this proof into the plan, to be reviewed and installed.
   *
   * @param plan the plan that was proven
   * @return the plan with the overlay and the problems
   */
  default MirrorPlan in(MirrorPlan plan) {
    return MirrorPlan.builder(plan.target())
        .from(plan)
        .overlay(overlay())
        .proofProblems(problems())
        .build();
  }

  /** {@return a problem for each image outside the mirror, and the warnings} */
  @Override
  default List<Problem> problems() {
    return Stream.concat(outside().stream().map(OutsideImage::problem), warnings().stream())
        .toList();
  }

  /**
   * Makes an exception of images outside the mirror.
   *
   * @return this proof, when it holds
   * @throws ImagesOutsideMirrorException when it does not
   */
  @Override
  default MirrorProof orElseThrow() {
    if (!isOk()) {
      throw new ImagesOutsideMirrorException(outside());
    }
    return this;
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link MirrorProof}. Not thread-safe. */
  final class Builder extends ImmutableMirrorProof.Builder {
    Builder() {}
  }
}
