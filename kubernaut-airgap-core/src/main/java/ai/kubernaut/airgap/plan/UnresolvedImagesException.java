package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;

/** Some images could not be found at their source. There is a problem for each of them. */
public final class UnresolvedImagesException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  UnresolvedImagesException(int images, List<Problem> problems) {
    super(
        list(
            "%d of %d images cannot be read at their source; nothing was mirrored"
                .formatted(problems.size(), images),
            problems),
        problems);
  }
}
