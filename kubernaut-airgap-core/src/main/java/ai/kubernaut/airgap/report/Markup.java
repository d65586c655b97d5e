package ai.kubernaut.airgap.report;

import java.util.ArrayDeque;
import java.util.Deque;

/** Builds HTML and SVG in which every text and every value of an attribute is escaped. */
final class Markup {
  private final StringBuilder text = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens an element, with names and values of attributes in turn. */
  Markup open(String element, Object... attributes) {
    tag(element, attributes);
    open.push(element);
    return this;
  }

  /**
   * Opens a drawing in a region that scrolls; both are closed by the caller.
   *
   * @param id of the title
   * @param label of the region
   * @param title of the drawing, for screen readers
   */
  Markup openDrawing(String id, String label, String title, int width, int height) {
    open("div", "class", "scroll", "role", "region", "tabindex", 0, "aria-label", label);
    open(
        "svg",
        "role",
        "img",
        "aria-labelledby",
        id,
        "width",
        width,
        "height",
        height,
        "viewBox",
        "0 0 " + width + " " + height);
    return element("title", title, "id", id);
  }

  /** Closes the element that was opened last. */
  Markup close() {
    text.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Closes the element that was opened last, at the end of a line. */
  Markup end() {
    close();
    text.append('\n');
    return this;
  }

  /** Adds an element that has no content. */
  Markup empty(String element, Object... attributes) {
    tag(element, attributes);
    return this;
  }

  /** Adds an element of SVG that has no content. */
  Markup shape(String element, Object... attributes) {
    return open(element, attributes).close();
  }

  /** Adds an element with a text. */
  Markup element(String element, String content, Object... attributes) {
    return open(element, attributes).text(content).close();
  }

  Markup text(String content) {
    escape(content);
    return this;
  }

  /** Adds what is markup, a script or a style already. */
  Markup raw(String markup) {
    text.append(markup);
    return this;
  }

  private void tag(String element, Object... attributes) {
    text.append('<').append(element);
    for (int at = 0; at < attributes.length; at += 2) {
      text.append(' ').append(attributes[at]).append("=\"");
      escape(String.valueOf(attributes[at + 1]));
      text.append('"');
    }
    text.append('>');
  }

  private void escape(String content) {
    String safe = SafeText.of(content);
    for (int at = 0; at < safe.length(); at++) {
      char one = safe.charAt(at);
      switch (one) {
        case '<' -> text.append("&lt;");
        case '>' -> text.append("&gt;");
        case '&' -> text.append("&amp;");
        case '"' -> text.append("&quot;");
        case '\'' -> text.append("&#39;");
        default -> text.append(one);
      }
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
