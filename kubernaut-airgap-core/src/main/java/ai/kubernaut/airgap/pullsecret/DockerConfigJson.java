package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.registry.Credentials;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

  /** Reads Base64 as it stands in a Secret's data. What is wrong is said without the content. */
  static DockerConfigJson read(String where, String base64) {
    try {
      JsonNode json =
          JSON.readTree(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
      if (json instanceof ObjectNode object
          && (object.path("auths").isMissingNode() || object.path("auths").isObject())) {
        return new DockerConfigJson(object);
      }
      throw new PullSecretException(where + " holds no docker configuration; nothing was changed");
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // The parser's own words may quote credentials, so neither they nor the exception go on.
      throw new PullSecretException(
          where + " holds a " + KEY + " that is no Base64 of JSON; nothing was changed");
    }
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
