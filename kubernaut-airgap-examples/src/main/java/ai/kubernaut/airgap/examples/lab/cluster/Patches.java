package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The four kinds of patch that the API takes, told apart by their media type. */
final class Patches {
  private static final String DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";
  private static final String ELEMENT_ORDER = "$setElementOrder/";

  /** The field by which the elements of a list are told apart; other lists are replaced whole. */
  private static final Map<String, String> MERGE_KEYS =
      Map.ofEntries(
          Map.entry("containers", "name"),
          Map.entry("initContainers", "name"),
          Map.entry("ephemeralContainers", "name"),
          Map.entry("env", "name"),
          Map.entry("volumes", "name"),
          Map.entry("volumeMounts", "mountPath"),
          Map.entry("volumeDevices", "devicePath"),
          Map.entry("imagePullSecrets", "name"),
          Map.entry("secrets", "name"),
          Map.entry("hostAliases", "ip"),
          Map.entry("topologySpreadConstraints", "topologyKey"),
          Map.entry("conditions", "type"),
          Map.entry("ownerReferences", "uid"),
          Map.entry("webhooks", "name"));

  private Patches() {}

  static ObjectNode apply(String mediaType, ObjectNode target, JsonNode patch) {
    return switch (mediaType) {
      case "application/json-patch+json" -> jsonPatch(target, patch);
      case "application/merge-patch+json" -> merge(target, object(patch));
      case "application/strategic-merge-patch+json", "application/apply-patch+yaml" ->
          strategic(target, object(patch));
      default -> throw ApiException.unsupportedMediaType("no such kind of patch: " + mediaType);
    };
  }

  private static ObjectNode object(JsonNode patch) {
    if (patch instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.badRequest("the patch is not an object");
  }

  private static ObjectNode jsonPatch(ObjectNode target, JsonNode patch) {
    try {
      return (ObjectNode) JsonPatch.apply(patch, target);
    } catch (JsonPatchException e) {
      throw ApiException.invalid("the patch does not fit: " + e.getMessage());
    }
  }

  private static ObjectNode merge(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      JsonNode value = field.getValue();
      if (value.isNull()) {
        target.remove(field.getKey());
      } else if (value instanceof ObjectNode object) {
        target.set(field.getKey(), merge(objectAt(target, field.getKey()), object));
      } else {
        target.set(field.getKey(), value);
      }
    }
    return target;
  }

  private static ObjectNode strategic(ObjectNode target, ObjectNode patch) {
    if (directive(patch).equals("replace")) {
      ObjectNode replacement = patch.deepCopy();
      replacement.remove("$patch");
      return replacement;
    }
    JsonNode retained = patch.path("$retainKeys");
    if (retained.isArray()) {
      target.retain(Json.texts(retained));
    }
    for (Map.Entry<String, JsonNode> entry : patch.properties()) {
      String field = entry.getKey();
      JsonNode value = entry.getValue();
      if (field.startsWith("$")) {
        // The other directives act with the field that they speak of.
        if (field.startsWith(DELETE_PRIMITIVES)) {
          removeElements(target, field.substring(DELETE_PRIMITIVES.length()), value);
        }
        continue;
      }
      if (value.isNull() || directive(value).equals("delete")) {
        target.remove(field);
      } else if (value instanceof ObjectNode object) {
        target.set(field, strategic(objectAt(target, field), object));
      } else if (value instanceof ArrayNode list) {
        target.set(field, mergeList(target, field, list, patch.path(ELEMENT_ORDER + field)));
      } else {
        target.set(field, value);
      }
    }
    return target;
  }

  private static ArrayNode mergeList(
      ObjectNode target, String field, ArrayNode patch, JsonNode order) {
    ArrayNode current = target.path(field) instanceof ArrayNode list ? list : Json.array();
    if (field.equals("finalizers")) {
      ArrayNode union = current.deepCopy();
      patch
          .valueStream()
          .filter(each -> !Json.texts(current).contains(each.asText()))
          .forEach(union::add);
      return union;
    }
    Optional<String> key = mergeKey(field, patch.isEmpty() ? current : patch);
    if (key.isEmpty() || patch.valueStream().anyMatch(each -> directive(each).equals("replace"))) {
      ArrayNode replacement = Json.array();
      patch.valueStream().filter(each -> !each.has("$patch")).forEach(replacement::add);
      return replacement;
    }
    List<ObjectNode> merged = new ArrayList<>();
    current.valueStream().forEach(each -> merged.add((ObjectNode) each));
    for (JsonNode each : patch) {
      ObjectNode element = object(each);
      int index = indexOf(merged, key.get(), element.path(key.get()));
      if (directive(element).equals("delete")) {
        if (index >= 0) {
          merged.remove(index);
        }
      } else if (index >= 0) {
        merged.set(index, strategic(merged.get(index), element));
      } else {
        merged.add(strategic(Json.object(), element));
      }
    }
    ArrayNode result = Json.array();
    for (JsonNode wanted : order) {
      int index = indexOf(merged, key.get(), wanted.path(key.get()));
      if (index >= 0) {
        result.add(merged.remove(index));
      }
    }
    merged.forEach(result::add);
    return result;
  }

  private static Optional<String> mergeKey(String field, ArrayNode elements) {
    if (field.equals("ports")) {
      return elements.valueStream().anyMatch(each -> each.has("containerPort"))
          ? Optional.of("containerPort")
          : elements.valueStream().allMatch(each -> each.has("port"))
              ? Optional.of("port")
              : Optional.empty();
    }
    return Optional.ofNullable(MERGE_KEYS.get(field))
        .filter(key -> elements.valueStream().allMatch(JsonNode::isObject));
  }

  private static int indexOf(List<ObjectNode> elements, String key, JsonNode value) {
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i).path(key).equals(value)) {
        return i;
      }
    }
    return -1;
  }

  private static void removeElements(ObjectNode target, String field, JsonNode doomed) {
    if (target.path(field) instanceof ArrayNode list) {
      list.removeIf(each -> doomed.valueStream().anyMatch(each::equals));
    }
  }

  private static String directive(JsonNode patch) {
    return patch.path("$patch").asText("");
  }

  private static ObjectNode objectAt(ObjectNode parent, String field) {
    return parent.path(field) instanceof ObjectNode object ? object : Json.object();
  }
}
