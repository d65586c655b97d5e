package ai.kubernaut.airgap.registry.http;

/** Makes words that a server chose fit to stand in a message. */
final class Text {
  private static final int MAX = 300;

  private Text() {}

  /** One line without control characters, cut where it is longer than people read. */
  static String clean(String text) {
    StringBuilder result = new StringBuilder(Math.min(text.length(), MAX + 1));
    boolean space = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isISOControl(c)) {
        space = result.length() > 0;
        continue;
      }
      // Format characters could turn the direction of the text or hide a part of it.
      if (Character.getType(c) == Character.FORMAT) {
        continue;
      }
      if (result.length() >= MAX) {
        return result.append('…').toString();
      }
      if (space) {
        result.append(' ');
        space = false;
      }
      result.append(c);
    }
    return result.toString();
  }
}
