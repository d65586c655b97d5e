package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** Kubernetes objects as JSON trees. */
final class Json {
  private static final JsonMapper JSON = new JsonMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static ObjectNode object(String apiVersion, String kind) {
    return object().put("apiVersion", apiVersion).put("kind", kind);
  }

  /** Reads JSON or YAML: a JSON text is a YAML text too, but is read much faster as what it is. */
  static JsonNode parse(byte[] text) {
    try {
      return firstCharacter(text) == '{' || firstCharacter(text) == '['
          ? JSON.readTree(text)
          : YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw ApiException.badRequest("the body is neither JSON nor YAML: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int firstCharacter(byte[] text) {
    for (byte b : text) {
      if (!Character.isWhitespace(b)) {
        return b;
      }
    }
    return -1;
  }

  /** An object of another model as a tree. */
  static ObjectNode tree(Object object) {
    return JSON.valueToTree(object);
  }

  /** A copy without fields that are null, empty strings or empty objects, at any depth. */
  static JsonNode withoutEmptyFields(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = object();
      object
          .properties()
          .forEach(
              field -> {
                JsonNode value = withoutEmptyFields(field.getValue());
                boolean isEmpty =
                    value.isContainerNode() ? value.isEmpty() : value.asText("").isEmpty();
                if (!isEmpty) {
                  copy.set(field.getKey(), value);
                }
              });
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = array();
      node.forEach(element -> copy.add(withoutEmptyFields(element)));
      return copy;
    }
    return node;
  }

  static byte[] bytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text at a JSON pointer, or an empty one. */
  static String text(JsonNode node, String pointer) {
    return node.at(pointer).asText("");
  }

  static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  static Stream<JsonNode> elements(JsonNode node, String pointer) {
    return node.at(pointer).valueStream();
  }

  static String name(JsonNode object) {
    return text(object, "/metadata/name");
  }

  static String namespace(JsonNode object) {
    return text(object, "/metadata/namespace");
  }

  static String uid(JsonNode object) {
    return text(object, "/metadata/uid");
  }
}
