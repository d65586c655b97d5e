package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import org.immutables.value.Value;

/** One object of a rendered chart. Immutable. */
@Value.Immutable
public interface RenderedManifest {
  /**
   * The template that rendered it.
   *
   * @return for example {@code kubernaut/templates/gateway/gateway.yaml}; empty when unknown
   */
  @Value.Parameter
  String template();

  /**
   * The object.
   *
   * @return its content
   */
  @Value.Parameter
  KubernetesObject object();

  /**
   * Whether Helm runs it as a hook rather than installs it with the release.
   *
   * @return true when it carries the annotation {@code helm.sh/hook}
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
