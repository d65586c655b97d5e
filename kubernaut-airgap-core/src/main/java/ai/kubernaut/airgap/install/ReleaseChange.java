package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;
import org.immutables.value.Value;

/** The result of a rollback, or of uninstalling a release. Immutable. */
@Value.Immutable
public interface ReleaseChange extends Outcome<ReleaseChange> {
  /** {@return the name and namespace of the release} */
  ReleaseName release();

  /** {@return whether nothing was changed, because only a report was asked for} */
  boolean dryRun();

  /** {@return what was done, or would be done, and what remains in the cluster} */
  List<Fact> facts();

  /** {@return why nothing was changed, or warnings if the release was changed} */
  @Override
  List<Problem> problems();

  @Override
  default ReleaseChange orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of(
          "the release " + release().name() + " was not changed", problems());
    }
    return this;
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ReleaseChange}. Not thread-safe. */
  final class Builder extends ImmutableReleaseChange.Builder {
    Builder() {}
  }
}
