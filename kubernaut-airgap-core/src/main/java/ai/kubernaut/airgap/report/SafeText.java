package ai.kubernaut.airgap.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Text from charts, logs and events for people: what would control a terminal, or change the order
 * of the text around it, becomes visible.
 *
 * <pre>{@code
 * System.out.println(SafeText.forTerminal("a line from the log of a pod"));
 * }</pre>
 */
public final class SafeText {
  /** The columns of a terminal that lines fit in. */
  static final int WIDTH = 100;

  private SafeText() {}

  /**
   * Prepares text for a terminal. Lines that are wider than 100 columns are broken at spaces and
   * continued with a deeper indentation; a single word that is wider stays whole. Characters that
   * would control the terminal or the direction of the text are escaped.
   *
   * @param text one or more lines
   * @return the lines, without a line end after the last
   */
  public static String forTerminal(String text) {
    return text.lines()
        .flatMap(
            line -> {
              String indent = " ".repeat(line.length() - line.stripLeading().length());
              return wrap(indent, indent + "    ", line.stripLeading(), WIDTH).stream();
            })
        .collect(Collectors.joining("\n"));
  }

  /** Replaces control characters but for tabs and line ends, and controls of the direction. */
  static String of(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            one -> {
              if (isHarmless(one)) {
                safe.appendCodePoint(one);
              } else {
                safe.append(String.format("\\u%04X", one));
              }
            });
    return safe.toString();
  }

  private static boolean isHarmless(int one) {
    if (one == '\n' || one == '\t') {
      return true;
    }
    return switch (Character.getType(one)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // The last two of each plane are no characters, and not allowed in XML.
      default -> (one & 0xFFFE) != 0xFFFE;
    };
  }

  /** As {@link #of}, on one line. */
  static String line(String text) {
    return of(text.strip().replaceAll("\\s*\\R\\s*", " ⏎ "));
  }

  /**
   * Breaks a text at spaces, so that its lines are no wider than asked for. A word that is wider
   * than that stays whole: it can be copied.
   *
   * @param first what stands before the first line
   * @param next what stands before the other lines, also those that the text has itself
   */
  static List<String> wrap(String first, String next, String text, int width) {
    List<String> lines = new ArrayList<>();
    String begin = first;
    for (String paragraph : of(text.stripTrailing()).split("\n", -1)) {
      // Spaces at the beginning of a line mean something: they stand in diffs and YAML.
      String rest = paragraph.stripTrailing();
      int blank = rest.length() - rest.stripLeading().length();
      while (begin.length() + rest.length() > width) {
        int room = Math.max(1, width - begin.length());
        int at = rest.lastIndexOf(' ', room);
        if (at <= blank) {
          at = rest.indexOf(' ', Math.max(room, blank));
        }
        if (at <= blank) {
          break;
        }
        lines.add((begin + rest.substring(0, at)).stripTrailing());
        rest = rest.substring(at + 1).stripLeading();
        blank = 0;
        begin = next;
      }
      lines.add((begin + rest).stripTrailing());
      begin = next;
    }
    return lines;
  }
}
