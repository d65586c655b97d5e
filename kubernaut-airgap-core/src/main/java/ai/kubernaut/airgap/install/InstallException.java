package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;

/** Something that the installation needs is missing or wrong. Nothing was changed. */
public final class InstallException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  InstallException(List<Problem> problems) {
    super(list("the chart cannot be installed; nothing was changed", problems), problems);
  }
}
