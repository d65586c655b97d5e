package ai.kubernaut.airgap.examples.lab;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The lab's chart: of Kubernaut's shape, with its images, hooks and required input. */
public final class LabChart {
  private static final String ROOT = "/lab/";

  private LabChart() {}

  /**
   * Writes version 1.1 of the chart, as it lies in Kubernaut's source tree: in {@code
   * charts/kubernaut}, whose {@code migrations} is a symbolic link that leaves the chart's
   * directory.
   *
   * @param directory an existing directory
   * @return the chart's directory
   */
  public static Path unpack(Path directory) {
    return unpack(directory, LabVersion.V1_1);
  }

  /**
   * Writes a version of the chart.
   *
   * @param directory an existing directory
   * @param version which one
   * @return the chart's directory
   */
  public static Path unpack(Path directory, LabVersion version) {
    try {
      Map<String, String> first = new LinkedHashMap<>();
      for (String file : files()) {
        first.put(file, new String(read(file), StandardCharsets.UTF_8));
      }
      for (Map.Entry<String, String> file : version.from(first).entrySet()) {
        Path target = directory.resolve(file.getKey());
        Files.createDirectories(target.getParent());
        Files.writeString(target, file.getValue());
      }
      Path chart = directory.resolve("charts").resolve("kubernaut");
      linkMigrations(directory.resolve("migrations"), chart.resolve("migrations"));
      return chart;
    } catch (IOException e) {
      throw new UncheckedIOException("the lab's chart cannot be written to " + directory, e);
    }
  }

  /** The names of the files, because the entries of a jar cannot be listed like a directory's. */
  static List<String> files() throws IOException {
    return new String(read("index.txt"), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] read(String file) throws IOException {
    try (InputStream in = LabChart.class.getResourceAsStream(ROOT + file)) {
      if (in == null) {
        throw new FileNotFoundException(ROOT + file + " is not on the class path");
      }
      return in.readAllBytes();
    }
  }

  private static void linkMigrations(Path migrations, Path link) throws IOException {
    try {
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, Path.of("..", "..", "migrations"));
    } catch (UnsupportedOperationException | FileSystemException e) {
      // Not every system lets everybody make links; the chart works with a copy as well.
      Files.createDirectories(link);
      try (Stream<Path> files = Files.list(migrations)) {
        for (Path file : files.toList()) {
          Files.write(link.resolve(file.getFileName()), Files.readAllBytes(file));
        }
      }
    }
  }
}
