package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Rewriting;
import ai.kubernaut.airgap.chart.ValuesLayer;
import ai.kubernaut.airgap.io.ScratchDirectory;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a chart for Helm to read. Symbolic links are followed, because charts share directories
 * with their neighbours, and packed charts are unpacked.
 *
 * <p>A copy can be made fit for rendering without a cluster. The Helm in helm-java leaves hooks out
 * of what it renders, and runs {@code lookup} against whatever cluster it finds; so in the copy
 * hook annotations get a name that Helm does not know, and {@code lookup} is an empty result.
 *
 * <p>And a copy can be made to rewrite what it renders; see {@link RewrittenTemplates}.
 */
final class ChartCopy implements AutoCloseable {
  private static final String HOOK = "helm.sh/hook";
  private static final String HIDDEN_HOOK = "hook.airgap.kubernaut.ai/hook";
  private static final String HOOK_KEY = "helm\\.sh/hook";
  private static final String HIDDEN_HOOK_KEY = "hook\\.airgap\\.kubernaut\\.ai/hook";

  private final ScratchDirectory scratch;
  private final Path directory;
  private final ChartLimits limits = ChartLimits.ofCharts();
  private int hiddenHooks;

  private ChartCopy(ScratchDirectory scratch) {
    this.scratch = scratch;
    this.directory = scratch.path().resolve("chart");
  }

  /** A copy as it is. */
  static ChartCopy of(Path location) {
    return of(location, copy -> {});
  }

  private static ChartCopy of(Path location, Change change) {
    try {
      ChartCopy copy = new ChartCopy(ScratchDirectory.create());
      try {
        if (Files.isDirectory(location)) {
          copy.copyDirectory(location);
        } else {
          ChartArchive.unpack(location, copy.directory, copy.limits);
        }
        change.of(copy);
        return copy;
      } catch (IOException | RuntimeException e) {
        try {
          copy.close();
        } catch (UncheckedIOException notRemoved) {
          e.addSuppressed(notRemoved);
        }
        throw e;
      }
    } catch (FileSystemLoopException e) {
      throw unusable(location, "its symbolic links go round in a circle at " + e.getFile(), e);
    } catch (IOException e) {
      throw unusable(location, e.getMessage(), e);
    }
  }

  private static HelmException unusable(Path location, @Nullable String why, IOException cause) {
    return new HelmException("the chart " + location + " cannot be read: " + why, "", cause);
  }

  Path directory() {
    return directory;
  }

  /** Gives hook annotations back their name in what Helm says, and does not speak of the copy. */
  String restore(String text) {
    return text.replace(HIDDEN_HOOK, HOOK)
        .replace("/" + RewrittenTemplates.PREFIX, "/")
        .replace(directory.toString(), "the chart");
  }

  /** What is wrong with the first file of values, the chart's or a subchart's, that is no YAML. */
  Optional<String> brokenValues(Chart chart) {
    try {
      List<Path> files = new ArrayList<>(chart.valuesFiles());
      regularFiles().stream()
          .filter(file -> file.endsWith("values.yaml") && !isTemplate(file))
          .forEach(files::add);
      for (Path file : files) {
        Yaml.readMapping(file, Yaml.DuplicateKeys.LAST_WINS);
      }
      return Optional.empty();
    } catch (InvalidYamlException e) {
      return Optional.of(restore(String.valueOf(e.getMessage())));
    } catch (IOException | UncheckedIOException unreadable) {
      return Optional.empty();
    }
  }

  /** A copy to install from, which renders with the chart's rewriting. */
  static ChartCopy forInstalling(Chart chart) {
    return of(chart.location(), copy -> copy.rewrite(chart));
  }

  /**
   * A copy that renders nothing but the values that its templates would see, as lines of JSON, and
   * asks no schema.
   */
  static ChartCopy forValues(Chart chart) {
    return of(
        chart.location(),
        copy -> {
          copy.unpackSubcharts();
          for (Path file : copy.regularFiles()) {
            if (copy.isTemplate(file) || file.endsWith("values.schema.json")) {
              Files.delete(file);
            }
          }
          Path templates = Files.createDirectories(copy.directory.resolve("templates"));
          Files.writeString(
              templates.resolve("values.yaml"),
              """
              values:
              {{- range splitList "\\n" (.Values | toPrettyJson) }}
              - {{ . | quote }}
              {{- end }}
              """);
        });
  }

  /** The text of each template by its path in the chart, those of subcharts included. */
  static Map<String, String> templates(Chart chart) {
    try (ChartCopy copy = withUnpackedSubcharts(chart)) {
      Map<String, String> templates = new TreeMap<>();
      for (Path file : copy.regularFiles()) {
        if (copy.isTemplate(file)) {
          templates.put(
              copy.directory.relativize(file).toString().replace('\\', '/'),
              Files.readString(file));
        }
      }
      return templates;
    } catch (IOException e) {
      throw unusable(chart.location(), e.getMessage(), e);
    }
  }

  /** Returns a copy in which packed subcharts are directories. */
  static ChartCopy withUnpackedSubcharts(Chart chart) {
    return of(chart.location(), ChartCopy::unpackSubcharts);
  }

  /** A copy of nothing but what offline templates see of a cluster's APIs. */
  static ChartCopy forApiVersions() {
    try {
      ChartCopy copy = new ChartCopy(ScratchDirectory.create());
      Path templates = Files.createDirectories(copy.directory.resolve("templates"));
      Files.writeString(
          copy.directory.resolve("Chart.yaml"),
          "{apiVersion: v2, name: api-versions, version: 0.1.0}");
      Files.writeString(
          templates.resolve("versions.yaml"),
          "versions: {{ .Capabilities.APIVersions | toJson }}\n");
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary directory cannot be written to", e);
    }
  }

  /** Writes a file beside the chart, readable by the owner alone. */
  Path write(String name, String content) {
    try {
      return Files.writeString(scratch.path().resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary directory cannot be written to", e);
    }
  }

  /**
   * A copy that renders without a cluster, hooks included, with the chart's rewriting.
   *
   * @param apiVersions what templates see; empty for what Helm sees by itself
   * @param lookups the calls that find an object
   */
  static ChartCopy forOfflineRendering(
      Chart chart, List<String> apiVersions, List<String> lookups) {
    return of(
        chart.location(),
        copy -> {
          copy.unpackSubcharts();
          copy.patchTemplates(apiVersions, lookups);
          copy.rewrite(chart);
        });
  }

  /** The chart with values in which hook annotations, if they hold any, have the other name. */
  Chart withHiddenHooks(Chart chart) {
    return chart.withValues(
        layer ->
            layer instanceof ValuesLayer.File file && text(file.path()).contains(HOOK)
                ? new ValuesLayer.File(
                    write(
                        "hooks-" + hiddenHooks++ + ".yaml",
                        text(file.path()).replace(HOOK, HIDDEN_HOOK)))
                : layer instanceof ValuesLayer.Json json
                    ? new ValuesLayer.Json(
                        json.key().replace(HOOK_KEY, HIDDEN_HOOK_KEY),
                        json.json().replace(HOOK, HIDDEN_HOOK))
                    : layer,
        key -> key.replace(HOOK_KEY, HIDDEN_HOOK_KEY));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new HelmException("the values file " + file + " cannot be read: " + e, "", e);
    }
  }

  private void rewrite(Chart chart) throws IOException {
    Rewriting rewriting = Rewriting.of(chart);
    if (!rewriting.isEmpty()) {
      unpackSubcharts();
      RewrittenTemplates.in(directory, rewriting);
    }
  }

  private void copyDirectory(Path location) throws IOException {
    Files.walkFileTree(
        location,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        64,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(directory.resolve(location.relativize(from).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isSymbolicLink()) {
              throw new IOException(
                  "its symbolic link "
                      + from
                      + " leads nowhere, or round in a circle; copy the chart together with what its links lead to");
            }
            if (attributes.isRegularFile()) {
              limits.countEntry();
              limits.countBytes(attributes.size());
              Files.copy(from, directory.resolve(location.relativize(from).toString()));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void unpackSubcharts() throws IOException {
    boolean unpacked = true;
    while (unpacked) {
      unpacked = false;
      for (Path archive : regularFiles()) {
        String name = archive.getFileName().toString();
        Path inChart = directory.relativize(archive);
        boolean subchart =
            inChart.getNameCount() > 1
                && inChart.getName(inChart.getNameCount() - 2).toString().equals("charts");
        if (subchart && (name.endsWith(".tgz") || name.endsWith(".tar.gz"))) {
          Path into =
              archive.resolveSibling(
                  name.substring(0, name.length() - (name.endsWith(".tgz") ? 4 : 7)));
          ChartArchive.unpack(archive, into, limits);
          Files.delete(archive);
          unpacked = true;
        }
      }
    }
  }

  private void patchTemplates(List<String> apiVersions, List<String> lookups) throws IOException {
    for (Path file : regularFiles()) {
      if (file.endsWith("values.yaml") && !isTemplate(file)) {
        String text = Files.readString(file);
        if (text.contains(HOOK)) {
          Files.writeString(file, text.replace(HOOK, HIDDEN_HOOK));
        }
      }
      if (isTemplate(file)) {
        String text = Files.readString(file);
        String patched =
            TemplateText.withApiVersions(TemplateText.withLookups(text, lookups), apiVersions)
                .replace(HOOK, HIDDEN_HOOK);
        if (!patched.equals(text)) {
          Files.writeString(file, patched);
        }
      }
    }
  }

  private boolean isTemplate(Path file) {
    for (Path part : directory.relativize(file)) {
      if (part.toString().equals("templates")) {
        return true;
      }
    }
    return false;
  }

  private List<Path> regularFiles() throws IOException {
    try (var paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }

  @Override
  public void close() {
    scratch.close();
  }

  /** What is done to a copy before it is used. */
  @FunctionalInterface
  private interface Change {
    void of(ChartCopy copy) throws IOException;
  }
}
