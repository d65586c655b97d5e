package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import org.immutables.value.Value;

/** One object of a rendered chart. Immutable. */
@Value.Immutable
public interface RenderedManifest {
  /**
   * {@return the template that rendered the object, for example {@code
   * kubernaut/templates/gateway/gateway.yaml}; empty if unknown}
   */
  @Value.Parameter
  String template();

  /** {@return the object} */
  @Value.Parameter
  KubernetesObject object();

  /**
   * {@return whether Helm runs the object as a hook, because it has the annotation {@code
   * helm.sh/hook}}
   */
  default boolean isHook() {
    return object().annotations().containsKey("helm.sh/hook");
  }

  /**
   * A rendered object.
   *
   * @param template the template, or empty
   * @param object the object
   * @return both
   */
  static RenderedManifest of(String template, KubernetesObject object) {
    return ImmutableRenderedManifest.of(template, object);
  }
}
