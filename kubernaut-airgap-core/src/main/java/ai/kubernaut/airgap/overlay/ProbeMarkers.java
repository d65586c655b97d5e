package ai.kubernaut.airgap.overlay;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Changed texts for some values, by which they can be recognised in references. Behind a word stand
 * letters that no other value has. Schemas rarely allow a separator but those they know, so it
 * becomes another separator, and the places are told by comparing. Immutable.
 */
final class ProbeMarkers {
  /**
   * What was read in a reference.
   *
   * @param slots for each beginning of a value's text the value
   * @param ambiguous whether a separator was seen that may be that of several values
   */
  record Reading(NavigableMap<Integer, StringValue> slots, boolean ambiguous) {}

  private static final String BEGIN = "zq";
  private static final String END = "qz";

  /** Letters that are in neither end of a mark. */
  private static final String LETTERS = "abcdefghijklmnoprstuvwxy";

  private final Map<String, StringValue> words = new LinkedHashMap<>();
  private final Map<StringValue, String> texts = new LinkedHashMap<>();
  private final Map<String, StringValue> separators = new LinkedHashMap<>();
  private final Map<String, Integer> alike = new LinkedHashMap<>();

  ProbeMarkers(List<StringValue> values) {
    for (StringValue value : values) {
      if (value.isPunctuation()) {
        separators.put(value.text(), value);
        alike.merge(value.text(), 1, Integer::sum);
        texts.put(value, other(value.text()));
      } else {
        String mark = mark(words.size());
        words.put(mark, value);
        texts.put(value, value.text() + mark);
      }
    }
  }

  private static String mark(int number) {
    StringBuilder mark = new StringBuilder(BEGIN);
    for (int rest = number; rest > 0 || mark.length() == BEGIN.length(); rest /= LETTERS.length()) {
      mark.append(LETTERS.charAt(rest % LETTERS.length()));
    }
    return mark.append(END).toString();
  }

  /** Another separator of the same length. */
  private static String other(String separator) {
    return (separator.contains("/") ? "-" : "/").repeat(separator.length());
  }

  /** For each value its changed text. */
  Map<StringValue, String> texts() {
    return texts;
  }

  /**
   * Reads a reference.
   *
   * @param plain how the chart renders it as it is
   * @param marked how it renders it with the changed texts
   * @return empty when the marks do not explain every difference
   */
  Optional<Reading> read(String plain, String marked) {
    NavigableMap<Integer, StringValue> slots = new TreeMap<>();
    StringBuilder unmarked = new StringBuilder();
    int at = 0;
    for (int begin = marked.indexOf(BEGIN); begin >= 0; begin = marked.indexOf(BEGIN, at)) {
      int end = marked.indexOf(END, begin);
      StringValue value = end < 0 ? null : words.get(marked.substring(begin, end + END.length()));
      unmarked.append(marked, at, begin);
      if (value == null) {
        return Optional.empty();
      }
      slots.put(unmarked.length() - value.text().length(), value);
      at = end + END.length();
    }
    unmarked.append(marked, at, marked.length());
    return compare(plain, unmarked.toString(), slots);
  }

  private Optional<Reading> compare(
      String plain, String unmarked, NavigableMap<Integer, StringValue> slots) {
    if (plain.length() != unmarked.length()) {
      return Optional.empty();
    }
    boolean ambiguous = false;
    int at = 0;
    while (at < plain.length()) {
      int here = at;
      if (plain.charAt(at) == unmarked.charAt(at)) {
        at++;
        continue;
      }
      Optional<StringValue> separator =
          separators.values().stream()
              .filter(
                  value ->
                      plain.startsWith(value.text(), here)
                          && unmarked.startsWith(other(value.text()), here))
              .findFirst();
      if (separator.isEmpty()) {
        return Optional.empty();
      }
      slots.put(at, separator.get());
      ambiguous |= alike.getOrDefault(separator.get().text(), 0) > 1;
      at += separator.get().text().length();
    }
    return Optional.of(new Reading(slots, ambiguous));
  }
}
