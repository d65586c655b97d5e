package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Label and field selectors, as conditions on objects. */
final class Selectors {
  private static final Pattern SET =
      Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)", Pattern.CASE_INSENSITIVE);
  private static final Pattern EQUALITY = Pattern.compile("([^!=\\s]+)\\s*(==|=|!=)\\s*(.*)");

  private Selectors() {}

  /** What a selector in a query parameter says, such as {@code app=x,tier in (a,b),!old}. */
  static Predicate<JsonNode> labels(String selector) {
    return all(
        Arrays.stream(selector.split(",(?![^(]*\\))", -1))
            .map(String::strip)
            .filter(term -> !term.isEmpty())
            .map(Selectors::labelTerm)
            .toList());
  }

  /** What a field selector says, such as {@code metadata.name=x}. */
  static Predicate<JsonNode> fields(String selector) {
    return all(
        Arrays.stream(selector.split(",", -1))
            .map(String::strip)
            .filter(term -> !term.isEmpty())
            .map(Selectors::fieldTerm)
            .toList());
  }

  /** What a {@code matchLabels} object, or a service's {@code selector}, says. */
  static Predicate<JsonNode> matchLabels(JsonNode wanted) {
    return object ->
        !wanted.isEmpty()
            && wanted.properties().stream()
                .allMatch(entry -> label(object, entry.getKey()).equals(entry.getValue()));
  }

  /** What a label selector in an object says; an empty one selects everything. */
  static Predicate<JsonNode> labelSelector(JsonNode selector) {
    List<Predicate<JsonNode>> terms = new ArrayList<>();
    if (!selector.path("matchLabels").isEmpty()) {
      terms.add(matchLabels(selector.path("matchLabels")));
    }
    selector.path("matchExpressions").forEach(each -> terms.add(requirement(each)));
    return all(terms);
  }

  private static Predicate<JsonNode> requirement(JsonNode requirement) {
    String key = Json.text(requirement, "/key");
    List<String> values = Json.texts(requirement.path("values"));
    String operator = Json.text(requirement, "/operator");
    return switch (operator) {
      case "In", "NotIn" ->
          object ->
              operator.equals("In")
                  == (!label(object, key).isMissingNode()
                      && values.contains(label(object, key).asText()));
      case "Exists" -> object -> !label(object, key).isMissingNode();
      case "DoesNotExist" -> object -> label(object, key).isMissingNode();
      default -> throw ApiException.invalid("not a valid selector operator: " + operator);
    };
  }

  private static Predicate<JsonNode> all(List<Predicate<JsonNode>> terms) {
    return object -> terms.stream().allMatch(term -> term.test(object));
  }

  private static Predicate<JsonNode> labelTerm(String term) {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      String key = set.group(1);
      List<String> values = Arrays.stream(set.group(3).split(",", -1)).map(String::strip).toList();
      boolean in = set.group(2).equalsIgnoreCase("in");
      return object -> {
        JsonNode label = label(object, key);
        return in == (!label.isMissingNode() && values.contains(label.asText()));
      };
    }
    Matcher equality = EQUALITY.matcher(term);
    if (equality.matches()) {
      return comparison(equality, object -> label(object, equality.group(1)));
    }
    return term.startsWith("!")
        ? object -> label(object, term.substring(1).strip()).isMissingNode()
        : object -> !label(object, term).isMissingNode();
  }

  private static Predicate<JsonNode> fieldTerm(String term) {
    Matcher equality = EQUALITY.matcher(term);
    if (!equality.matches()) {
      throw ApiException.badRequest("not a field selector: " + term);
    }
    String pointer = "/" + equality.group(1).replace('.', '/');
    return comparison(equality, object -> object.at(pointer));
  }

  private static Predicate<JsonNode> comparison(
      Matcher equality, Function<JsonNode, JsonNode> left) {
    String wanted = equality.group(3).strip();
    boolean equal = !equality.group(2).equals("!=");
    return object -> equal == left.apply(object).asText("").equals(wanted);
  }

  private static JsonNode label(JsonNode object, String key) {
    return object.at("/metadata/labels").path(key);
  }
}
