package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** What the API server answers. */
sealed interface ApiResponse {

  /** A complete answer. */
  record Complete(int code, String contentType, ByteString body, List<String> warnings)
      implements ApiResponse {
    Complete(int code, String contentType, ByteString body) {
      this(code, contentType, body, List.of());
    }
  }

  /** Changes, one JSON document a line, for as long as the client listens. */
  record Stream(Watch watch, Predicate<JsonNode> filter, Options options) implements ApiResponse {}

  /**
   * What the client of a watch asked for.
   *
   * @param bookmarks whether it wants to hear of resource versions without a change
   * @param markEndOfInitial whether it wants a bookmark after the objects that there are already
   */
  record Options(Duration timeout, boolean bookmarks, boolean markEndOfInitial) {}

  static ApiResponse json(int code, JsonNode body) {
    return json(code, body, List.of());
  }

  static ApiResponse json(int code, JsonNode body, List<String> warnings) {
    return new Complete(
        code, "application/json", ByteString.copyFrom(Json.bytes(body)), List.copyOf(warnings));
  }

  static ApiResponse json(JsonNode body) {
    return json(200, body);
  }

  static ApiResponse text(String body) {
    return new Complete(200, "text/plain", ByteString.copyFromUtf8(body));
  }
}
