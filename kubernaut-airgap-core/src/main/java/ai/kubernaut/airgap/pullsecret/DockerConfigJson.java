package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Credentials;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a pull secret. Merging leaves every other entry, and every field that is not known
 * here, as it is.
 */
final class DockerConfigJson {
  static final String KEY = ".dockerconfigjson";
  static final String TYPE = "kubernetes.io/dockerconfigjson";

  /** Whatever follows the JSON object would get lost on writing, so it is refused. */
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final ObjectNode content;

  private DockerConfigJson(ObjectNode content) {
    this.content = content;
  }

  static DockerConfigJson empty() {
    return new DockerConfigJson(JSON.createObjectNode());
  }

  /**
   * Reads Base64 as it is in the data of a Secret. Messages do not contain the content.
   *
   * @throws PullSecretException when it is not a docker configuration
   */
  static DockerConfigJson read(Subject secret, String base64) {
    try {
      JsonNode json =
          JSON.readTree(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
      if (json instanceof ObjectNode object
          && (object.path("auths").isMissingNode() || object.path("auths").isObject())) {
        return new DockerConfigJson(object);
      }
      throw invalid(secret, "its content is not a docker configuration");
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // The message of the parser may quote credentials, so the exception is not the cause.
      throw invalid(secret, "the value of " + KEY + " is not JSON in Base64");
    }
  }

  static PullSecretException invalid(Subject secret, String defect) {
    return new PullSecretException(
        Problem.of(ProblemCode.PULL_SECRET_INVALID, secret, Map.of("defect", defect)));
  }

  /** Reads the JSON; empty when it is no docker configuration. */
  static Optional<DockerConfigJson> parse(String json) {
    try {
      return JSON.readTree(json) instanceof ObjectNode object && object.path("auths").isObject()
          ? Optional.of(new DockerConfigJson(object))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Whether it has these credentials for a registry. */
  boolean holds(String registry, Credentials credentials) {
    return with(registry, credentials).isSameAs(this);
  }

  DockerConfigJson with(String registry, Credentials credentials) {
    ObjectNode copy = content.deepCopy();
    ObjectNode entry = JSON.createObjectNode();
    String pair = credentials.username() + ":" + credentials.password().reveal();
    entry.put("auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    copy.withObjectProperty("auths").set(registry, entry);
    return new DockerConfigJson(copy);
  }

  boolean isSameAs(DockerConfigJson other) {
    return content.equals(other.content);
  }

  String toBase64() {
    return Base64.getEncoder().encodeToString(content.toString().getBytes(StandardCharsets.UTF_8));
  }
}
