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
 * changed, or that changes which images there are, tells nothing and is left alone; so is a default
 * of a schema that the chart itself does not use as it is. Not thread-safe.
 */
final class Probe {
  /**
   * More renderings would cost more than they tell: what is not known then is rewritten instead.
   */
  private static final int MOST_RENDERINGS = 24;

  /** Of these, how many may check whether the chart uses the defaults of its schemas. */
  private static final int MOST_CHECKS = 8;

  private final FoundReferences plain;
  private final Function<Map<Leaf, String>, FoundReferences> render;
  private final Map<Place, NavigableMap<Integer, Leaf>> slots = new HashMap<>();
  private final Set<Place> unclear = new HashSet<>();
  private final Set<Leaf> refused = new HashSet<>();
  private final Set<Leaf> unknown = new HashSet<>();
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
  Map<Place, ReferencePattern> run(Candidates candidates) {
    List<Leaf> leaves = new ArrayList<>(candidates.values());
    leaves.addAll(used(candidates.defaults()));
    observe(leaves);
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

  /** Returns the values that the chart refused to have changed, after the run. */
  Set<Leaf> refused() {
    return Set.copyOf(refused);
  }

  /** Returns the values whose effect could not be determined, after the run. */
  Set<Leaf> unknown() {
    return Set.copyOf(unknown);
  }

  /**
   * Returns the defaults that the chart uses, or that it would use: setting them as they are
   * changes no reference.
   */
  private List<Leaf> used(List<Leaf> defaults) {
    if (!mayRender(defaults, MOST_CHECKS)) {
      return List.of();
    }
    Map<Leaf, String> same = new LinkedHashMap<>();
    defaults.forEach(leaf -> same.put(leaf, leaf.text()));
    Set<Leaf> leftAlone = unknown;
    try {
      if (render.apply(same).hasTheTextsOf(plain)) {
        return defaults;
      }
    } catch (HelmException refusal) {
      leftAlone = refused;
    }
    if (defaults.size() == 1) {
      leftAlone.addAll(defaults);
      return List.of();
    }
    List<Leaf> used = new ArrayList<>(used(defaults.subList(0, defaults.size() / 2)));
    used.addAll(used(defaults.subList(defaults.size() / 2, defaults.size())));
    return used;
  }

  /** Returns whether there is something to render, and counts it. */
  private boolean mayRender(List<Leaf> leaves, int mostRenderings) {
    if (leaves.isEmpty()) {
      return false;
    }
    if (renderings >= mostRenderings) {
      unknown.addAll(leaves);
      return false;
    }
    renderings++;
    return true;
  }

  private void observe(List<Leaf> leaves) {
    if (!mayRender(leaves, MOST_RENDERINGS)) {
      return;
    }
    Marks marks = new Marks(leaves);
    FoundReferences marked;
    try {
      marked = render.apply(marks.texts());
    } catch (HelmException refusal) {
      split(leaves, String.valueOf(refusal.getMessage()), refused);
      return;
    }
    if (!marked.hasThePlacesOf(plain) || !read(marks, marked)) {
      split(leaves, "", unknown);
    }
  }

  /**
   * Tries again without the values that a refusal names, or else in halves. The values that are
   * left alone for this are added to a set.
   */
  private void split(List<Leaf> leaves, String refusal, Set<Leaf> leftAlone) {
    List<Leaf> named = named(leaves, refusal);
    if (leaves.size() == 1) {
      leftAlone.addAll(leaves);
    } else if (!named.isEmpty()) {
      leftAlone.addAll(named);
      observe(leaves.stream().filter(leaf -> !named.contains(leaf)).toList());
    } else {
      observe(leaves.subList(0, leaves.size() / 2));
      observe(leaves.subList(leaves.size() / 2, leaves.size()));
    }
  }

  private static List<Leaf> named(List<Leaf> leaves, String refusal) {
    // A path in the schema of a subchart may be that of a value of the chart around it as well.
    List<Leaf> ofSubcharts =
        leaves.stream().filter(leaf -> leaf.isNamedAsOfSubchartIn(refusal)).toList();
    return ofSubcharts.isEmpty()
        ? leaves.stream().filter(leaf -> leaf.isNamedIn(refusal)).toList()
        : ofSubcharts;
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
