package ai.kubernaut.airgap.helm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes the text of Helm templates. */
final class TemplateText {
  /**
   * A comment, or what stands up to the next braces that are not quoted; in an action that follows
   * no such rules, up to the next braces.
   */
  private static final Pattern ACTION =
      Pattern.compile(
          "\\{\\{(?:-?\\s*/\\*.*?\\*/\\s*-?"
              + "|(?:[^\"`}]++|\"(?:\\\\.|[^\"\\\\\n])*+\"|`[^`]*+`|}(?!}))*+"
              + "|.*?)}}",
          Pattern.DOTALL);

  /**
   * A text, a comment, or the function itself; texts and comments stay as they are, since they may
   * speak of lookups.
   */
  private static final Pattern LOOKUP =
      Pattern.compile(
          "\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`|/\\*.*?\\*/|(?<![\\w.$-])(lookup)(?=\\s)",
          Pattern.DOTALL);

  private TemplateText() {}

  /**
   * Makes every {@code lookup} find nothing: {@code omit (dict) …} takes the same arguments and is
   * always empty.
   */
  static String withoutLookups(String template) {
    if (!template.contains("lookup")) {
      return template;
    }
    return ACTION
        .matcher(template)
        .replaceAll(
            action ->
                Matcher.quoteReplacement(
                    LOOKUP
                        .matcher(action.group())
                        .replaceAll(
                            found ->
                                Matcher.quoteReplacement(
                                    found.group(1) == null ? found.group() : "omit (dict)"))));
  }
}
