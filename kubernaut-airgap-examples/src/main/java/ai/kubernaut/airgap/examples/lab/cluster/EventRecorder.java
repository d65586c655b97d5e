package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Writes Events; one that has been written before is counted up. */
final class EventRecorder {
  private final ClusterObjects store;
  private final String component;

  EventRecorder(ClusterObjects store, String component) {
    this.store = store;
    this.component = component;
  }

  void normal(JsonNode object, String reason, String message) {
    record(object, "Normal", reason, message);
  }

  void warning(JsonNode object, String reason, String message) {
    record(object, "Warning", reason, message);
  }

  private void record(JsonNode object, String type, String reason, String message) {
    String namespace = Json.namespace(object).isEmpty() ? "default" : Json.namespace(object);
    String name =
        "%s.%08x"
            .formatted(Json.name(object), (Json.uid(object) + type + reason + message).hashCode())
            .toLowerCase(Locale.ROOT);
    ObjectNode event = ResourceKinds.EVENT.newObject(namespace, name);
    event
        .putObject("involvedObject")
        .put("apiVersion", Json.text(object, "/apiVersion"))
        .put("kind", Json.text(object, "/kind"))
        .put("namespace", Json.namespace(object))
        .put("name", Json.name(object))
        .put("uid", Json.uid(object));
    event.putObject("source").put("component", component);
    event
        .put("type", type)
        .put("reason", reason)
        .put("message", message)
        .put("count", 1)
        .put("firstTimestamp", Store.now())
        .put("lastTimestamp", Store.now())
        .put("reportingComponent", component)
        .put("reportingInstance", "");
    try {
      store.create(ResourceKinds.EVENT, event);
    } catch (ApiException e) {
      if (e.code() != 409) {
        throw e;
      }
      store.updateIfPresent(
          ResourceKinds.EVENT,
          namespace,
          name,
          before ->
              before
                  .put("count", before.path("count").asInt(1) + 1)
                  .put("lastTimestamp", Store.now()));
    }
  }
}
