package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.image.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.immutables.value.Value;

/**
 * The chart and the files of values that a plan was made with, by content. A chart that has changed
 * since then may need other images. Immutable.
 */
@Value.Immutable
public interface ChartLock {
  /** {@return the name of the chart} */
  String name();

  /** {@return the version of the chart} */
  String version();

  /** {@return the chart's archive or directory} */
  LockedFile chart();

  /** {@return the values files and the SDK config, each once} */
  List<LockedFile> files();

  /**
   * Reads what a plan is made with.
   *
   * @param helm reads {@code Chart.yaml}
   * @param chart the chart and its files
   * @return the lock
   * @throws HelmException when the chart or a file cannot be read
   */
  static ChartLock of(HelmClient helm, Chart chart) {
    Fields metadata = RenderedChart.chartYaml(helm, chart);
    return builder()
        .name(metadata.text("name").orElse(""))
        .version(metadata.text("version").orElse(""))
        .chart(LockedFile.of(chart.location(), digestOf(chart.location())))
        .files(chart.files().stream().map(file -> LockedFile.of(file, digestOf(file))).toList())
        .build();
  }

  /**
   * Computes the digest of a file or a directory.
   *
   * @param path the file or the directory; symbolic links are followed
   * @return SHA-256 of the file. For a directory, SHA-256 of one line for each regular file in it,
   *     sorted by path: the SHA-256 of the file in hexadecimal, two blanks, and its path in the
   *     directory with {@code /} as separator, as {@code sha256sum} prints it.
   * @throws HelmException when it cannot be read, is neither a regular file nor a directory, or is
   *     larger than charts are allowed to be: 256 MiB, or 10,000 files
   */
  static Digest digestOf(Path path) {
    return ContentDigest.of(path);
  }

  /**
   * Changes the paths of the chart and of its files.
   *
   * @param location gives for each path the one to use
   * @return the same content at these paths
   */
  default ChartLock relocated(UnaryOperator<Path> location) {
    UnaryOperator<LockedFile> relocated =
        file -> LockedFile.of(location.apply(file.path()), file.digest());
    return builder()
        .from(this)
        .chart(relocated.apply(chart()))
        .files(files().stream().map(relocated).toList())
        .build();
  }

  /**
   * Checks that a chart and its files are those that the plan was made with.
   *
   * @param chart the chart of the plan
   * @throws ChartChangedException when one has changed, with both digests
   * @throws HelmException when one cannot be read
   */
  default void check(Chart chart) {
    check(chart.location(), chart().digest());
    List<Path> present = chart.files();
    for (int i = 0; i < files().size() && i < present.size(); i++) {
      check(present.get(i), files().get(i).digest());
    }
  }

  private static void check(Path path, Digest expected) {
    Digest found = digestOf(path);
    if (!found.equals(expected)) {
      throw new ChartChangedException(path, expected, found);
    }
  }

  /** {@return a new, empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ChartLock}. Not thread-safe. */
  final class Builder extends ImmutableChartLock.Builder {
    Builder() {}
  }
}
