package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import java.util.List;
import org.immutables.value.Value;

/** An image that a rendered chart needs, and every place that needs it. Immutable. */
@Value.Immutable
public interface ImageUse {
  /**
   * The image.
   *
   * @return as the chart names it, in full form
   */
  @Value.Parameter
  ImageRef image();

  /**
   * The places that name it.
   *
   * @return at least one
   */
  @Value.Parameter
  List<ImageReason> reasons();

  /**
   * Returns the branches of the chart that need the image.
   *
   * @return empty when it is needed in every branch
   */
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
