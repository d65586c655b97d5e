package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.chart.ChartLock;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.image.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the chart of a saved plan and its files, on this machine or another one: under the path
 * from the plan's directory, by name beside the plan, and by path or name in other directories. The
 * first one with the planned content counts; where none has it, the first one that exists.
 * Immutable.
 */
final class PlanLocations {
  private final Path directory;
  private final List<Path> directories;
  private final Map<Path, Digest> planned = new HashMap<>();
  private final Map<Path, Path> located = new HashMap<>();

  /**
   * Prepares.
   *
   * @param directory the directory of the plan
   * @param directories where to look besides
   * @param plan the plan with the paths of its file
   */
  PlanLocations(Path directory, List<Path> directories, MirrorPlan plan) {
    this.directory = directory;
    this.directories = List.copyOf(directories);
    plan.lock()
        .ifPresent(
            lock -> {
              planned.put(lock.chart().path(), lock.chart().digest());
              lock.files().forEach(file -> planned.put(file.path(), file.digest()));
            });
  }

  /** The path under which a file is found. */
  Path locate(Path path) {
    return located.computeIfAbsent(path, this::find);
  }

  private Path find(Path path) {
    Path name = path.getFileName();
    List<Path> candidates = new ArrayList<>();
    candidates.add(directory.resolve(path));
    candidates.add(directory.resolve(name));
    for (Path directory : directories) {
      candidates.add(directory.resolve(path));
      candidates.add(directory.resolve(name));
    }
    List<Path> existing =
        candidates.stream()
            .map(candidate -> candidate.toAbsolutePath().normalize())
            .filter(Files::exists)
            .distinct()
            .toList();
    Digest digest = planned.get(path);
    return existing.stream()
        .filter(candidate -> digest == null || hasContent(candidate, digest))
        .findFirst()
        .or(() -> existing.stream().findFirst())
        .orElseGet(() -> directory.resolve(path).toAbsolutePath().normalize());
  }

  private static boolean hasContent(Path path, Digest digest) {
    try {
      return ChartLock.digestOf(path).equals(digest);
    } catch (HelmException unreadable) {
      return false;
    }
  }
}
