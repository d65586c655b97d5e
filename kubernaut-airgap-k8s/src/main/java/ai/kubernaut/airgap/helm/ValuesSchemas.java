package ai.kubernaut.airgap.helm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the values schemas of a chart and of its subcharts. */
final class ValuesSchemas {
  private static final String FILE = "values.schema.json";

  /** Aliases at several levels multiply; a chart that someone wrote has far fewer paths. */
  private static final int MAX_PATHS = 1000;

  private final Map<List<String>, String> schemas = new LinkedHashMap<>();
  private int paths;

  private ValuesSchemas() {}

  /**
   * Returns the schemas of a chart whose subcharts are directories, by the paths of the values that
   * they describe; of the first 1000 paths where there are more.
   */
  static Map<List<String>, String> in(Path chart) throws IOException {
    ValuesSchemas reader = new ValuesSchemas();
    reader.read(chart, List.of());
    return Collections.unmodifiableMap(reader.schemas);
  }

  private void read(Path chart, List<String> path) throws IOException {
    if (++paths > MAX_PATHS) {
      return;
    }
    Path file = chart.resolve(FILE);
    if (Files.isRegularFile(file)) {
      // Whatever the bytes are: a file that is no text is no schema, which Helm reports.
      schemas.putIfAbsent(path, new String(Files.readAllBytes(file), UTF_8));
    }
    for (Subchart subchart : Subchart.of(chart)) {
      for (String key : subchart.keys()) {
        List<String> subpath = new ArrayList<>(path);
        subpath.add(key);
        read(subchart.directory(), List.copyOf(subpath));
      }
    }
  }
}
