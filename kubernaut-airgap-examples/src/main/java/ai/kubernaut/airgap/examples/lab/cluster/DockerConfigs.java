package ai.kubernaut.airgap.examples.lab.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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

  List<String> forPod(ObjectNode pod) {
    return Stream.concat(Stream.of(nodeSecret.get()), podSecrets(pod))
        .filter(encoded -> !encoded.isEmpty())
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8))
        .toList();
  }

  /** The pod's own secrets; a pod without any takes those of its service account. */
  private Stream<String> podSecrets(ObjectNode pod) {
    String namespace = Json.namespace(pod);
    JsonNode references = pod.at("/spec/imagePullSecrets");
    if (references.isEmpty()) {
      String account = pod.at("/spec/serviceAccountName").asString("default");
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
        .map(secret -> secret.path("data").path(KEY).asString(""));
  }
}
