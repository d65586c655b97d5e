package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values that a chart is rendered with, merged by Helm. Immutable. */
public final class ChartValues {
  private final Fields fields;

  private ChartValues(Fields fields) {
    this.fields = fields;
  }

  /**
   * The values of a chart.
   *
   * @param helm merges them
   * @param chart the chart and its layers
   * @return the merged values
   * @throws HelmException when the chart is not there or is none
   * @throws ai.kubernaut.airgap.yaml.InvalidYamlException when a values file cannot be read or is
   *     no YAML mapping; the message tells line and column, which Helm's does not
   */
  public static ChartValues of(HelmClient helm, Chart chart) {
    chart.valuesFiles().forEach(file -> Yaml.readMapping(file, Yaml.DuplicateKeys.LAST_WINS));
    return new ChartValues(
        Fields.of(
            Yaml.readMapping(
                "the values of " + chart.location(),
                helm.values(chart),
                Yaml.DuplicateKeys.LAST_WINS)));
  }

  /**
   * Turns a chart's SDK config file into the value in which the chart keeps it, {@code
   * …sdkConfigContent}: the key has moved between versions of Kubernaut.
   *
   * @param helm tells the chart's values
   * @param chart the chart and its layers
   * @return the chart with one more file setting, or the same chart when it has no SDK config file
   * @throws HelmException when the chart has no such value
   */
  public static Chart withSdkConfig(HelmClient helm, Chart chart) {
    return chart.sdkConfigFile().isEmpty() ? chart : of(helm, chart).withSdkConfig(chart);
  }

  /**
   * The same, for who has the chart's values already and need not have Helm read them again.
   *
   * @param chart the chart that these values are of
   * @return the chart with one more file setting, or the same chart when it has no SDK config file
   * @throws HelmException when the chart has no such value
   */
  public Chart withSdkConfig(Chart chart) {
    if (chart.sdkConfigFile().isEmpty()) {
      return chart;
    }
    Path file = chart.sdkConfigFile().get();
    String key =
        pathOf(KubernautProfile.SDK_CONFIG_VALUE)
            .orElseThrow(
                () ->
                    new HelmException(
                        "the chart "
                            + chart.location()
                            + " has no value "
                            + KubernautProfile.SDK_CONFIG_VALUE
                            + " for "
                            + file
                            + "; set the value of this version of the chart with setFile",
                        "",
                        null));
    return chart.setFile(key, file);
  }

  /** The parts of a dotted path; a backslash keeps the dot after it. */
  static List<String> path(String key) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == '\\' && i + 1 < key.length()) {
        part.append(key.charAt(++i));
      } else if (c == '.') {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return List.copyOf(parts);
  }

  /** {@return the merged values} */
  public Fields fields() {
    return fields;
  }

  /**
   * Finds a value by the last part of its path, wherever the chart keeps it: versions of a chart
   * move their keys.
   *
   * @param key for example {@code sdkConfigContent}
   * @return its whole path with dots; empty when the chart has no such value. The first one counts
   *     when there are several
   */
  public Optional<String> pathOf(String key) {
    return pathOf("", fields.content(), key);
  }

  private static Optional<String> pathOf(String prefix, Map<?, ?> map, String key) {
    if (map.containsKey(key)) {
      return Optional.of(prefix + key);
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getValue() instanceof Map<?, ?> child) {
        Optional<String> found = pathOf(prefix + entry.getKey() + ".", child, key);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The names of the outermost keys alone: values may be secret. */
  @Override
  public String toString() {
    return "ChartValues" + fields.content().keySet();
  }
}
