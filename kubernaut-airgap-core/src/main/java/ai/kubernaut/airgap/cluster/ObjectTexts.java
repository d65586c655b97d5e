package ai.kubernaut.airgap.cluster;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The strings in the content of an object, and the names of objects in a string. */
public final class ObjectTexts {
  private ObjectTexts() {}

  /**
   * Returns all strings at any depth of a tree of maps and lists.
   *
   * @param value a map, a list, a string, or another value of an object's content
   * @return the strings that are values, not keys
   */
  public static Stream<String> in(@Nullable Object value) {
    if (value instanceof String text) {
      return Stream.of(text);
    }
    if (value instanceof Map<?, ?> map) {
      return map.values().stream().flatMap(ObjectTexts::in);
    }
    return value instanceof List<?> list ? list.stream().flatMap(ObjectTexts::in) : Stream.of();
  }

  /**
   * Returns whether a text contains the name of an object.
   *
   * @param text any text
   * @param name the name of an object, with the same case of letters
   * @return true when the name is there and is not part of a longer name
   */
  public static boolean hasName(String text, String name) {
    return text.contains(name)
        && Pattern.compile("(?<![A-Za-z0-9-])" + Pattern.quote(name) + "(?![A-Za-z0-9-])")
            .matcher(text)
            .find();
  }
}
