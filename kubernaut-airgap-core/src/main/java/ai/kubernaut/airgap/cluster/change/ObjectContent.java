package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What of an object a writer decides, without what the API server and controllers fill in. */
final class ObjectContent {
  static final String MASK = "***";

  private static final Set<String> OF_SERVER =
      Set.of(
          "resourceVersion", "uid", "creationTimestamp", "generation", "managedFields", "selfLink");

  /** kubectl keeps the whole content of an object in it, secrets included. */
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private ObjectContent() {}

  /** The object without its status and the metadata of the server. */
  static KubernetesObject of(KubernetesObject object) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>(object.fields().content());
    content.remove("status");
    Map<String, @Nullable Object> metadata =
        new LinkedHashMap<>(object.fields().fields("metadata").content());
    metadata.keySet().removeAll(OF_SERVER);
    content.put("metadata", metadata);
    return KubernetesObject.of(Fields.of(content));
  }

  /** The content of one object with the metadata that the server has given another. */
  static KubernetesObject onto(KubernetesObject content, KubernetesObject present) {
    KubernetesObject merged = of(content);
    for (String field : OF_SERVER) {
      Optional<Object> value = present.fields().value("metadata", field);
      if (value.isPresent()) {
        merged = merged.with(value.get(), "metadata", field);
      }
    }
    Optional<Object> status = present.fields().value("status");
    return status.isPresent() ? merged.with(status.get(), "status") : merged;
  }

  /** Whether both have the same content; missing and empty objects are the same. */
  static boolean isSame(Optional<KubernetesObject> one, Optional<KubernetesObject> other) {
    return one.isPresent() == other.isPresent()
        && one.map(ObjectContent::values).equals(other.map(ObjectContent::values));
  }

  /** The paths whose values differ. */
  static Set<String> differences(Optional<KubernetesObject> one, Optional<KubernetesObject> other) {
    Map<String, String> before = one.map(ObjectContent::values).orElse(Map.of());
    Map<String, String> after = other.map(ObjectContent::values).orElse(Map.of());
    Set<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    paths.removeIf(path -> Objects.equals(before.get(path), after.get(path)));
    return paths;
  }

  /** Every value of the content by its path. */
  static Map<String, String> values(KubernetesObject object) {
    Map<String, String> values = new TreeMap<>();
    add(values, "", of(object).fields().content());
    return values;
  }

  private static void add(Map<String, String> values, String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> add(values, child(path, String.valueOf(key)), inner));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        add(values, path + "[" + i + "]", list.get(i));
      }
    } else if (value != null) {
      values.put(path, value.toString());
    }
  }

  private static String child(String path, String key) {
    String name = key.contains(".") || key.contains("/") ? "\"" + key + "\"" : key;
    return path.isEmpty() ? name : path + "." + name;
  }

  static boolean isSecret(KubernetesObject object) {
    return object.kind().equals("Secret");
  }

  /** The object with the data of Secrets masked, for people and files. */
  static KubernetesObject masked(KubernetesObject object) {
    if (!isSecret(object)) {
      return object;
    }
    KubernetesObject masked = object;
    for (String field : List.of("data", "stringData")) {
      for (String key : object.fields().strings(field).keySet()) {
        masked = masked.with(MASK, field, key);
      }
    }
    return object.annotations().containsKey(LAST_APPLIED)
        ? masked.with(MASK, "metadata", "annotations", LAST_APPLIED)
        : masked;
  }
}
