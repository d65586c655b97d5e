package ai.kubernaut.airgap.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Charts as one text: each file begins with a line {@code == its/path}. */
final class WrittenChart {
  private static final String FILE = "== ";

  private WrittenChart() {}

  /** Writes the files, with a {@code Chart.yaml} where the text has none. */
  static Path in(Path directory, String text) throws IOException {
    Files.createDirectories(directory);
    if (!text.contains(FILE + "Chart.yaml\n")) {
      Files.writeString(directory.resolve("Chart.yaml"), about(directory.getFileName().toString()));
    }
    for (String file : ("\n" + text).split("\n" + FILE, -1)) {
      if (!file.isBlank()) {
        int line = file.indexOf('\n');
        Path path = directory.resolve(file.substring(0, line));
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.substring(line + 1) + "\n");
      }
    }
    return directory;
  }

  /** Packs a chart's files into an archive, as {@code helm package} does. */
  static Path packed(Path archive, String name, String template) throws IOException {
    Files.createDirectories(archive.getParent());
    ChartCopyTest.pack(
        archive, name + "/Chart.yaml", about(name), name + "/templates/all.yaml", template);
    return archive;
  }

  /** Packs a chart's directory into an archive, and removes the directory. */
  static void pack(Path directory, Path archive) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        if (Files.isRegularFile(path)) {
          files.put(directory.getParent().relativize(path).toString(), Files.readAllBytes(path));
        }
        Files.delete(path);
      }
    }
    Files.write(archive, ChartCopyTest.archive(files));
  }

  static String about(String name) {
    return "apiVersion: v2\nname: %s\nversion: 1.0.0\nappVersion: 3.2.1\n".formatted(name);
  }
}
