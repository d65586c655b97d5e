package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import java.util.List;
import java.util.stream.Collectors;

/** An image that should be pulled from the mirror is not in the plan. */
public final class ImageNotInPlanException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final ImageRef image;

  ImageNotInPlanException(ImageRef image, Target target, List<ImageRef> others) {
    super(
        image
            + " cannot be pulled from "
            + target.address()
            + ": the plan does not have it"
            + (others.isEmpty() ? "" : ", but has " + list(others))
            + "; add the image to the plan and mirror it");
    this.image = image;
  }

  private static String list(List<ImageRef> images) {
    return images.stream().map(ImageRef::toString).collect(Collectors.joining(", "));
  }

  /** {@return the image in its full form} */
  public ImageRef image() {
    return image;
  }
}
