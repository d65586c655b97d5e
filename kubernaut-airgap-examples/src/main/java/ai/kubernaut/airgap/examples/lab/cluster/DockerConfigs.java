package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The registry credentials that a node may use for a pod. */
final class DockerConfigs {
  static final String KEY = ".dockerconfigjson";

  private final ClusterObjects store;
  private final Supplier<String> nodeSecret;

  /** The node's own configuration comes in base64; an empty one means that it has none. */
  DockerConfigs(ClusterObjects store, Supplier<String> nodeSecret) {
    this.store = store;
    this.nodeSecret = nodeSecret;
  }

  /**
   * Returns the configurations for an image of a pod. As a kubelet does, it gives the runtime only
   * those entries of the pod's secrets that are for the registry of the image: where mirror rules
   * redirect the image, the node's own credentials are left.
   */
  List<String> forPod(ObjectNode pod, String image) {
    String registry = image.substring(0, Math.max(0, image.indexOf('/')));
    return Stream.concat(
            decoded(Stream.of(nodeSecret.get())),
            decoded(podSecrets(pod)).map(config -> entriesFor(registry, config)))
        .toList();
  }

  private static Stream<String> decoded(Stream<String> encoded) {
    return encoded
        .filter(each -> !each.isEmpty())
        .map(each -> new String(Base64.getDecoder().decode(each), StandardCharsets.UTF_8));
  }

  private static String entriesFor(String registry, String config) {
    ObjectNode parsed;
    try {
      parsed = (ObjectNode) Json.parse(config.getBytes(StandardCharsets.UTF_8));
    } catch (ApiException | ClassCastException e) {
      return config; // The puller says what is wrong with it.
    }
    if (parsed.path("auths") instanceof ObjectNode auths) {
      auths
          .propertyStream()
          .map(Map.Entry::getKey)
          .filter(key -> !key.split("/", 2)[0].equals(registry))
          .toList()
          .forEach(auths::remove);
    }
    return parsed.toString();
  }

  /** The pod's own secrets; a pod without any takes those of its service account. */
  private Stream<String> podSecrets(ObjectNode pod) {
    String namespace = Json.namespace(pod);
    JsonNode references = pod.at("/spec/imagePullSecrets");
    if (references.isEmpty()) {
      String account = pod.at("/spec/serviceAccountName").asText("default");
      references =
          store
              .find(ResourceKinds.SERVICE_ACCOUNT, namespace, account)
              .map(found -> found.path("imagePullSecrets"))
              .orElse(references);
    }
    return references
        .valueStream()
        .map(
            reference -> store.find(ResourceKinds.SECRET, namespace, Json.text(reference, "/name")))
        .flatMap(Optional::stream)
        .map(secret -> secret.path("data").path(KEY).asText(""));
  }
}
