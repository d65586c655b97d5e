package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checks that the files of a chart and its values are there, before Helm says so in other words.
 */
final class ChartFiles {
  private ChartFiles() {}

  static void require(Chart chart) {
    requireChart(chart);
    chart.valuesFiles().forEach(file -> requireFile("the values file", file));
    chart
        .fileSettings()
        .forEach(setting -> requireFile("the file for " + setting.key(), setting.file()));
  }

  static void requireChart(Chart chart) {
    Path location = chart.location();
    if (!Files.exists(location)) {
      throw new HelmException(
          "there is no chart at "
              + location
              + "; give the directory that holds Chart.yaml, or a packed .tgz",
          "",
          null);
    }
    if (Files.isDirectory(location) && !Files.isRegularFile(location.resolve("Chart.yaml"))) {
      throw new HelmException(
          "the directory "
              + location
              + " is not a chart: it has no Chart.yaml; give the directory that has one",
          "",
          null);
    }
  }

  private static void requireFile(String what, Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new HelmException(what + ", " + file + ", is not there or cannot be read", "", null);
    }
  }
}
