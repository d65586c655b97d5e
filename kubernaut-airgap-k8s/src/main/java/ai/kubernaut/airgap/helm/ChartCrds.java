package ai.kubernaut.airgap.helm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Reads the {@code crds} directories of a chart and of its subcharts. */
final class ChartCrds {
  /** A chart that contains itself ends here. */
  private static final int MAX_DEPTH = 20;

  private ChartCrds() {}

  /** Returns the YAML documents in a chart whose subcharts are directories. */
  static String in(Path chart) throws IOException {
    StringBuilder documents = new StringBuilder();
    read(chart, documents, 0);
    return documents.toString();
  }

  private static void read(Path chart, StringBuilder documents, int depth) throws IOException {
    Path directory = chart.resolve("crds");
    if (Files.isDirectory(directory)) {
      for (Path file : files(directory)) {
        documents.append("---\n").append(Files.readString(file, UTF_8)).append('\n');
      }
    }
    if (depth < MAX_DEPTH) {
      for (Subchart subchart : Subchart.of(chart)) {
        read(subchart.directory(), documents, depth + 1);
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).filter(ChartCrds::isManifest).sorted().toList();
    }
  }

  private static boolean isManifest(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }
}
