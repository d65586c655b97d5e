package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Computes digests of charts and files, as {@link ChartLock#digestOf} describes. A path may come
 * from a plan that somebody else wrote, so what is read is limited.
 */
final class ContentDigest {
  private static final long MAX_BYTES = 256L << 20;
  private static final int MAX_FILES = 10_000;

  private long bytes;

  private ContentDigest() {}

  static Digest of(Path path) {
    try {
      ContentDigest digest = new ContentDigest();
      return Files.isDirectory(path) ? digest.ofDirectory(path) : digest.ofFile(path);
    } catch (IOException | UncheckedIOException e) {
      throw new HelmException("cannot read " + path + ": " + e.getMessage(), "", e);
    }
  }

  private Digest ofDirectory(Path directory) throws IOException {
    if (!Files.isRegularFile(directory.resolve("Chart.yaml"))) {
      throw new IOException("the directory contains no Chart.yaml");
    }
    Map<String, String> lines = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (lines.size() >= MAX_FILES) {
          throw new IOException("it contains more than " + MAX_FILES + " files");
        }
        lines.put(directory.relativize(file).toString().replace('\\', '/'), ofFile(file).hex());
      }
    }
    StringBuilder text = new StringBuilder();
    lines.forEach((name, hex) -> text.append(hex).append("  ").append(name).append('\n'));
    return Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Digest ofFile(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          Files.exists(file) ? "it is neither a file nor a directory" : "it does not exist");
    }
    bytes += Files.size(file);
    if (bytes > MAX_BYTES) {
      throw new IOException(
          String.format(Locale.ROOT, "it is larger than %d MiB", MAX_BYTES >> 20));
    }
    return Digest.sha256(Files.readAllBytes(file));
  }
}
