package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.cluster.Fields;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the defaults that values schemas declare: {@code default} in {@code properties}, in local
 * {@code $ref}s and in {@code allOf}. The outer default comes before the inner ones, and the
 * default beside a {@code $ref} before those of its definition. Elements of arrays have no defaults
 * of their own. A schema that cannot be read has no defaults; Helm reports it. Not thread-safe.
 */
final class SchemaDefaults {
  private static final int MAX_CHARACTERS = 4 << 20;
  private static final int MAX_DEPTH = 64;

  /** Of all schemas of a chart together, each definition counted as often as it is used. */
  private static final int MAX_NODES = 100_000;

  private static final ObjectReader JSON = new ObjectMapper().reader();

  private final Set<String> openReferences = new HashSet<>();
  private int nodes;

  private SchemaDefaults() {}

  /**
   * Returns values with the schemas' defaults where the values have nothing or null.
   *
   * @param values the merged values of a chart
   * @param schemas the texts of the schemas by the paths of the values that they describe; the
   *     schema of a subchart comes before those of the charts around it
   */
  static Fields under(Fields values, Map<List<String>, String> schemas) {
    SchemaDefaults reader = new SchemaDefaults();
    List<List<String>> paths = new ArrayList<>(schemas.keySet());
    paths.sort(
        Comparator.<List<String>>comparingInt(List::size)
            .reversed()
            .thenComparing(path -> String.join("/", path)));
    Map<String, @Nullable Object> filled = values.content();
    for (List<String> path : paths) {
      Map<String, @Nullable Object> defaults = reader.read(schemas.getOrDefault(path, ""));
      for (int i = path.size() - 1; i >= 0; i--) {
        Map<String, @Nullable Object> outer = new LinkedHashMap<>();
        outer.put(path.get(i), defaults);
        defaults = outer;
      }
      filled = mergedMaps(filled, defaults);
    }
    return Fields.of(filled);
  }

  private Map<String, @Nullable Object> read(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return Map.of();
    }
    JsonNode schema;
    try {
      schema = JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      return Map.of();
    }
    openReferences.clear();
    openReferences.add("#");
    Map<String, @Nullable Object> defaults = new LinkedHashMap<>();
    if (defaultOf(schema, schema, 0) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> defaults.put(key.toString(), value));
    }
    return defaults;
  }

  /** Returns null when there is no default. */
  private @Nullable Object defaultOf(JsonNode root, JsonNode schema, int depth) {
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
      return null;
    }
    Object found = value(schema.path("default"), depth);
    String reference = schema.path("$ref").asText();
    if (reference.startsWith("#") && openReferences.add(reference)) {
      found = merged(found, defaultOf(root, resolve(root, reference), depth + 1));
      openReferences.remove(reference);
    }
    for (JsonNode part : schema.path("allOf")) {
      found = merged(found, defaultOf(root, part, depth + 1));
    }
    Map<String, @Nullable Object> properties = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      Object inner = defaultOf(root, property.getValue(), depth + 1);
      if (inner != null) {
        properties.put(property.getKey(), inner);
      }
    }
    return properties.isEmpty() ? found : merged(found, properties);
  }

  private static JsonNode resolve(JsonNode root, String reference) {
    // Anchors, "#name", are not followed.
    return reference.startsWith("#/")
        ? root.at(JsonPointer.compile(reference.substring(1)))
        : root.path("");
  }

  private @Nullable Object value(JsonNode json, int depth) {
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
      return null;
    }
    if (json.isObject()) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      json.properties()
          .forEach(field -> map.put(field.getKey(), value(field.getValue(), depth + 1)));
      return map;
    }
    if (json.isArray()) {
      List<@Nullable Object> list = new ArrayList<>();
      json.forEach(element -> list.add(value(element, depth + 1)));
      return list;
    }
    if (json.isNumber()) {
      return json.numberValue();
    }
    if (json.isBoolean()) {
      return json.booleanValue();
    }
    return json.isTextual() ? json.textValue() : null;
  }

  private static @Nullable Object merged(@Nullable Object over, @Nullable Object under) {
    if (over == null) {
      return under;
    }
    return over instanceof Map<?, ?> overMap && under instanceof Map<?, ?> underMap
        ? mergedMaps(overMap, underMap)
        : over;
  }

  private static Map<String, @Nullable Object> mergedMaps(Map<?, ?> over, Map<?, ?> under) {
    Map<String, @Nullable Object> merged = new LinkedHashMap<>();
    over.forEach((key, value) -> merged.put(key.toString(), value));
    under.forEach(
        (key, value) -> merged.put(key.toString(), merged(merged.get(key.toString()), value)));
    return merged;
  }
}
