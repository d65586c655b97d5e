package ai.kubernaut.airgap.chart;

import java.util.List;
import org.immutables.value.Value;

/** What one template of a chart asks about the cluster. Immutable. */
@Value.Immutable
public interface TemplateConditions {
  /** {@return the path of the template in the chart, for example {@code templates/route.yaml}} */
  @Value.Parameter
  String template();

  /**
   * {@return the API versions that the template asks for and that not every cluster serves, for
   * example {@code route.openshift.io/v1}}
   */
  @Value.Parameter
  List<String> apiVersions();

  /**
   * Returns the Kubernetes versions that, together with the default version of the Helm client,
   * give every possible result of the template's comparisons.
   *
   * @return for example {@code 1.24.0} and {@code 1.25.0}
   */
  @Value.Parameter
  List<String> kubeVersions();

  /** {@return the calls of {@code lookup}: their arguments as they are written in the template} */
  @Value.Parameter
  List<String> lookups();

  /**
   * Creates the conditions of a template.
   *
   * @param template its path in the chart
   * @param apiVersions the API versions that it asks for
   * @param kubeVersions the Kubernetes versions that give every result of its comparisons
   * @param lookups the arguments of the calls that read objects
   * @return the conditions
   */
  static TemplateConditions of(
      String template, List<String> apiVersions, List<String> kubeVersions, List<String> lookups) {
    return ImmutableTemplateConditions.of(template, apiVersions, kubeVersions, lookups);
  }
}
