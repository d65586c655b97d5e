package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.List;
import java.util.stream.Collectors;
import org.immutables.value.Value;

/** What an installation or an upgrade would do. Nothing has been changed. Immutable. */
@Value.Immutable
public interface PlannedInstallation extends Outcome<PlannedInstallation> {
  /** {@return the release} */
  ReleaseName release();

  /** {@return whether the release exists and would be upgraded} */
  boolean isUpgrade();

  /**
   * Returns the objects that are written before Helm is called: the namespace, the Secrets that do
   * not exist, and the CustomResourceDefinitions of the chart.
   *
   * @return the planned change
   */
  ClusterChange change();

  /**
   * Returns the objects that Helm would create, update and remove, compared with the latest
   * revision that Helm has stored, hooks not included. Templates that look up objects of the
   * cluster can render others.
   *
   * @return the changes; the data of Secrets is masked when they are printed
   */
  List<ObjectChange> helmChanges();

  /** {@return how the references of the chart become those of the mirror} */
  List<Fact> facts();

  /** {@return what prevents the installation, and the warnings} */
  @Override
  List<Problem> problems();

  /**
   * Returns this plan if no problem is an error.
   *
   * @return this
   * @throws InstallException when a problem is an error
   */
  @Override
  default PlannedInstallation orElseThrow() {
    if (!isOk()) {
      throw new InstallException(problems());
    }
    return this;
  }

  /** {@return all changes for people, with the data of Secrets masked} */
  default String diff() {
    return change().diff()
        + helmChanges().stream().map(ObjectChange::diff).collect(Collectors.joining());
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link PlannedInstallation}. Not thread-safe. */
  final class Builder extends ImmutablePlannedInstallation.Builder {
    Builder() {}
  }
}
