package ai.kubernaut.airgap.overlay;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One text in a chart's values.
 *
 * @param path the keys from the outside in, and the indices of lists
 * @param text the text
 */
record StringValue(List<Object> path, String text) {
  private static final Pattern SUBCHART = Pattern.compile("(?m)^([\\w.-]+):$");

  /** Whether it is nothing but signs, as separators are. */
  boolean isPunctuation() {
    return text.chars().noneMatch(Character::isLetterOrDigit);
  }

  /** For a subchart's copy of a global text the global one itself; empty for all others. */
  Optional<StringValue> global() {
    int at = path.lastIndexOf("global");
    return at > 0
        ? Optional.of(new StringValue(path.subList(at, path.size()), text))
        : Optional.empty();
  }

  /** Whether it may be a part of a reference: it occurs in it, and not in the middle of a word. */
  boolean occursIn(String reference) {
    for (int at = reference.indexOf(text); at >= 0; at = reference.indexOf(text, at + 1)) {
      int end = at + text.length();
      if ((at == 0 || isBorder(reference.charAt(at - 1), text.charAt(0)))
          && (end == reference.length()
              || isBorder(text.charAt(text.length() - 1), reference.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBorder(char left, char right) {
    return !Character.isLetterOrDigit(left) || !Character.isLetterOrDigit(right);
  }

  /** Whether a message of Helm or of the chart speaks of it, as {@code /a/b} or {@code a.b}. */
  boolean isNamedIn(String message) {
    return List.of("/" + joined("/"), joined(".")).stream()
        .anyMatch(
            name ->
                Pattern.compile("(?<![\\w./-])" + Pattern.quote(name) + "(?![\\w/-])")
                    .matcher(message)
                    .find());
  }

  /**
   * Returns whether a message of Helm names it as a value of a subchart: the subchart's name is on
   * a line of its own, {@code db:}, and the lines after it have paths from there, {@code /a/b}.
   */
  boolean isNamedAsOfSubchartIn(String message) {
    List<MatchResult> headers = SUBCHART.matcher(message).results().toList();
    for (int i = 0; i < headers.size(); i++) {
      int begin = headers.get(i).end();
      int end = i + 1 < headers.size() ? headers.get(i + 1).start() : message.length();
      int subchart = path.lastIndexOf(headers.get(i).group(1));
      if (subchart >= 0
          && subchart + 1 < path.size()
          && new StringValue(path.subList(subchart + 1, path.size()), text)
              .isNamedIn(message.substring(begin, end))) {
        return true;
      }
    }
    return false;
  }

  private String joined(String delimiter) {
    return path.stream().map(Object::toString).collect(Collectors.joining(delimiter));
  }

  /** The path as for {@code helm --set}. */
  @Override
  public String toString() {
    StringBuilder name = new StringBuilder();
    for (Object part : path) {
      if (part instanceof Integer) {
        name.append('[').append(part).append(']');
      } else {
        name.append(name.length() == 0 ? "" : ".").append(part.toString().replace(".", "\\."));
      }
    }
    return name.toString();
  }
}
