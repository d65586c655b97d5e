package ai.kubernaut.airgap.helm;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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

  /** A text, a comment, or the API versions of the cluster: asked for one, or the list of them. */
  private static final Pattern API_VERSIONS =
      Pattern.compile(
          "\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`|/\\*.*?\\*/|[\\w.$]*\\.APIVersions(\\.Has)?(?![\\w.])",
          Pattern.DOTALL);

  private TemplateText() {}

  /**
   * Makes templates see these API versions in place of the cluster's. Helm-java has no way to tell
   * the Helm inside.
   *
   * @param versions all of them; with none the template stays as it is
   */
  static String withApiVersions(String template, List<String> versions) {
    if (versions.isEmpty() || !template.contains("APIVersions")) {
      return template;
    }
    String quoted =
        versions.stream()
            .map(version -> "\"" + version.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
            .collect(Collectors.joining(" "));
    String asked = "hasKey (dict " + quoted.replace("\" ", "\" 1 ") + " 1)";
    String listed = "(list " + quoted + ")";
    return ACTION
        .matcher(template)
        .replaceAll(
            action ->
                Matcher.quoteReplacement(
                    API_VERSIONS
                        .matcher(action.group())
                        .replaceAll(
                            found ->
                                Matcher.quoteReplacement(
                                    !found.group().endsWith("APIVersions") && found.group(1) == null
                                        ? found.group()
                                        : found.group(1) == null ? listed : asked))));
  }

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
