package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartLock;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The plan of a bundle, its chart, and the files that the chart needs. */
final class PlanFiles {
  private static final String CHART = "chart/";
  private static final String FILES = "files/";
  private static final String ARCHIVE = ".tar.gz";
  private static final String UNSAFE = "[\\p{Cntrl}/\\\\:]";
  private static final Set<String> OF_BUNDLE =
      Set.of(BundleFormat.CONTENTS_TITLE, BundleFormat.CHECKSUMS_TITLE);

  private final Bundle bundle;

  PlanFiles(Bundle bundle) {
    this.bundle = bundle;
  }

  /** The files of a plan. Its paths become those in the bundle. */
  static List<BundleFile> pack(MirrorPlan plan) {
    List<BundleFile> packed = new ArrayList<>();
    Map<Path, Path> paths = new HashMap<>();
    plan.chart().ifPresent(chart -> pack(chart, packed, paths));
    MirrorPlan relocated =
        MirrorPlan.builder(plan.target())
            .from(plan)
            .chart(plan.chart().map(chart -> chart.relocated(path -> at(paths, path))))
            .lock(plan.lock().map(lock -> lock.relocated(path -> at(paths, path))))
            .build();
    packed.add(
        0,
        new BundleFile(
            BundleFormat.PLAN_TITLE,
            BundleFormat.PLAN,
            relocated.toYaml().getBytes(StandardCharsets.UTF_8)));
    return packed;
  }

  private static Path at(Map<Path, Path> paths, Path path) {
    return paths.getOrDefault(path, path);
  }

  private static void pack(Chart chart, List<BundleFile> packed, Map<Path, Path> paths) {
    Path location = chart.location();
    String name = name(location);
    paths.put(location, Path.of(CHART + name));
    packed.add(
        Files.isDirectory(location)
            ? new BundleFile(
                CHART + name + ARCHIVE, BundleFormat.CHART_DIRECTORY, ChartDirectory.pack(location))
            : new BundleFile(CHART + name, BundleFormat.FILE, read(location)));
    for (Path file : chart.files()) {
      String title = FILES + paths.size() + "-" + name(file);
      paths.put(file, Path.of(title));
      packed.add(new BundleFile(title, BundleFormat.FILE, read(file)));
    }
  }

  private static String name(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? "root" : name.toString().replaceAll(UNSAFE, "_");
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AirgapException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  MirrorPlan unpack(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(root);
      for (Descriptor file : bundle.titled()) {
        if (!OF_BUNDLE.contains(Bundle.title(file))) {
          unpack(file, root);
        }
      }
    } catch (IOException e) {
      throw new AirgapException(
          "the plan cannot be written to "
              + directory
              + ": "
              + e.getMessage()
              + "; check the directory, or choose another one",
          e);
    }
    MirrorPlan plan = MirrorPlan.read(root.resolve(BundleFormat.PLAN_TITLE));
    plan.chart().ifPresent(chart -> checkInside(chart, root));
    plan.checkChart();
    return plan;
  }

  private void checkInside(Chart chart, Path root) {
    List<Path> paths = new ArrayList<>(chart.files());
    paths.add(chart.location());
    for (Path path : paths) {
      if (!path.normalize().startsWith(root)) {
        throw BundleException.reading(
            ProblemCode.BUNDLE_PATH_UNSAFE, bundle.subject(), Map.of("path", path.toString()));
      }
    }
  }

  private void unpack(Descriptor file, Path root) throws IOException {
    Path path = root.resolve(Bundle.title(file));
    Path parent = Files.createDirectories(path.resolveSibling(".").normalize());
    try (InputStream content = bundle.store().readBlob(bundle.home(), file, 0)) {
      if (file.mediaType().equals(BundleFormat.CHART_DIRECTORY)) {
        unpackChart(content, path, parent);
      } else {
        // The owner's alone: values may be secret.
        Path part = Files.createTempFile(parent, ".part", "");
        try {
          Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
        } finally {
          Files.deleteIfExists(part);
        }
      }
    } catch (RegistryException e) {
      throw new BundleException(
          "the plan cannot be taken out of the bundle", ContentCheck.problem(file, e));
    }
  }

  private static void unpackChart(InputStream content, Path archive, Path parent)
      throws IOException {
    String name = String.valueOf(archive.getFileName());
    Path chart =
        parent.resolve(
            name.endsWith(ARCHIVE) ? name.substring(0, name.length() - ARCHIVE.length()) : name);
    Path part = Files.createTempDirectory(parent, ".part");
    try {
      ChartDirectory.unpack(content, part);
      if (!Files.exists(chart)) {
        Files.move(part, chart);
      } else if (!ChartLock.digestOf(chart).equals(ChartLock.digestOf(part))) {
        throw new IOException(chart + " exists and has other content");
      }
    } finally {
      delete(part);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }
}
