package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.Manifest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Finds a manifest's media type where the answer's header does not say it. */
final class ManifestTypes {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ManifestTypes() {}

  static String guess(byte[] content) {
    JsonNode json;
    try {
      json = JSON.readTree(content);
    } catch (IOException e) {
      // Whoever reads the manifest says what is wrong with it.
      return Manifest.OCI_MANIFEST;
    }
    String stated = json.path("mediaType").asText("");
    if (!stated.isEmpty()) {
      return stated;
    }
    // Docker's schema 2 always states its type; OCI's may leave it out.
    return json.path("manifests").isArray() ? Manifest.OCI_INDEX : Manifest.OCI_MANIFEST;
  }
}
