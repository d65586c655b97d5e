package ai.kubernaut.airgap.chart;

import org.immutables.value.Value;

/** A branch in which a chart does not render. Immutable. */
@Value.Immutable
public interface RefusedBranch {
  /** {@return the facts with which the chart does not render} */
  @Value.Parameter
  Branch branch();

  /** {@return the message of the chart or of Helm} */
  @Value.Parameter
  String message();

  /**
   * Creates a refused branch.
   *
   * @param branch the facts with which the chart does not render
   * @param message the message of the chart or of Helm
   * @return both
   */
  static RefusedBranch of(Branch branch, String message) {
    return ImmutableRefusedBranch.of(branch, message);
  }
}
