package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Repository;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The credentials in a docker configuration, as a Secret of the type {@code
 * kubernetes.io/dockerconfigjson} has it. Reading is as lenient as that of a node: what is not
 * readable has no credentials. Immutable.
 */
public final class DockerAuths implements CredentialProvider {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode auths;

  private DockerAuths(JsonNode auths) {
    this.auths = auths;
  }

  /**
   * Reads a docker configuration in Base64, as it is in the data of a Secret.
   *
   * @param base64 the value of {@code .dockerconfigjson}
   * @return its credentials; none when it is not readable
   */
  public static DockerAuths read(String base64) {
    try {
      return new DockerAuths(
          JSON.readTree(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8))
              .path("auths"));
    } catch (JsonProcessingException | IllegalArgumentException unreadable) {
      return new DockerAuths(JSON.createObjectNode());
    }
  }

  /** {@return the credentials of the most specific path that is configured for a repository} */
  @Override
  public Optional<Credentials> credentialsFor(Repository repository) {
    for (String key = repository.toString();
        !key.isEmpty();
        key = key.contains("/") ? key.substring(0, key.lastIndexOf('/')) : "") {
      Optional<Credentials> found = entry(auths.path(key));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Credentials> entry(JsonNode entry) {
    String username = entry.path("username").asText("");
    if (!username.isEmpty()) {
      return Optional.of(Credentials.of(username, entry.path("password").asText("")));
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(entry.path("auth").asText("")), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon <= 0
          ? Optional.empty()
          : Optional.of(Credentials.of(pair.substring(0, colon), pair.substring(colon + 1)));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /**
   * Returns a docker configuration for the same registries with other credentials, and nothing
   * else.
   *
   * @param replacement gives the credentials to write in place of those that were read
   * @return the configuration in Base64
   */
  public String replaced(UnaryOperator<Credentials> replacement) {
    ObjectNode written = JSON.createObjectNode();
    ObjectNode entries = written.putObject("auths");
    auths
        .properties()
        .forEach(
            each -> {
              ObjectNode entry = entries.putObject(each.getKey());
              entry(each.getValue())
                  .map(replacement)
                  .ifPresent(
                      credentials ->
                          entry
                              .put("username", credentials.username())
                              .put("password", credentials.password().reveal()));
            });
    return Base64.getEncoder().encodeToString(written.toString().getBytes(StandardCharsets.UTF_8));
  }
}
