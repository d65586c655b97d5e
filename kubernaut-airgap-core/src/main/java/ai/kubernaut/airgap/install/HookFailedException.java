package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;

/**
 * A hook of the chart failed, or cannot succeed. The problems name its Job or pod; the cause is the
 * end of Helm, which was interrupted in the second case. Installing again continues from there.
 */
public final class HookFailedException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  HookFailedException(ReleaseName release, List<Problem> problems, RuntimeException cause) {
    super(list(headline(release, cause), problems), problems, cause);
  }

  private static String headline(ReleaseName release, RuntimeException cause) {
    return cause instanceof HelmException
        ? cause.getMessage() + "\nProblems of its hooks"
        : "Helm was interrupted while it deployed "
            + release.name()
            + " in "
            + release.namespace()
            + ", because a hook cannot succeed";
  }
}
