package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What the API server and its small controllers add to an object that a client leaves bare. */
final class Defaults {
  private Defaults() {}

  static ObjectNode complete(ResourceKind kind, ObjectNode object, boolean bindsClaims) {
    object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    ObjectNode metadata = object.withObjectProperty("metadata");
    if (!kind.namespaced()) {
      metadata.remove("namespace");
    }
    switch (kind.kind()) {
      case "Namespace" -> namespace(object, metadata);
      case "Secret" -> secret(object);
      case "Service" -> service(object);
      case "PersistentVolumeClaim" -> claim(object, bindsClaims);
      case "Pod" -> putIfAbsent(object.withObjectProperty("status"), "phase", "Pending");
      case "Deployment", "ReplicaSet", "StatefulSet" -> replicas(object);
      case "ValidatingAdmissionPolicy" -> policy(object);
      case "ValidatingAdmissionPolicyBinding" ->
          matching(object.withObject("/spec/matchResources"));
      case "CustomResourceDefinition" -> definition(object);
      default -> {}
    }
    return object;
  }

  private static void namespace(ObjectNode object, ObjectNode metadata) {
    metadata
        .withObjectProperty("labels")
        .put("kubernetes.io/metadata.name", metadata.path("name").asText(""));
    object.withObjectProperty("status").put("phase", "Active");
  }

  private static void secret(ObjectNode object) {
    putIfAbsent(object, "type", "Opaque");
    JsonNode plain = object.remove("stringData");
    if (plain != null) {
      ObjectNode data = object.withObjectProperty("data");
      plain
          .properties()
          .forEach(entry -> data.put(entry.getKey(), base64(entry.getValue().asText(""))));
    }
    try {
      object.path("data").forEach(value -> Base64.getDecoder().decode(value.asText("")));
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(
          "Secret \"%s\": data: %s".formatted(Json.name(object), e.getMessage()));
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Helm's wait asks whether a service has an address; nothing is ever sent to it. */
  private static void service(ObjectNode object) {
    ObjectNode spec = object.withObjectProperty("spec");
    putIfAbsent(spec, "type", "ClusterIP");
    int hash = (Json.namespace(object) + "/" + Json.name(object)).hashCode();
    putIfAbsent(spec, "clusterIP", "10.96.%d.%d".formatted(hash >>> 8 & 0xff, hash & 0xff));
  }

  /** A claim gets a volume unless it asks for a storage class, of which the cluster has none. */
  private static void claim(ObjectNode object, boolean bindsClaims) {
    boolean isBound =
        bindsClaims
            && Json.text(object, "/spec/storageClassName").isEmpty()
            && !LabAnnotations.isWithoutVolume(object);
    ObjectNode status = object.withObjectProperty("status");
    putIfAbsent(status, "phase", isBound ? "Bound" : "Pending");
  }

  private static void replicas(ObjectNode object) {
    ObjectNode spec = object.withObjectProperty("spec");
    if (!spec.hasNonNull("replicas")) {
      spec.put("replicas", 1);
    }
  }

  private static void policy(ObjectNode object) {
    putIfAbsent(object.withObjectProperty("spec"), "failurePolicy", "Fail");
    ObjectNode constraints = object.withObject("/spec/matchConstraints");
    matching(constraints);
    constraints.path("resourceRules").forEach(rule -> putIfAbsent((ObjectNode) rule, "scope", "*"));
  }

  private static void matching(ObjectNode matching) {
    putIfAbsent(matching, "matchPolicy", "Equivalent");
    matching.withObjectProperty("namespaceSelector");
    matching.withObjectProperty("objectSelector");
  }

  private static void definition(ObjectNode object) {
    ObjectNode status = object.withObjectProperty("status");
    status.set("acceptedNames", object.at("/spec/names"));
    Conditions.set(status, "NamesAccepted", "True", "NoConflicts", "no conflicts found");
    Conditions.set(status, "Established", "True", "InitialNamesAccepted", "");
  }

  private static void putIfAbsent(ObjectNode node, String field, String value) {
    if (node.path(field).asText("").isEmpty()) {
      node.put(field, value);
    }
  }
}
