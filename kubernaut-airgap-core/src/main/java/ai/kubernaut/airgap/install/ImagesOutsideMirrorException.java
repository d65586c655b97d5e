package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.AirgapException;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import java.util.List;

/**
 * With the overlay, the chart would still pull images that the plan does not bring into the mirror.
 * Nothing was installed.
 */
public final class ImagesOutsideMirrorException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // values for the code that catches this, never serialised
  private final List<ImageUse> images;

  ImagesOutsideMirrorException(List<ImageUse> images) {
    super(message(images));
    this.images = List.copyOf(images);
  }

  private static String message(List<ImageUse> images) {
    StringBuilder message =
        new StringBuilder(
            "the chart would pull images that the plan does not provide, so nothing was installed; plan the chart again with the"
                + " same values, or set the values that name these images:");
    for (ImageUse use : images) {
      message.append("\n  ").append(use.image());
      for (ImageReason reason : use.reasons()) {
        message.append("\n    ").append(reason.object()).append(" at ").append(reason.path());
      }
    }
    return message.toString();
  }

  /**
   * The images.
   *
   * @return with the places that name them
   */
  public List<ImageUse> images() {
    return images;
  }
}
