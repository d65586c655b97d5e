package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.stream.Stream;

/** What a pod needs from its namespace before it can start. */
final class PodNeeds {
  /** The controller manager puts it into every namespace, if it knows the CA of the cluster. */
  private static final String CLUSTER_CA = "kube-root-ca.crt";

  private final ClusterObjects store;
  private final ObjectNode pod;
  private final String namespace;

  PodNeeds(ClusterObjects store, ObjectNode pod) {
    this.store = store;
    this.pod = pod;
    this.namespace = Json.namespace(pod);
  }

  /** The first volume that cannot be mounted, with the reason. */
  Optional<String> missingVolume() {
    return Json.elements(pod, "/spec/volumes")
        .flatMap(
            volume ->
                sources(volume)
                    .flatMap(source -> missing(source).or(() -> missingItem(source)).stream())
                    .map(reason -> "\"%s\" : %s".formatted(Json.text(volume, "/name"), reason)))
        .findFirst();
  }

  /** The first environment variable that has no source, with the reason. */
  Optional<String> missingVariable(JsonNode container) {
    Stream<String> single =
        Json.elements(container, "/env")
            .map(variable -> variable.path("valueFrom"))
            .flatMap(
                source ->
                    Stream.concat(
                        missingKey(ResourceKinds.SECRET, source.path("secretKeyRef")).stream(),
                        missingKey(ResourceKinds.CONFIG_MAP, source.path("configMapKeyRef"))
                            .stream()));
    Stream<String> whole =
        Json.elements(container, "/envFrom")
            .flatMap(
                source ->
                    Stream.concat(
                        missing(ResourceKinds.SECRET, source.path("secretRef"), "name").stream(),
                        missing(ResourceKinds.CONFIG_MAP, source.path("configMapRef"), "name")
                            .stream()));
    return Stream.concat(single, whole).findFirst();
  }

  /** Whether a pod with this label, given as key=value, is ready. */
  boolean hasReadyPod(String label) {
    return store.list(ResourceKinds.POD, namespace).stream()
        .filter(Selectors.labels(label))
        .anyMatch(each -> Conditions.isTrue(each, "Ready"));
  }

  private static Stream<JsonNode> sources(JsonNode volume) {
    return Stream.concat(Stream.of(volume), Json.elements(volume, "/projected/sources"));
  }

  private Optional<String> missing(JsonNode source) {
    return missing(ResourceKinds.SECRET, source.path("secret"), "secretName")
        .or(() -> missing(ResourceKinds.SECRET, source.path("secret"), "name"))
        .or(() -> missing(ResourceKinds.CONFIG_MAP, source.path("configMap"), "name"))
        .or(() -> missing(ResourceKinds.CLAIM, source.path("persistentVolumeClaim"), "claimName"));
  }

  private Optional<String> missingItem(JsonNode source) {
    return missingItem(ResourceKinds.SECRET, source.path("secret"), "secretName", "secret")
        .or(() -> missingItem(ResourceKinds.SECRET, source.path("secret"), "name", "secret"))
        .or(
            () ->
                missingItem(ResourceKinds.CONFIG_MAP, source.path("configMap"), "name", "config"));
  }

  private Optional<String> missingItem(
      ResourceKind kind, JsonNode reference, String nameField, String word) {
    if (reference.path("optional").asBoolean(false)) {
      return Optional.empty();
    }
    return store
        .find(kind, namespace, reference.path(nameField).asText(""))
        .flatMap(
            found ->
                Json.elements(reference, "/items")
                    .map(item -> Json.text(item, "/key"))
                    .filter(key -> !found.path("data").has(key))
                    .findFirst())
        .map(key -> "references non-existent %s key: %s".formatted(word, key));
  }

  private Optional<String> missing(ResourceKind kind, JsonNode reference, String nameField) {
    String name = reference.path(nameField).asText("");
    if (name.isEmpty() || name.equals(CLUSTER_CA) || reference.path("optional").asBoolean(false)) {
      return Optional.empty();
    }
    return store.find(kind, namespace, name).isPresent()
        ? Optional.empty()
        : Optional.of("%s \"%s\" not found".formatted(singular(kind), name));
  }

  private Optional<String> missingKey(ResourceKind kind, JsonNode reference) {
    Optional<String> whole = missing(kind, reference, "name");
    if (whole.isPresent()
        || reference.isMissingNode()
        || reference.path("optional").asBoolean(false)) {
      return whole;
    }
    String name = Json.text(reference, "/name");
    String key = Json.text(reference, "/key");
    return store
        .find(kind, namespace, name)
        .filter(found -> !found.path("data").has(key))
        .map(
            found ->
                "couldn't find key %s in %s %s/%s".formatted(key, kind.kind(), namespace, name));
  }

  private static String singular(ResourceKind kind) {
    return kind.plural().substring(0, kind.plural().length() - 1);
  }
}
