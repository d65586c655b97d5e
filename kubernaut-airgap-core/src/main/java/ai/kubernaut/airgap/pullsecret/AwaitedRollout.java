package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rendered configuration that each pool had when the pull secret was written. It is noted in an
 * annotation of the Secret, in the same write as the content, so that another run knows what to
 * wait for.
 *
 * <p>The note stays there. A pool never gets a configuration back that it had before the Secret had
 * this content, because the name of a configuration is made from its content; so a note that has
 * served its purpose is met at once, and a further write to the cluster's pull secret is saved.
 */
final class AwaitedRollout {
  static final String ANNOTATION = "airgap.kubernaut.ai/configurations-before";

  private static final ObjectMapper JSON = new ObjectMapper();

  private AwaitedRollout() {}

  /** The Secret with the note. */
  static KubernetesObject note(KubernetesObject secret, Map<String, String> configurations) {
    ObjectNode json = JSON.createObjectNode();
    configurations.forEach(json::put);
    return secret.with(json.toString(), "metadata", "annotations", ANNOTATION);
  }

  /** The note of the last write; empty when there is none. */
  static Optional<Map<String, String>> notedIn(KubernetesObject secret) {
    return Optional.ofNullable(secret.fields().strings("metadata", "annotations").get(ANNOTATION))
        .flatMap(AwaitedRollout::parse);
  }

  private static Optional<Map<String, String>> parse(String note) {
    try {
      JsonNode json = JSON.readTree(note);
      if (!json.isObject()) {
        return Optional.empty();
      }
      Map<String, String> configurations = new TreeMap<>();
      json.properties()
          .forEach(pool -> configurations.put(pool.getKey(), pool.getValue().asText()));
      return Optional.of(configurations);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
