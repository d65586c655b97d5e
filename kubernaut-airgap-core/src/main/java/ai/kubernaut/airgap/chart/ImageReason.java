package ai.kubernaut.airgap.chart;

import org.immutables.value.Value;

/** Why an image is needed: the place in the rendered chart that names it. Immutable. */
@Value.Immutable
public interface ImageReason {
  /**
   * The template that rendered the object.
   *
   * @return for example {@code kubernaut/templates/gateway/gateway.yaml}; empty when unknown
   */
  @Value.Parameter
  String template();

  /**
   * The object.
   *
   * @return for example {@code Deployment kubernaut-system/gateway}
   */
  @Value.Parameter
  String object();

  /**
   * The place in the object.
   *
   * @return for example {@code spec.template.spec.containers[0].image}
   */
  @Value.Parameter
  String path();

  /**
   * A reason.
   *
   * @param template the template, or empty
   * @param object kind and name
   * @param path the place in it
   * @return the reason
   */
  static ImageReason of(String template, String object, String path) {
    return ImmutableImageReason.of(template, object, path);
  }
}
