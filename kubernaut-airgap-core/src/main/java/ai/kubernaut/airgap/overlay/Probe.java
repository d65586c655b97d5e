package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.HelmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Finds out which values stand where in a chart's references: renders the chart with each of the
 * values marked, all of them at once, and reads the marks. A value that the chart refuses to have
 * changed, or that changes which images there are, tells nothing and is left alone. Not
 * thread-safe.
 */
final class Probe {
  /**
   * More renderings would cost more than they tell: what is not known then is rewritten instead.
   */
  private static final int MOST_RENDERINGS = 24;

  private final FoundReferences plain;
  private final Function<Map<Leaf, String>, FoundReferences> render;
  private final Map<Place, NavigableMap<Integer, Leaf>> slots = new HashMap<>();
  private final Set<Place> unclear = new HashSet<>();
  private int renderings;

  /**
   * Prepares.
   *
   * @param plain the references of the chart as it is
   * @param render renders the chart with other texts for some values; throws {@link HelmException}
   *     when the chart refuses them
   */
  Probe(FoundReferences plain, Function<Map<Leaf, String>, FoundReferences> render) {
    this.plain = plain;
    this.render = render;
  }

  /** How each reference is made; those that could not be found out are not in it. */
  Map<Place, ReferencePattern> run(List<Leaf> candidates) {
    observe(candidates);
    Map<Place, ReferencePattern> patterns = new LinkedHashMap<>();
    plain
        .all()
        .forEach(
            (place, found) -> {
              if (!unclear.contains(place)) {
                ReferencePattern.of(found.text(), slots.getOrDefault(place, new TreeMap<>()))
                    .ifPresent(pattern -> patterns.put(place, pattern));
              }
            });
    return patterns;
  }

  private void observe(List<Leaf> leaves) {
    if (leaves.isEmpty() || renderings >= MOST_RENDERINGS) {
      return;
    }
    renderings++;
    Marks marks = new Marks(leaves);
    FoundReferences marked;
    try {
      marked = render.apply(marks.texts());
    } catch (HelmException refusal) {
      split(leaves, String.valueOf(refusal.getMessage()));
      return;
    }
    if (!marked.hasThePlacesOf(plain) || !read(marks, marked)) {
      split(leaves, "");
    }
  }

  /** Tries again without the values that a refusal names, or else in halves. */
  private void split(List<Leaf> leaves, String refusal) {
    List<Leaf> rest = new ArrayList<>(leaves);
    rest.removeIf(leaf -> leaf.isNamedIn(refusal));
    if (rest.size() < leaves.size()) {
      observe(rest);
    } else if (leaves.size() > 1) {
      observe(leaves.subList(0, leaves.size() / 2));
      observe(leaves.subList(leaves.size() / 2, leaves.size()));
    }
  }

  /** Reads all references; false when separators of the same text cannot be told apart. */
  private boolean read(Marks marks, FoundReferences marked) {
    Map<Place, NavigableMap<Integer, Leaf>> read = new HashMap<>();
    Set<Place> unread = new HashSet<>();
    for (Map.Entry<Place, FoundReferences.Found> one : plain.all().entrySet()) {
      Optional<Marks.Reading> reading =
          marked.text(one.getKey()).flatMap(text -> marks.read(one.getValue().text(), text));
      if (reading.isEmpty()) {
        unread.add(one.getKey());
      } else if (reading.get().ambiguous()) {
        return false;
      } else {
        read.put(one.getKey(), reading.get().slots());
      }
    }
    unclear.addAll(unread);
    read.forEach(
        (place, found) -> slots.computeIfAbsent(place, key -> new TreeMap<>()).putAll(found));
    return true;
  }
}
