package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.immutables.value.Value;

/**
 * A release in a cluster, and the plan whose images it should run. A host can make one of a release
 * that someone else installed. Immutable.
 */
@Value.Immutable
public interface Installation extends Outcome<Installation> {
  /**
   * The release.
   *
   * @return its name and namespace
   */
  ReleaseName release();

  /**
   * The plan whose images it should run.
   *
   * @return the plan
   */
  MirrorPlan plan();

  /**
   * Namespaces beside the release's in which its pods run.
   *
   * @return for example {@code kubernaut-workflows}
   */
  Set<String> otherNamespaces();

  /** {@return what was done, in this order; empty for a release that was installed otherwise} */
  List<Fact> facts();

  /** {@return warnings; empty for a release that was installed otherwise} */
  @Override
  List<Problem> problems();

  /** {@return this installation: a failed one is an exception} */
  @Override
  default Installation orElseThrow() {
    return this;
  }

  /**
   * All namespaces in which pods of the release run.
   *
   * @return sorted
   */
  default Set<String> namespaces() {
    Set<String> namespaces = new TreeSet<>(otherNamespaces());
    namespaces.add(release().namespace());
    return namespaces;
  }

  /**
   * A release that is there already.
   *
   * @param release its name and namespace
   * @param plan the plan whose images it should run
   * @return the installation
   */
  static Installation of(ReleaseName release, MirrorPlan plan) {
    return builder().release(release).plan(plan).build();
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds an {@link Installation}. Not thread-safe. */
  final class Builder extends ImmutableInstallation.Builder {
    Builder() {}
  }
}
