package ai.kubernaut.airgap.chart;

import org.immutables.value.Value;

/** A reference that an overlay rewrites in the rendered manifests, and why. Immutable. */
@Value.Immutable(builder = false)
public interface RewrittenReference {
  /**
   * {@return the reference to replace, exactly as the chart renders it with the values of the
   * overlay}
   */
  @Value.Parameter
  String from();

  /** {@return the reference in the mirror that replaces it} */
  @Value.Parameter
  String to();

  /**
   * {@return why no value sets the reference; if it is at several locations, the reason of the last
   * one}
   */
  @Value.Parameter
  RewriteReason reason();

  /**
   * Creates a rewritten reference.
   *
   * @param from the reference to replace, exactly as the chart renders it
   * @param to the reference that takes its place
   * @param reason why no value sets the reference
   * @return the rewritten reference
   */
  static RewrittenReference of(String from, String to, RewriteReason reason) {
    return ImmutableRewrittenReference.of(from, to, reason);
  }
}
