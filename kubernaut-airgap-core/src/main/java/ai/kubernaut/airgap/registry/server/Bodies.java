package ai.kubernaut.airgap.registry.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.BasicHttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/** The bodies of responses. */
final class Bodies {
  static final String OCTETS = "application/octet-stream";

  private static final ObjectMapper JSON = new ObjectMapper();

  private Bodies() {}

  static HttpEntity json(JsonNode json) {
    try {
      return bytes("application/json", JSON.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a tree of JSON nodes cannot be written", e);
    }
  }

  static HttpEntity bytes(String mediaType, byte[] content) {
    return new ByteArrayEntity(content, ContentType.create(mediaType));
  }

  /** Returns what the response to a HEAD request describes; its content is never sent. */
  static HttpEntity described(String mediaType, long size) {
    return new BasicHttpEntity(InputStream.nullInputStream(), size, ContentType.create(mediaType));
  }
}
