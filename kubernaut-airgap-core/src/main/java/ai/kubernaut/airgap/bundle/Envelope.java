package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Base64;

/**
 * A signed document of in-toto in a DSSE envelope (Dead Simple Signing Envelope, version 1). What
 * is signed is the pre-authentication encoding of the document, so that its type is signed with it.
 */
final class Envelope {
  static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  private static final int MAX_ENVELOPE = 64 << 20;

  private Envelope() {}

  static void write(byte[] payload, PrivateKey key, Path file) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("payloadType", PAYLOAD_TYPE);
    json.put("payload", Base64.getEncoder().encodeToString(payload));
    try {
      byte[] signature = RootSignature.sign(encoded(payload), key);
      json.putArray("signatures")
          .addObject()
          .put("sig", Base64.getEncoder().encodeToString(signature));
      Files.write(file, BundleFormat.bytes(json));
    } catch (GeneralSecurityException | IOException e) {
      throw new AirgapException("the statement cannot be signed: " + e.getMessage(), e);
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
   * Reads the document of an envelope that has a signature by a key.
   *
   * @throws BundleException when there is no such file, or no such signature
   */
  static byte[] read(Path file, PublicKey key) {
    Subject subject = new Subject(Subject.Kind.FILE, file.toString());
    try (InputStream in = Files.newInputStream(file)) {
      JsonNode json = new ObjectMapper().readTree(in.readNBytes(MAX_ENVELOPE));
      byte[] payload = Base64.getDecoder().decode(json.path("payload").asText(""));
      if (json.path("payloadType").asText("").equals(PAYLOAD_TYPE)) {
        for (JsonNode signature : json.path("signatures")) {
          byte[] bytes = Base64.getDecoder().decode(signature.path("sig").asText(""));
          if (RootSignature.isValid(encoded(payload), key, bytes)) {
            return payload;
          }
        }
      }
    } catch (NoSuchFileException e) {
      throw RootSignature.refused(Problem.of(ProblemCode.BUNDLE_SIGNATURE_MISSING, subject));
    } catch (IOException | IllegalArgumentException e) {
      throw RootSignature.refused(
          Problem.of(ProblemCode.BUNDLE_SIGNATURE_INVALID, subject).causedBy(e));
    }
    throw RootSignature.refused(Problem.of(ProblemCode.BUNDLE_SIGNATURE_INVALID, subject));
  }
}
