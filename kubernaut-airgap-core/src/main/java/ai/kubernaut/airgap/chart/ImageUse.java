package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import java.util.List;
import org.immutables.value.Value;

/** An image that a rendered chart needs, and every place that needs it. Immutable. */
@Value.Immutable
public interface ImageUse {
  /** {@return the image as the chart names it, in its full form} */
  @Value.Parameter
  ImageRef image();

  /** {@return the locations that name the image; at least one} */
  @Value.Parameter
  List<ImageReason> reasons();

  /** {@return the branches of the chart that need the image; empty if all do} */
  default List<Branch> branches() {
    return ImageReason.branches(reasons());
  }

  /**
   * An image and its reasons.
   *
   * @param image the image
   * @param reasons the places that name it
   * @return both
   */
  static ImageUse of(ImageRef image, List<ImageReason> reasons) {
    return ImmutableImageUse.of(image, reasons);
  }
}
