package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;

/** The pull secret of the cluster cannot be used, or its nodes do not get the new one. */
public final class PullSecretException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  PullSecretException(List<Problem> problems) {
    super(list("the pull secret of the cluster could not be configured", problems), problems);
  }

  PullSecretException(Problem problem) {
    this(List.of(problem));
  }
}
