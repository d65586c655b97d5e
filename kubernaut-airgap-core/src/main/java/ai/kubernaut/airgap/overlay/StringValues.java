package ai.kubernaut.airgap.overlay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The strings in a tree of values, and the part of the tree that changes with them. */
final class StringValues {
  private StringValues() {}

  /** Returns all strings that are not empty: an empty string is no part of any reference. */
  static List<StringValue> in(Map<?, ?> values) {
    List<StringValue> strings = new ArrayList<>();
    collect(List.of(), values, strings);
    return List.copyOf(strings);
  }

  private static void collect(
      List<Object> path, @Nullable Object value, List<StringValue> strings) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, child) -> collect(with(path, key.toString()), child, strings));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collect(with(path, i), list.get(i), strings);
      }
    } else if (value instanceof String text && !text.isEmpty()) {
      strings.add(new StringValue(path, text));
    }
  }

  private static List<Object> with(List<Object> path, Object part) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(part);
    return List.copyOf(longer);
  }

  /**
   * The values that have to be laid over a tree to change some of its strings. Lists are complete,
   * since Helm does not merge them.
   */
  static Map<String, @Nullable Object> overlay(Map<?, ?> values, Map<StringValue, String> texts) {
    Map<List<Object>, String> byPath = new LinkedHashMap<>();
    texts.forEach((value, text) -> byPath.put(value.path(), text));
    return changedMap(List.of(), values, byPath);
  }

  private static Map<String, @Nullable Object> changedMap(
      List<Object> path, Map<?, ?> map, Map<List<Object>, String> texts) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>();
    map.forEach(
        (key, child) -> {
          Object changedChild = changed(with(path, key.toString()), child, texts);
          if (changedChild != null) {
            changed.put(key.toString(), changedChild);
          }
        });
    return changed;
  }

  /** Null when nothing changes. */
  private static @Nullable Object changed(
      List<Object> path, @Nullable Object value, Map<List<Object>, String> texts) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> changed = changedMap(path, map, texts);
      return changed.isEmpty() ? null : changed;
    }
    if (value instanceof List<?> list) {
      boolean same = true;
      List<@Nullable Object> copy = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        Object element = list.get(i);
        Object changed = changed(with(path, i), element, texts);
        same &= changed == null;
        copy.add(changed == null ? element : whole(element, changed));
      }
      return same ? null : Collections.unmodifiableList(copy);
    }
    return texts.get(path);
  }

  /** What is in a list is not merged, so a changed element keeps what does not change in it. */
  private static Object whole(@Nullable Object element, Object changed) {
    if (element instanceof Map<?, ?> map && changed instanceof Map<?, ?> changes) {
      Map<Object, @Nullable Object> whole = new LinkedHashMap<>(map);
      changes.forEach(
          (key, change) ->
              whole.compute(key, (same, old) -> change == null ? null : whole(old, change)));
      return whole;
    }
    return changed;
  }
}
