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
  private final Function<Map<StringValue, String>, FoundReferences> render;
  private final Map<ReferenceLocation, NavigableMap<Integer, StringValue>> slots = new HashMap<>();
  private final Set<ReferenceLocation> unclear = new HashSet<>();
  private final Set<StringValue> refused = new HashSet<>();
  private final Set<StringValue> unknown = new HashSet<>();
  private int renderings;

  /**
   * Prepares.
   *
   * @param plain the references of the chart as it is
   * @param render renders the chart with other texts for some values; throws {@link HelmException}
   *     when the chart refuses them
   */
  Probe(FoundReferences plain, Function<Map<StringValue, String>, FoundReferences> render) {
    this.plain = plain;
    this.render = render;
  }

  /** How each reference is made; those that could not be found out are not in it. */
  Map<ReferenceLocation, ReferencePattern> run(Candidates candidates) {
    List<StringValue> values = new ArrayList<>(candidates.values());
    values.addAll(used(candidates.defaults()));
    observe(values);
    Map<ReferenceLocation, ReferencePattern> patterns = new LinkedHashMap<>();
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
  Set<StringValue> refused() {
    return Set.copyOf(refused);
  }

  /** Returns the values whose effect could not be determined, after the run. */
  Set<StringValue> unknown() {
    return Set.copyOf(unknown);
  }

  /**
   * Returns the defaults that the chart uses, or that it would use: setting them as they are
   * changes no reference.
   */
  private List<StringValue> used(List<StringValue> defaults) {
    if (!mayRender(defaults, MOST_CHECKS)) {
      return List.of();
    }
    Map<StringValue, String> same = new LinkedHashMap<>();
    defaults.forEach(value -> same.put(value, value.text()));
    Set<StringValue> leftAlone = unknown;
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
    List<StringValue> used = new ArrayList<>(used(defaults.subList(0, defaults.size() / 2)));
    used.addAll(used(defaults.subList(defaults.size() / 2, defaults.size())));
    return used;
  }

  /** Returns whether there is something to render, and counts it. */
  private boolean mayRender(List<StringValue> values, int mostRenderings) {
    if (values.isEmpty()) {
      return false;
    }
    if (renderings >= mostRenderings) {
      unknown.addAll(values);
      return false;
    }
    renderings++;
    return true;
  }

  private void observe(List<StringValue> values) {
    if (!mayRender(values, MOST_RENDERINGS)) {
      return;
    }
    ProbeMarkers marks = new ProbeMarkers(values);
    FoundReferences marked;
    try {
      marked = render.apply(marks.texts());
    } catch (HelmException refusal) {
      split(values, String.valueOf(refusal.getMessage()), refused);
      return;
    }
    if (!marked.hasThePlacesOf(plain) || !read(marks, marked)) {
      split(values, "", unknown);
    }
  }

  /**
   * Tries again without the values that a refusal names, or else in halves. The values that are
   * left alone for this are added to a set.
   */
  private void split(List<StringValue> values, String refusal, Set<StringValue> leftAlone) {
    List<StringValue> named = named(values, refusal);
    if (values.size() == 1) {
      leftAlone.addAll(values);
    } else if (!named.isEmpty()) {
      leftAlone.addAll(named);
      observe(values.stream().filter(value -> !named.contains(value)).toList());
    } else {
      observe(values.subList(0, values.size() / 2));
      observe(values.subList(values.size() / 2, values.size()));
    }
  }

  private static List<StringValue> named(List<StringValue> values, String refusal) {
    // A path in the schema of a subchart may be that of a value of the chart around it as well.
    List<StringValue> ofSubcharts =
        values.stream().filter(value -> value.isNamedAsOfSubchartIn(refusal)).toList();
    return ofSubcharts.isEmpty()
        ? values.stream().filter(value -> value.isNamedIn(refusal)).toList()
        : ofSubcharts;
  }

  /** Reads all references; false when separators of the same text cannot be told apart. */
  private boolean read(ProbeMarkers marks, FoundReferences marked) {
    Map<ReferenceLocation, NavigableMap<Integer, StringValue>> read = new HashMap<>();
    Set<ReferenceLocation> unread = new HashSet<>();
    for (Map.Entry<ReferenceLocation, FoundReferences.Found> one : plain.all().entrySet()) {
      Optional<ProbeMarkers.Reading> reading =
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
