package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ObjectTexts;
import ai.kubernaut.airgap.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is compared with the cluster of an object in a stored manifest: little, so that it can be
 * part of a support bundle.
 */
final class ObjectOutline {
  private static final List<String[]> KEPT =
      List.of(
          new String[] {"spec", "selector"},
          new String[] {"spec", "ports"},
          new String[] {"spec", "template", "metadata", "labels"},
          new String[] {"spec", "group"},
          new String[] {"spec", "names"},
          new String[] {"rules"},
          new String[] {"aggregationRule"},
          new String[] {"subjects"},
          new String[] {"roleRef"});

  /** The types that a hook names which sets the CA of webhooks. */
  static final Set<String> WEBHOOK_TYPES =
      Set.of(
          "mutatingwebhookconfiguration",
          "mutatingwebhookconfigurations",
          "validatingwebhookconfiguration",
          "validatingwebhookconfigurations");

  private static final Set<String> NAMES = Set.of("name", "secretName", "claimName", "serviceName");

  /** What a Secret or a ConfigMap contains, under keys that may be called like a field. */
  private static final Set<String> DATA = Set.of("data", "stringData", "binaryData");

  private ObjectOutline() {}

  /** Returns an object with nothing but its names and the content that is compared. */
  static KubernetesObject of(KubernetesObject object) {
    Fields outline =
        Fields.of(Map.of())
            .with(object.apiVersion(), "apiVersion")
            .with(object.kind(), "kind")
            .with(object.name(), "metadata", "name");
    if (object.namespace().isPresent()) {
      outline = outline.with(object.namespace().get(), "metadata", "namespace");
    }
    for (String[] path : KEPT) {
      Optional<Object> value = object.fields().value(path);
      if (value.isPresent()) {
        outline = outline.with(value.get(), path);
      }
    }
    List<Fields> versions = object.fields().list("spec", "versions");
    if (!versions.isEmpty()) {
      outline =
          outline.with(
              versions.stream()
                  .filter(version -> version.flag("served"))
                  .map(version -> Map.of("name", version.text("name").orElse(""), "served", true))
                  .toList(),
              "spec",
              "versions");
    }
    return KubernetesObject.of(
        object.kind().equals("ConfigMap") ? outline.with(digests(object), "data") : outline);
  }

  /**
   * Returns a Job with its names, its references to Secrets and ConfigMaps, and the names of other
   * objects that its template contains. The outline of an outline is equal to it.
   *
   * @param names the names of objects
   */
  static KubernetesObject ofHook(KubernetesObject job, Set<String> names) {
    Fields template = job.fields().fields("spec", "template");
    List<String> texts =
        ObjectTexts.in(template.content()).map(text -> text.toLowerCase(Locale.ROOT)).toList();
    List<Map<String, String>> contained =
        names.stream()
            .filter(
                name ->
                    texts.stream()
                        .anyMatch(text -> ObjectTexts.hasName(text, name.toLowerCase(Locale.ROOT))))
            .sorted()
            .map(name -> Map.of("name", name))
            .toList();
    return KubernetesObject.of(
        of(job)
            .fields()
            .with(
                List.of(Map.of("name", "names", "env", contained)),
                "spec",
                "template",
                "spec",
                "containers")
            .with(
                references(template.content()).distinct().toList(),
                "spec",
                "template",
                "spec",
                "volumes"));
  }

  /** The Secrets and ConfigMaps that a template refers to, as volumes. */
  private static Stream<Map<String, Object>> references(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .flatMap(
              entry ->
                  switch (String.valueOf(entry.getKey())) {
                    case "secret", "secretRef", "secretKeyRef" ->
                        names(entry.getValue())
                            .map(
                                name -> Map.of("name", name, "secret", Map.of("secretName", name)));
                    case "configMap", "configMapRef", "configMapKeyRef" ->
                        names(entry.getValue())
                            .map(name -> Map.of("name", name, "configMap", Map.of("name", name)));
                    default -> references(entry.getValue());
                  });
    }
    return value instanceof List<?> list
        ? list.stream().flatMap(ObjectOutline::references)
        : Stream.of();
  }

  /** The values of the fields that name something, at any depth; never the data of an object. */
  static Stream<String> names(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .filter(entry -> !DATA.contains(String.valueOf(entry.getKey())))
          .flatMap(
              entry ->
                  NAMES.contains(String.valueOf(entry.getKey()))
                          && entry.getValue() instanceof String name
                      ? Stream.of(name)
                      : names(entry.getValue()));
    }
    return value instanceof List<?> list
        ? list.stream().flatMap(ObjectOutline::names)
        : Stream.of();
  }

  /** The digests of the values of a ConfigMap; values that are digests already stay. */
  private static Map<String, String> digests(KubernetesObject map) {
    Map<String, String> digests = new TreeMap<>();
    map.fields().strings("data").forEach((key, value) -> digests.put(key, digest(value)));
    return digests;
  }

  private static String digest(String value) {
    return value.matches("sha256:[0-9a-f]{64}")
        ? value
        : Digest.sha256(value.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
