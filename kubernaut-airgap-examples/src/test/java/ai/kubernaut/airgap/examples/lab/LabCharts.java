package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.chart.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The lab's charts on disk, for tests of the command line. */
public final class LabCharts {
  private LabCharts() {}

  /** Unpacks a version; returns the options that name the chart and the values it requires. */
  public static List<Object> arguments(Path directory, String number) throws Exception {
    LabVersion version = LabVersion.parse(number);
    Path location = LabChart.unpack(directory, version);
    List<Object> arguments =
        new ArrayList<>(
            List.of("--chart", location, "--values", location.resolve("values-ocp.yaml")));
    version
        .requiredValues()
        .forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    Path sdkConfig = Files.writeString(directory.resolve("sdk.yaml"), "llm: {}\n");
    arguments.addAll(List.of("--sdk-config", sdkConfig));
    return arguments;
  }

  /** Unpacks a version; returns the chart with the values it requires. */
  public static Chart chart(Path directory, String number) throws IOException {
    LabVersion version = LabVersion.parse(number);
    Path location = LabChart.unpack(directory, version);
    Chart chart = Chart.at(location).values(location.resolve("values-ocp.yaml"));
    for (Map.Entry<String, String> value : version.requiredValues().entrySet()) {
      chart = chart.set(value.getKey(), value.getValue());
    }
    return chart.sdkConfig(Files.writeString(directory.resolve("sdk.yaml"), "llm: {}\n"));
  }
}
