package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.outcome.Problem;
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

  /** {@return why it is outside, and what to do} */
  @Value.Parameter
  Problem problem();

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
   * @param problem why it is outside, and what to do
   * @param reasons the places that name it
   * @return all of it
   */
  static OutsideImage of(String image, String pulled, Problem problem, List<ImageReason> reasons) {
    return ImmutableOutsideImage.of(image, pulled, problem, reasons);
  }
}
