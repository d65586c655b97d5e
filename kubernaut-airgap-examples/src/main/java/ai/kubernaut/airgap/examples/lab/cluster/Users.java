package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The users of a cluster, each with a bearer token. Thread-safe. */
final class Users {
  static final String TOKEN_KIND = "TokenRequest";
  static final String TOKEN_GROUP = "authentication.k8s.io";
  private static final String ACCOUNT_PREFIX = "system:serviceaccount:";
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final Map<String, String> tokens = new ConcurrentHashMap<>();

  Users(String administrator, String token) {
    tokens.put(administrator, token);
  }

  /** The name by which the API server knows a ServiceAccount as a user. */
  static String nameOf(String namespace, String account) {
    return ACCOUNT_PREFIX + namespace + ":" + account;
  }

  /** Returns the token of a user, which is created if the user is new. */
  String tokenOf(String user) {
    return tokens.computeIfAbsent(user, unknown -> UUID.randomUUID().toString());
  }

  Optional<String> userOf(String token) {
    byte[] given = token.getBytes(StandardCharsets.UTF_8);
    return tokens.entrySet().stream()
        .filter(
            user -> MessageDigest.isEqual(user.getValue().getBytes(StandardCharsets.UTF_8), given))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * Answers a TokenRequest for a ServiceAccount. The token is valid as long as the cluster runs.
   */
  ObjectNode answer(ObjectNode request, JsonNode account) {
    ObjectNode answer = request.deepCopy();
    answer.put("apiVersion", TOKEN_GROUP + "/v1").put("kind", TOKEN_KIND);
    answer
        .putObject("status")
        .put("token", tokenOf(nameOf(Json.namespace(account), Json.name(account))))
        .put(
            "expirationTimestamp",
            Instant.now().plus(LIFETIME).truncatedTo(ChronoUnit.SECONDS).toString());
    return answer;
  }
}
