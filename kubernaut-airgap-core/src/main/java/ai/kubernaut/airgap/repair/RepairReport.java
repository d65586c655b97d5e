package ai.kubernaut.airgap.repair;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;
import org.immutables.value.Value;

/** What a repair has done, what it has not done, and why. Immutable. */
@Value.Immutable
public interface RepairReport extends Outcome<RepairReport> {
  /** {@return the name and the namespace of the release} */
  ReleaseName release();

  /** {@return whether nothing was changed, because only a list was asked for} */
  boolean dryRun();

  /** {@return what was done, or would be done, in this order} */
  List<Fact> facts();

  /**
   * Returns what is not repaired.
   *
   * @return an error for each root of the diagnosis that was to be repaired and is not, with the
   *     command for a person if there is no automatic repair; a warning for each one that was not
   *     chosen
   */
  @Override
  List<Problem> problems();

  /**
   * Returns this report if all that was to be repaired is repaired.
   *
   * @return this
   * @throws ProblemsException when a problem is an error
   */
  @Override
  default RepairReport orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of(
          "the release " + release().name() + " is not completely repaired", problems());
    }
    return this;
  }

  /** {@return the result in one line, for example {@code 2 actions, 1 problem is not repaired}} */
  default String summary() {
    int done = facts().size();
    int left = problems().size();
    return (dryRun() ? "nothing was changed: this was a dry run; " : "")
        + done
        + (done == 1 ? " action, " : " actions, ")
        + left
        + (left == 1 ? " problem is" : " problems are")
        + " not repaired";
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link RepairReport}. Not thread-safe. */
  final class Builder extends ImmutableRepairReport.Builder {
    Builder() {}
  }
}
