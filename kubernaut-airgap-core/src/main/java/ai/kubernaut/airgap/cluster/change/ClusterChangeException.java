package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A change of a cluster cannot be planned, or was not applied completely. */
public final class ClusterChangeException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // for the code that catches this, never serialised
  private final @Nullable ChangeReport report;

  /**
   * Creates an exception of an edit that cannot be planned.
   *
   * @param problems why it cannot be planned; at least one is an error
   */
  public ClusterChangeException(List<Problem> problems) {
    super(list("the change of the cluster cannot be applied", problems), problems);
    this.report = null;
  }

  ClusterChangeException(ChangeReport report) {
    super(
        list("the change of the cluster was not applied completely", report.problems()),
        report.problems());
    this.report = report;
  }

  /** {@return what was applied before the failure; empty if nothing was attempted} */
  public Optional<ChangeReport> report() {
    return Optional.ofNullable(report);
  }
}
