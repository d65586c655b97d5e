package ai.kubernaut.airgap.outcome;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A sentence of a catalogue, with parameters in braces: {@code lacks {keys}}. */
record Sentence(String template) {
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  String with(Map<String, String> parameters) {
    return PARAMETER
        .matcher(template)
        .replaceAll(
            name -> Matcher.quoteReplacement(parameters.getOrDefault(name.group(1), name.group())));
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
