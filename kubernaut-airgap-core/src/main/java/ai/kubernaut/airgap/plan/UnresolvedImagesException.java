package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Some images could not be found at their source; all of them are named at once. */
public final class UnresolvedImagesException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a LinkedHashMap of references and texts, made here
  private final Map<ImageRef, String> problems;

  UnresolvedImagesException(int images, Map<ImageRef, String> problems) {
    super(message(images, problems));
    this.problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
  }

  private static String message(int images, Map<ImageRef, String> problems) {
    StringBuilder message = new StringBuilder();
    message
        .append(problems.size())
        .append(" of ")
        .append(images)
        .append(" images cannot be read at their source; nothing was mirrored:");
    problems.forEach(
        (image, problem) -> message.append("\n  ").append(image).append(": ").append(problem));
    return message.toString();
  }

  /**
   * What is wrong with each image.
   *
   * @return in the order of the plan
   */
  public Map<ImageRef, String> problems() {
    return problems;
  }
}
