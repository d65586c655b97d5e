package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.Fields;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The value of a chart that gives pods their pull secrets, {@code global.imagePullSecrets}. */
public final class PullSecretValues {
  private PullSecretValues() {}

  /**
   * Renders a chart with the names of pull secrets, as an installation does, where the chart has
   * the value.
   *
   * @param helm renders; stays open
   * @param chart the chart
   * @param branch the facts that the templates see
   * @param names the names of Secrets
   * @return the manifests, with the image references of the chart
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart is missing, or refuses its
   *     values
   */
  public static RenderedChart render(
      HelmClient helm, Chart chart, Branch branch, Set<String> names) {
    ChartValues values = ChartValues.of(helm, chart);
    Chart complete = values.withSdkConfig(chart);
    Overlay nothing = Overlay.of(Map.of(), Map.of(), List.of());
    Overlay overlay =
        add(nothing, SchemaDefaults.under(values.fields(), helm.schemas(complete)), names);
    return overlay.equals(nothing)
        ? rendered(helm, complete, branch)
        : overlay.over(complete, turned -> rendered(helm, turned, branch));
  }

  private static RenderedChart rendered(HelmClient helm, Chart chart, Branch branch) {
    return RenderedChart.parse(helm.render(chart, chart.release(), branch));
  }

  /**
   * Adds the names to an overlay if the chart has the value.
   *
   * @param values the values of the chart, with defaults of its schemas
   */
  static Overlay add(Overlay overlay, Fields values, Set<String> names) {
    return values
        .value("global", "imagePullSecrets")
        .map(value -> overlay.pullSecrets(value instanceof List<?> list ? list : List.of(), names))
        .orElse(overlay);
  }
}
