package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that the installation needs is missing or wrong; the release was not touched. */
public final class InstallException extends AirgapException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Problem problem;

  InstallException(String message) {
    super(message);
    this.problem = null;
  }

  InstallException(Problem problem) {
    super(problem.describe());
    this.problem = problem;
  }

  /** {@return the problem as data; empty for a failure that has no code yet} */
  public Optional<Problem> problem() {
    return Optional.ofNullable(problem);
  }
}
