package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The strings in an object, and the names in a string. */
final class Texts {
  private Texts() {}

  /** All strings at any depth. */
  static Stream<String> of(Fields fields) {
    return strings(fields.content());
  }

  /** All strings at any depth of a tree of maps and lists. */
  static Stream<String> strings(@Nullable Object value) {
    if (value instanceof String text) {
      return Stream.of(text);
    }
    if (value instanceof Map<?, ?> map) {
      return map.values().stream().flatMap(Texts::strings);
    }
    return value instanceof List<?> list ? list.stream().flatMap(Texts::strings) : Stream.of();
  }

  /** Whether a text has a name that is not part of a longer name. */
  static boolean hasWord(String text, String name) {
    return text.contains(name)
        && Pattern.compile("(?<![A-Za-z0-9-])" + Pattern.quote(name) + "(?![A-Za-z0-9-])")
            .matcher(text)
            .find();
  }

  /** The number of characters to insert, remove or replace, at most a limit. */
  static int distance(String from, String to, int limit) {
    if (Math.abs(from.length() - to.length()) >= limit) {
      return limit;
    }
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return Math.min(row[to.length()], limit);
  }
}
