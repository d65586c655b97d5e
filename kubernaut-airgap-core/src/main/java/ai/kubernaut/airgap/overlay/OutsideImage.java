package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.ImageReason;
import java.util.List;
import org.immutables.value.Value;

/** An image that a chart would not pull as the plan provides it. Immutable. */
@Value.Immutable
public interface OutsideImage {
  /**
   * The image, as the chart names it by itself.
   *
   * @return the reference as the chart renders it
   */
  @Value.Parameter
  String image();

  /**
   * The reference by which it would be pulled.
   *
   * @return the reference as the chart renders it with the overlay
   */
  @Value.Parameter
  String pulled();

  /**
   * Why it is outside.
   *
   * @return for people, with what to do
   */
  @Value.Parameter
  String why();

  /**
   * The places that name it.
   *
   * @return at least one
   */
  @Value.Parameter
  List<ImageReason> reasons();

  /**
   * An image outside.
   *
   * @param image the image, as the chart names it by itself
   * @param pulled the reference by which it would be pulled
   * @param why why it is outside
   * @param reasons the places that name it
   * @return all of it
   */
  static OutsideImage of(String image, String pulled, String why, List<ImageReason> reasons) {
    return ImmutableOutsideImage.of(image, pulled, why, reasons);
  }
}
