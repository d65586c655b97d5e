package ai.kubernaut.airgap.overlay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds texts for values with which references become what they shall be: as many references as
 * possible, and among such solutions one that changes as few values as possible, the leftmost ones
 * of a reference rather than others. References that share values are solved together. Bounded: in
 * a chart where that takes too long, some references stay as they are.
 */
final class OverlaySolver {
  /**
   * A reference and what it shall become.
   *
   * @param pattern how the chart makes it
   * @param wanted the texts that will do, the better ones first
   */
  record Goal(ReferencePattern pattern, List<String> wanted) {}

  private static final int MOST_STEPS = 200_000;

  private final List<Goal> goals;
  private final Map<StringValue, String> chosen = new HashMap<>();
  private Map<StringValue, String> best = Map.of();
  private int fewestSkipped;
  private int fewestChanged;
  private int steps;

  private OverlaySolver(List<Goal> goals) {
    this.goals = goals;
    this.fewestSkipped = goals.size();
    for (Goal goal : goals) {
      if (goal.wanted().contains(goal.pattern().with(Map.of()))) {
        fewestSkipped--;
      }
    }
  }

  /** The values to change, with their new texts. */
  static Map<StringValue, String> solve(List<Goal> goals) {
    Map<StringValue, String> changes = new LinkedHashMap<>();
    for (List<Goal> group : groups(goals)) {
      OverlaySolver solver = new OverlaySolver(group);
      solver.nextGoal(0, 0, 0);
      changes.putAll(solver.best);
    }
    return changes;
  }

  /** Different goals, together with those that share values with them. */
  private static List<List<Goal>> groups(List<Goal> goals) {
    List<Set<Goal>> groups = new ArrayList<>();
    for (Goal goal : goals) {
      Set<Goal> joined = new LinkedHashSet<>();
      groups.removeIf(group -> shareValues(group, goal) && joined.addAll(group));
      joined.add(goal);
      groups.add(joined);
    }
    return groups.stream().map(List::copyOf).toList();
  }

  private static boolean shareValues(Set<Goal> group, Goal goal) {
    return group.stream()
        .anyMatch(
            other -> other.pattern().values().stream().anyMatch(goal.pattern().values()::contains));
  }

  private void nextGoal(int goal, int skipped, int changed) {
    boolean better =
        skipped < fewestSkipped || (skipped == fewestSkipped && changed < fewestChanged);
    if (!better || ++steps > MOST_STEPS) {
      return;
    }
    if (goal == goals.size()) {
      fewestSkipped = skipped;
      fewestChanged = changed;
      Map<StringValue, String> changes = new LinkedHashMap<>();
      chosen.forEach(
          (value, text) -> {
            if (!text.equals(value.text())) {
              changes.put(value, text);
            }
          });
      best = changes;
      return;
    }
    ReferencePattern pattern = goals.get(goal).pattern();
    for (String wanted : goals.get(goal).wanted()) {
      match(goal, pattern.parts().size() - 1, wanted, wanted.length(), skipped, changed);
    }
    nextGoal(goal + 1, skipped + 1, changed);
  }

  /**
   * Matches the parts of a reference from the right to the left with what stands before an end, so
   * that the values on the right keep their texts where they can.
   */
  private void match(int goal, int part, String wanted, int end, int skipped, int changed) {
    if (++steps > MOST_STEPS) {
      return;
    }
    if (part < 0) {
      if (end == 0) {
        nextGoal(goal + 1, skipped, changed);
      }
      return;
    }
    ReferencePattern.Part current = goals.get(goal).pattern().parts().get(part);
    if (current instanceof ReferencePattern.Literal literal) {
      if (wanted.startsWith(literal.text(), end - literal.text().length())) {
        match(goal, part - 1, wanted, end - literal.text().length(), skipped, changed);
      }
    } else if (current instanceof ReferencePattern.Slot slot) {
      String known = chosen.get(slot.value());
      if (known != null) {
        if (wanted.startsWith(known, end - known.length())) {
          match(goal, part - 1, wanted, end - known.length(), skipped, changed);
        }
        return;
      }
      String own = slot.value().text();
      if (wanted.startsWith(own, end - own.length())) {
        choose(slot.value(), own, goal, part, wanted, end, skipped, changed);
      }
      for (int begin = end - 1; begin >= 0; begin--) {
        String text = wanted.substring(begin, end);
        if (!text.equals(own)) {
          choose(slot.value(), text, goal, part, wanted, end, skipped, changed + 1);
        }
      }
    }
  }

  private void choose(
      StringValue value,
      String text,
      int goal,
      int part,
      String wanted,
      int end,
      int skipped,
      int changed) {
    if (skipped > fewestSkipped || (skipped == fewestSkipped && changed >= fewestChanged)) {
      return;
    }
    chosen.put(value, text);
    match(goal, part - 1, wanted, end - text.length(), skipped, changed);
    chosen.remove(value);
  }
}
