package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The {@code status.conditions} that most kinds have. */
final class Conditions {
  private Conditions() {}

  /** Sets a condition; the transition time changes only when the condition's status does. */
  static void set(ObjectNode status, String type, String value, String reason, String message) {
    ArrayNode conditions = status.withArrayProperty("conditions");
    for (JsonNode each : conditions) {
      if (each instanceof ObjectNode condition && Json.text(condition, "/type").equals(type)) {
        if (!Json.text(condition, "/status").equals(value)) {
          condition.put("status", value).put("lastTransitionTime", Store.now());
        }
        condition.put("reason", reason).put("message", message);
        return;
      }
    }
    conditions
        .addObject()
        .put("type", type)
        .put("status", value)
        .put("lastTransitionTime", Store.now())
        .put("reason", reason)
        .put("message", message);
  }

  static boolean isTrue(JsonNode object, String type) {
    return Json.elements(object, "/status/conditions")
        .anyMatch(
            condition ->
                Json.text(condition, "/type").equals(type)
                    && Json.text(condition, "/status").equals("True"));
  }
}
