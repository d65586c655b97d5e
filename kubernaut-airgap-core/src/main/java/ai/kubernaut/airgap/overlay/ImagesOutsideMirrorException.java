package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;

/**
 * The chart would pull images that the plan does not provide, whatever is done with its values and
 * its manifests. Nothing was installed.
 */
public final class ImagesOutsideMirrorException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // values for the code that catches this, never serialised
  private final List<OutsideImage> images;

  ImagesOutsideMirrorException(List<OutsideImage> images) {
    super(message(images), images.stream().map(OutsideImage::problem).toList());
    this.images = List.copyOf(images);
  }

  private static String message(List<OutsideImage> images) {
    StringBuilder message =
        new StringBuilder(
            "the chart would pull images that the plan does not provide, so nothing was installed:");
    for (OutsideImage image : images) {
      message.append("\n  ").append(image.image());
      if (!image.pulled().equals(image.image())) {
        message.append(", pulled as ").append(image.pulled());
      }
      message
          .append(": ")
          .append(image.problem().message())
          .append("; ")
          .append(image.problem().remedy());
      for (ImageReason reason : image.reasons()) {
        message.append("\n    ").append(reason.object()).append(" at ").append(reason.path());
        if (!reason.branches().isEmpty()) {
          message.append(" (branch: ").append(reason.branches().get(0).describe()).append(')');
        }
      }
    }
    return message.toString();
  }

  /**
   * The images.
   *
   * @return with the reasons, and the places that name them
   */
  public List<OutsideImage> images() {
    return images;
  }
}
