package ai.kubernaut.airgap.outcome;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sentence of a catalogue. It has parameters in braces, {@code lacks {keys}}, and optional parts
 * in brackets, which are left out when a parameter in them is empty: {@code has failed[:
 * {detail}]}.
 */
record Sentence(String template) {
  private static final Pattern OPTIONAL = Pattern.compile("\\[([^\\[\\]]*)]");
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  String with(Map<String, String> parameters) {
    String chosen =
        OPTIONAL
            .matcher(template)
            .replaceAll(
                part ->
                    hasEmptyParameter(part.group(1), parameters)
                        ? ""
                        : Matcher.quoteReplacement(part.group(1)));
    return PARAMETER
        .matcher(chosen)
        .replaceAll(
            name -> Matcher.quoteReplacement(parameters.getOrDefault(name.group(1), name.group())));
  }

  private static boolean hasEmptyParameter(String part, Map<String, String> parameters) {
    return PARAMETER
        .matcher(part)
        .results()
        .anyMatch(name -> parameters.getOrDefault(name.group(1), "").isBlank());
  }

  /** Checks that every parameter of the sentence is given. */
  void check(Enum<?> code, Map<String, String> parameters) {
    PARAMETER
        .matcher(template)
        .results()
        .map(name -> name.group(1))
        .filter(name -> !parameters.containsKey(name))
        .findFirst()
        .ifPresent(
            missing -> {
              throw new IllegalArgumentException(
                  "the parameter '" + missing + "' of " + code + " is missing");
            });
  }
}
