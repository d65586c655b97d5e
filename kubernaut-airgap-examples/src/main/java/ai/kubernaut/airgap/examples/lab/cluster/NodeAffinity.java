package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The required node affinity of a pod, with which a DaemonSet chooses the node of each pod. */
final class NodeAffinity {
  private NodeAffinity() {}

  /** Whether one of the terms matches; a pod without terms fits every node. */
  static boolean matches(JsonNode pod, JsonNode node) {
    List<JsonNode> terms =
        Json.elements(
                pod,
                "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms")
            .toList();
    return terms.isEmpty() || terms.stream().anyMatch(term -> matchesTerm(term, node));
  }

  private static boolean matchesTerm(JsonNode term, JsonNode node) {
    JsonNode fields = Json.object().put("metadata.name", Json.name(node));
    return Json.elements(term, "/matchExpressions")
            .allMatch(each -> matchesExpression(each, node.at("/metadata/labels")))
        && Json.elements(term, "/matchFields").allMatch(each -> matchesExpression(each, fields));
  }

  private static boolean matchesExpression(JsonNode expression, JsonNode labels) {
    JsonNode label = labels.path(Json.text(expression, "/key"));
    String value = label.asText("");
    List<String> values = Json.texts(expression.path("values"));
    return switch (Json.text(expression, "/operator")) {
      case "In" -> !label.isMissingNode() && values.contains(value);
      case "NotIn" -> label.isMissingNode() || !values.contains(value);
      case "Exists" -> !label.isMissingNode();
      case "DoesNotExist" -> label.isMissingNode();
      case "Gt" -> compare(value, values) > 0;
      case "Lt" -> compare(value, values) < 0;
      default -> false;
    };
  }

  /** Compares integers; what is not an integer is equal to everything, so that nothing matches. */
  private static int compare(String value, List<String> values) {
    try {
      return values.isEmpty()
          ? 0
          : Long.compare(Long.parseLong(value), Long.parseLong(values.get(0)));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
