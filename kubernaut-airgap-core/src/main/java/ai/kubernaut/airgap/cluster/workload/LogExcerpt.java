package ai.kubernaut.airgap.cluster.workload;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The lines of a log that tell why a program has ended: errors first, then what came last. */
final class LogExcerpt {
  private static final int LINES = 5;

  private LogExcerpt() {}

  /** Returns some lines of a log in their order, as one line. */
  static String of(String log) {
    List<String> lines = new ArrayList<>(distinct(log));
    Set<Integer> chosen = new TreeSet<>();
    for (LogLine kind : LogLine.values()) {
      for (int i = lines.size() - 1; i >= 0 && chosen.size() < LINES; i--) {
        if (LogLine.of(lines.get(i)) == kind) {
          chosen.add(i);
        }
      }
    }
    return String.join(" | ", chosen.stream().map(lines::get).toList());
  }

  /** The lines that are not empty; the last of those that are repeated. */
  private static Set<String> distinct(String log) {
    Set<String> lines = new LinkedHashSet<>();
    log.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .forEach(
            line -> {
              lines.remove(line);
              lines.add(line);
            });
    return lines;
  }
}
