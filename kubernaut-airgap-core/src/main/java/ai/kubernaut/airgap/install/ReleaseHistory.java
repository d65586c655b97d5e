package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;
import java.util.Set;
import org.immutables.value.Value;

/**
 * The revisions of a release that Helm has stored, and for each whether the release can be rolled
 * back to it. Immutable.
 */
@Value.Immutable
public interface ReleaseHistory extends Outcome<ReleaseHistory> {
  /** {@return the name and namespace of the release} */
  ReleaseName release();

  /** {@return the revisions in ascending order} */
  List<Revision> revisions();

  /** {@return an error if there is no such release; problems of a revision are in it} */
  @Override
  List<Problem> problems();

  @Override
  default ReleaseHistory orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of("the history of the release cannot be read", problems());
    }
    return this;
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ReleaseHistory}. Not thread-safe. */
  final class Builder extends ImmutableReleaseHistory.Builder {
    Builder() {}
  }

  /** A revision. Immutable. */
  @Value.Immutable
  interface Revision {
    /** {@return its number} */
    @Value.Parameter
    int number();

    /** {@return its status, for example {@code superseded}} */
    @Value.Parameter
    String status();

    /** {@return the chart and its version, for example {@code kubernaut-1.1.0}} */
    @Value.Parameter
    String chart();

    /** {@return the images of its manifests and hooks} */
    @Value.Parameter
    Set<ImageRef> images();

    /**
     * Returns where nodes pull these images from.
     *
     * @return the images themselves, and the locations that the mirror rules of the cluster add
     */
    @Value.Parameter
    Set<ImageRef> locations();

    /** {@return why the release cannot be rolled back to it; empty if it can} */
    @Value.Parameter
    List<Problem> problems();

    /** {@return whether it was deployed, and all its images can be pulled} */
    default boolean isRollbackTarget() {
      return problems().isEmpty();
    }
  }
}
