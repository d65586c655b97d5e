package ai.kubernaut.airgap.common;

/** Text from outside, such as the values of a chart, in the form in which messages show it. */
public final class PrintableText {
  private static final int LENGTH = 100;

  private PrintableText() {}

  /**
   * Returns the beginning of a text without control characters, which a terminal would obey.
   *
   * @param text any text
   * @return at most 100 characters, then {@code …} if there were more; control characters are
   *     replaced by {@code ?}
   */
  public static String of(String text) {
    String beginning = text.length() <= LENGTH ? text : text.substring(0, LENGTH) + "…";
    return beginning.replaceAll("\\p{Cntrl}", "?");
  }
}
