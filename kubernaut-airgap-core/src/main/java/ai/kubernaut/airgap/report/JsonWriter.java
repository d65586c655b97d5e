package ai.kubernaut.airgap.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes a report as JSON, which follows the published schema. */
final class JsonWriter {
  /** The version of the schema in docs/schema. */
  private static final String API_VERSION = "airgap.kubernaut.ai/v1";

  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonWriter() {}

  static ObjectNode document(ReportContent content) {
    ObjectNode document =
        JSON.createObjectNode().put("apiVersion", API_VERSION).put("kind", content.kind());
    document.setAll(content.fields());
    return document;
  }

  static String write(ReportContent content) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report could not be written as JSON", e);
    }
  }
}
