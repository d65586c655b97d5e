package ai.kubernaut.airgap.mirrorrules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Merges the mirrors that several objects have for one source. */
final class MirrorOrder {
  private MirrorOrder() {}

  /**
   * Merges lists into one that keeps the order of each of them. Where the lists do not say which of
   * two is first, or contradict each other, the one that was named first is.
   *
   * @param lists the mirrors of each object
   * @param source is last, where a list does not name it
   * @return the mirrors; the source is among them only if it is not last
   */
  static List<String> merge(List<List<String>> lists, String source) {
    Map<String, Set<String>> before = new LinkedHashMap<>();
    for (List<String> list : lists) {
      List<String> all = new ArrayList<>(list);
      if (!all.contains(source)) {
        all.add(source);
      }
      for (int i = 0; i < all.size(); i++) {
        Set<String> earlier = before.computeIfAbsent(all.get(i), name -> new LinkedHashSet<>());
        if (i > 0) {
          earlier.add(all.get(i - 1));
        }
      }
    }
    List<String> merged = new ArrayList<>();
    while (!before.isEmpty()) {
      String next =
          before.entrySet().stream()
              .filter(name -> merged.containsAll(name.getValue()))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseGet(() -> before.keySet().iterator().next());
      before.remove(next);
      merged.add(next);
    }
    if (!merged.isEmpty() && merged.get(merged.size() - 1).equals(source)) {
      merged.remove(merged.size() - 1);
    }
    return List.copyOf(merged);
  }
}
