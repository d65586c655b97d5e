package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
