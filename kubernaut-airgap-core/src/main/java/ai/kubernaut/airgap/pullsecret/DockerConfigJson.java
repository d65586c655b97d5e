package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Credentials;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a pull secret. Merging inserts or replaces the entry of one registry and leaves
 * every other byte as it is. Immutable.
 */
final class DockerConfigJson {
  static final String KEY = ".dockerconfigjson";
  static final String TYPE = "kubernetes.io/dockerconfigjson";

  private static final String AUTHS = "auths";

  /** Whatever follows the JSON object is refused. */
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String text;
  private final JsonNode content;

  private DockerConfigJson(String text, JsonNode content) {
    this.text = text;
    this.content = content;
  }

  static DockerConfigJson empty() {
    return new DockerConfigJson("{}", JSON.createObjectNode());
  }

  /**
   * Reads Base64 as it is in the data of a Secret. Messages do not contain the content.
   *
   * @throws ClusterChangeException when it is not a docker configuration
   */
  static DockerConfigJson read(Subject secret, String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
        throw invalid(secret, "its content is not UTF-8");
      }
      JsonNode json = JSON.readTree(text);
      if (json instanceof ObjectNode object
          && (object.path(AUTHS).isMissingNode() || object.path(AUTHS).isObject())) {
        return new DockerConfigJson(text, object);
      }
      throw invalid(secret, "its content is not a docker configuration");
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // The message of the parser may quote credentials, so the exception is not the cause.
      throw invalid(secret, "the value of " + KEY + " is not JSON in Base64");
    }
  }

  static ClusterChangeException invalid(Subject secret, String defect) {
    return new ClusterChangeException(
        List.of(Problem.of(ProblemCode.PULL_SECRET_INVALID, secret, Map.of("defect", defect))));
  }

  /** Reads the JSON; empty when it is no docker configuration. */
  static Optional<DockerConfigJson> parse(String json) {
    try {
      return JSON.readTree(json) instanceof ObjectNode object && object.path(AUTHS).isObject()
          ? Optional.of(new DockerConfigJson(json, object))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The registries, or paths in them, that have entries. */
  List<String> registries() {
    return content.path(AUTHS).properties().stream().map(Map.Entry::getKey).toList();
  }

  /** Whether it has an entry for a registry. */
  boolean has(String registry) {
    return content.path(AUTHS).has(registry);
  }

  /** Whether it has these credentials for a registry. */
  boolean holds(String registry, Credentials credentials) {
    return content.path(AUTHS).path(registry).equals(entry(credentials));
  }

  private static ObjectNode entry(Credentials credentials) {
    String pair = credentials.username() + ":" + credentials.password().reveal();
    return JSON.createObjectNode()
        .put("auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the same with one entry inserted or replaced. */
  DockerConfigJson with(String registry, Credentials credentials) {
    ObjectNode entry = entry(credentials);
    String changed = Splice.find(text, registry).apply(text, registry, entry.toString());
    ObjectNode copy = content.deepCopy();
    copy.withObjectProperty(AUTHS).set(registry, entry);
    return new DockerConfigJson(changed, copy);
  }

  String toBase64() {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Where an entry goes in the text.
   *
   * @param from the first character that is replaced
   * @param to the character after the last one that is replaced
   * @param place what is there
   */
  private record Splice(int from, int to, Place place) {
    private enum Place {
      /** The value of the entry. */
      VALUE,
      /** The end of the last entry. */
      AFTER_ENTRIES,
      /** The beginning of an object without entries. */
      NO_ENTRIES,
      /** The end of the last field of an object that has no object for entries. */
      AFTER_FIELDS,
      /** The beginning of an empty object. */
      NO_FIELDS
    }

    /** Of a key that is there twice, the last one counts, as for all readers. */
    static Splice find(String text, String registry) {
      try (JsonParser parser = JSON.createParser(text)) {
        parser.nextToken();
        Splice found = new Splice(end(parser), end(parser), Place.NO_FIELDS);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean auths = parser.currentName().equals(AUTHS);
          parser.nextToken();
          if (auths) {
            found = inEntries(parser, registry);
          } else {
            parser.skipChildren();
            if (found.place == Place.NO_FIELDS || found.place == Place.AFTER_FIELDS) {
              found = new Splice(end(parser), end(parser), Place.AFTER_FIELDS);
            }
          }
        }
        return found;
      } catch (IOException e) {
        throw new IllegalStateException("the text was parsed before", e);
      }
    }

    private static Splice inEntries(JsonParser parser, String registry) throws IOException {
      Splice found = new Splice(end(parser), end(parser), Place.NO_ENTRIES);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean ours = parser.currentName().equals(registry);
        parser.nextToken();
        int from = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        if (ours) {
          found = new Splice(from, end(parser), Place.VALUE);
        } else if (found.place != Place.VALUE) {
          found = new Splice(end(parser), end(parser), Place.AFTER_ENTRIES);
        }
      }
      return found;
    }

    /** The character after the current token. */
    private static int end(JsonParser parser) throws IOException {
      parser.finishToken();
      return (int) parser.currentLocation().getCharOffset();
    }

    String apply(String text, String registry, String value) {
      String field = JSON.getNodeFactory().textNode(registry) + ":" + value;
      String entries = "\"" + AUTHS + "\":{" + field + "}";
      String inserted =
          switch (place) {
            case VALUE -> value;
            case AFTER_ENTRIES -> "," + field;
            case NO_ENTRIES -> field;
            case AFTER_FIELDS -> "," + entries;
            case NO_FIELDS -> entries;
          };
      return text.substring(0, from) + inserted + text.substring(to);
    }
  }
}
