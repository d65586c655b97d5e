package ai.kubernaut.airgap.helm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  private static final Pattern COMMENT = Pattern.compile("\\{\\{-?\\s*/\\*");
  private static final Pattern CONSTANT = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`");

  /** A constant, an opening parenthesis, or a word, after blanks. */
  private static final Pattern ARGUMENT =
      Pattern.compile("\\s+(\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`|\\(|[^\\s()|}]+)");

  private static final Pattern TOKEN =
      Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`|[()]", Pattern.DOTALL);

  /** An object that a lookup has found, or a list of one. */
  private static final String FOUND =
      "omit (dict \"metadata\" (dict \"name\" \"found\" \"namespace\" \"found\" \"uid\""
          + " \"00000000-0000-0000-0000-000000000000\" \"resourceVersion\" \"1\" \"labels\" (dict)"
          + " \"annotations\" (dict)) \"data\" (dict) \"spec\" (dict) \"status\" (dict) \"items\""
          + " (list (dict \"metadata\" (dict \"name\" \"found\" \"namespace\" \"found\" \"labels\""
          + " (dict) \"annotations\" (dict)) \"data\" (dict) \"spec\" (dict) \"status\" (dict))))";

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
        withKinds(template, versions)
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

  /** The versions, and the kinds of these versions that the template asks for by constants. */
  private static Stream<String> withKinds(String template, List<String> versions) {
    return Stream.concat(
        versions.stream(),
        constants(template).stream()
            .distinct()
            .filter(constant -> constant.matches("[\\w.-]+/\\w+/[A-Z]\\w*"))
            .filter(constant -> versions.contains(constant.substring(0, constant.lastIndexOf('/'))))
            .filter(constant -> !versions.contains(constant)));
  }

  /**
   * Makes every {@code lookup} find nothing, but for some calls. {@code omit (dict) …} takes the
   * same arguments as {@code lookup}: it is an empty object, or one with metadata and without data.
   *
   * @param found the calls that find an object, as {@link #lookups} gives them
   */
  static String withLookups(String template, Collection<String> found) {
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
                            call ->
                                Matcher.quoteReplacement(
                                    call.group(1) == null
                                        ? call.group()
                                        : found.contains(arguments(action.group(), call.end()))
                                            ? FOUND
                                            : "omit (dict)"))));
  }

  /** The calls of {@code lookup} in a template, each by its arguments as they are written. */
  static List<String> lookups(String template) {
    if (!template.contains("lookup")) {
      return List.of();
    }
    List<String> calls = new ArrayList<>();
    for (String action : actions(template)) {
      LOOKUP
          .matcher(action)
          .results()
          .filter(call -> call.group(1) != null)
          .forEach(call -> calls.add(arguments(action, call.end())));
    }
    return calls;
  }

  /** The up to four arguments that begin at a place in an action, with one blank between them. */
  private static String arguments(String action, int begin) {
    List<String> arguments = new ArrayList<>();
    Matcher argument = ARGUMENT.matcher(action);
    int at = begin;
    while (arguments.size() < 4 && argument.find(at) && argument.start() == at) {
      int end = argument.end();
      if (argument.group(1).equals("(")) {
        end = closing(action, argument.start(1));
      }
      arguments.add(action.substring(argument.start(1), end).replaceAll("\\s+", " "));
      at = end;
    }
    return String.join(" ", arguments);
  }

  /** The end of what is in parentheses. */
  private static int closing(String action, int begin) {
    int depth = 0;
    Matcher token = TOKEN.matcher(action).region(begin, action.length());
    while (token.find()) {
      depth += token.group().equals("(") ? 1 : token.group().equals(")") ? -1 : 0;
      if (depth == 0) {
        return token.end();
      }
    }
    return action.length();
  }

  /** The actions of a template, without its comments. */
  static List<String> actions(String template) {
    return ACTION
        .matcher(template)
        .results()
        .map(MatchResult::group)
        .filter(action -> !COMMENT.matcher(action).lookingAt())
        .toList();
  }

  /** The string constants in an action. */
  static List<String> constants(String action) {
    return CONSTANT
        .matcher(action)
        .results()
        .map(constant -> action.substring(constant.start() + 1, constant.end() - 1))
        .toList();
  }
}
