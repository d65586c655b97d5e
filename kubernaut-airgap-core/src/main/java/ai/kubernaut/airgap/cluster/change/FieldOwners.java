package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object that others apply, as {@code metadata.managedFields} notes them. Who
 * applies a field declares its value and sets it again, as {@code kubectl apply --server-side} and
 * tools for GitOps do; a field that was written in another way belongs to nobody in this sense.
 */
final class FieldOwners {
  private static final String OURS = "kubernaut-airgap";
  private static final String FIELD = "f:";
  private static final String ELEMENT = "k:";

  private FieldOwners() {}

  /** The managers by the paths of the fields that they apply and that a change would set. */
  static Map<String, String> of(KubernetesObject before, KubernetesObject after) {
    Map<String, String> owners = new TreeMap<>();
    for (Fields entry : before.fields().list("metadata", "managedFields")) {
      String manager = entry.text("manager").orElse("");
      boolean isMain = entry.text("subresource").isEmpty();
      if (isMain && entry.text("operation").orElse("").equals("Apply") && !manager.equals(OURS)) {
        walk(
            entry.fields("fieldsV1").content(),
            "",
            ObjectContent.of(before).fields().content(),
            ObjectContent.of(after).fields().content(),
            manager,
            owners);
      }
    }
    return owners;
  }

  /**
   * Compares what is owned.
   *
   * @param owned the part of {@code fieldsV1} for these values
   */
  private static void walk(
      Map<?, ?> owned,
      String path,
      @Nullable Object before,
      @Nullable Object after,
      String manager,
      Map<String, String> owners) {
    boolean hasParts =
        owned.keySet().stream()
            .map(String::valueOf)
            .anyMatch(key -> key.startsWith(FIELD) || key.startsWith(ELEMENT));
    if (!hasParts || before == null || after == null) {
      if (!Objects.equals(before, after)) {
        owners.put(path, manager);
      }
      return;
    }
    owned.forEach(
        (name, part) -> {
          String key = String.valueOf(name);
          Map<?, ?> parts = part instanceof Map<?, ?> map ? map : Map.of();
          if (key.startsWith(FIELD)) {
            String field = key.substring(FIELD.length());
            walk(
                parts,
                path.isEmpty() ? field : path + "." + field,
                field(before, field),
                field(after, field),
                manager,
                owners);
          } else if (key.startsWith(ELEMENT)) {
            String keys = key.substring(ELEMENT.length());
            walk(
                parts,
                path + "[" + keys + "]",
                element(before, keys),
                element(after, keys),
                manager,
                owners);
          }
        });
  }

  private static @Nullable Object field(Object object, String field) {
    return object instanceof Map<?, ?> map ? map.get(field) : null;
  }

  /** The element of a list with the values of these keys, which are JSON. */
  private static @Nullable Object element(Object list, String keys) {
    Optional<Map<?, ?>> wanted = parsed(keys);
    return list instanceof List<?> elements && wanted.isPresent()
        ? elements.stream()
            .filter(element -> element instanceof Map<?, ?> map && has(map, wanted.get()))
            .findFirst()
            .orElse(null)
        : null;
  }

  private static boolean has(Map<?, ?> element, Map<?, ?> keys) {
    return keys.entrySet().stream()
        .allMatch(
            key ->
                String.valueOf(key.getValue()).equals(String.valueOf(element.get(key.getKey()))));
  }

  private static Optional<Map<?, ?>> parsed(String keys) {
    try {
      return Optional.of(Yaml.readMapping("the keys of a list", keys, Yaml.DuplicateKeys.REFUSED));
    } catch (InvalidYamlException e) {
      return Optional.empty();
    }
  }
}
