package ai.kubernaut.airgap.attestation;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A statement of in-toto (version 1): what is said of some artifacts. It is signed in a DSSE
 * envelope (Dead Simple Signing Envelope, version 1), which tools such as cosign and {@code
 * openssl} verify. The pre-authentication encoding of the document is signed, so that the signature
 * also covers its type. Immutable.
 *
 * <pre>{@code
 * Digest digest = Digest.sha256(Files.readAllBytes(Path.of("plan.yaml")));
 * Statement statement =
 *     Statement.of(
 *         "https://example.com/review/v1",
 *         List.of(new Statement.Subject("plan.yaml", digest)),
 *         Map.of("result", "PASSED"));
 * statement.sign(key, Path.of("plan.intoto.json"));
 * }</pre>
 */
public final class Statement {
  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
  private static final int MAX_ENVELOPE = 64 << 20;

  private final byte[] content;
  private final JsonNode json;

  /**
   * An artifact.
   *
   * @param name the name of the artifact, for example an image reference
   * @param digest the digest of its content
   */
  public record Subject(String name, Digest digest) {}

  private Statement(byte[] content, JsonNode json) {
    this.content = content;
    this.json = json;
  }

  /**
   * Creates a statement.
   *
   * @param predicateType the URI of the type of the predicate
   * @param subjects the artifacts
   * @param predicate what is said of them: maps, lists, texts, numbers and booleans
   * @return the statement
   */
  public static Statement of(
      String predicateType, List<Subject> subjects, Map<String, ?> predicate) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode().put("_type", TYPE);
    ArrayNode array = json.putArray("subject");
    for (Subject subject : subjects) {
      array
          .addObject()
          .put("name", subject.name())
          .putObject("digest")
          .put(subject.digest().algorithm().toString(), subject.digest().hex());
    }
    json.put("predicateType", predicateType);
    json.set("predicate", mapper.valueToTree(predicate));
    return new Statement(bytes(json), json);
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return new ObjectMapper().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON cannot be written", e);
    }
  }

  /** {@return the statement in JSON} */
  public byte[] content() {
    return content.clone();
  }

  /**
   * Signs the statement and writes the envelope.
   *
   * @param key an RSA, EC or EdDSA key of any JCA provider
   * @param file the file to write
   * @throws AirgapException when the key cannot be used, or the file cannot be written
   */
  public void sign(PrivateKey key, Path file) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("payloadType", PAYLOAD_TYPE);
    json.put("payload", Base64.getEncoder().encodeToString(content));
    try {
      byte[] signature = Signatures.sign(encoded(content), key);
      json.putArray("signatures")
          .addObject()
          .put("sig", Base64.getEncoder().encodeToString(signature));
      Files.write(file, bytes(json));
    } catch (GeneralSecurityException | IOException e) {
      throw new AirgapException(
          "the statement cannot be signed and written to " + file + ": " + e.getMessage(), e);
    }
  }

  /** The pre-authentication encoding. */
  private static byte[] encoded(byte[] payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        ("DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.length + " ")
            .getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(payload);
    return bytes.toByteArray();
  }

  /**
   * Reads a statement from its envelope.
   *
   * @param file the envelope, of at most 64 MiB
   * @param key one of its signatures has to be by this key
   * @return the statement; empty when the file is no envelope of a statement with a valid signature
   *     by the key
   * @throws IOException when the file cannot be read
   */
  public static Optional<Statement> read(Path file, PublicKey key) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_ENVELOPE);
    }
    try {
      JsonNode json = new ObjectMapper().readTree(bytes);
      byte[] payload = Base64.getDecoder().decode(json.path("payload").asText(""));
      if (json.path("payloadType").asText("").equals(PAYLOAD_TYPE)) {
        for (JsonNode signature : json.path("signatures")) {
          byte[] decoded = Base64.getDecoder().decode(signature.path("sig").asText(""));
          if (Signatures.isValid(encoded(payload), key, decoded)) {
            return Optional.of(new Statement(payload, new ObjectMapper().readTree(payload)))
                .filter(Statement::isStatement);
          }
        }
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // Whatever it is, nobody has signed it as a statement.
      return Optional.empty();
    }
    return Optional.empty();
  }

  private boolean isStatement() {
    return json.path("_type").asText("").equals(TYPE);
  }

  /**
   * Returns whether the statement is about content with a digest.
   *
   * @param digest the digest
   * @return whether a subject has the digest
   */
  public boolean isAbout(Digest digest) {
    for (JsonNode subject : json.path("subject")) {
      String hex = subject.path("digest").path(digest.algorithm().toString()).asText("");
      if (hex.equals(digest.hex())) {
        return true;
      }
    }
    return false;
  }

  /** {@return the URI of the type of the predicate} */
  public String predicateType() {
    return json.path("predicateType").asText("");
  }

  /** {@return the predicate: maps, lists, texts, numbers and booleans; empty without one} */
  public Map<?, ?> predicate() {
    JsonNode predicate = json.path("predicate");
    return predicate.isObject() ? new ObjectMapper().convertValue(predicate, Map.class) : Map.of();
  }
}
