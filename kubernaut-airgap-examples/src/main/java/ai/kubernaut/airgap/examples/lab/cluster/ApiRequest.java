package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request as it came in, with the path taken apart at its slashes. */
record ApiRequest(
    String user,
    String method,
    List<String> path,
    Map<String, String> query,
    String mediaType,
    ByteString body) {

  String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  long number(String name, long otherwise) {
    String value = parameter(name);
    try {
      return value.isEmpty() ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("%s is not a number: %s".formatted(name, value));
    }
  }

  boolean flag(String name) {
    String value = parameter(name);
    return value.equals("true") || value.equals("1");
  }

  /** What may be asked for but has no effect: nothing is stored. */
  boolean isDryRun() {
    return parameter("dryRun").equals("All");
  }

  JsonNode json() {
    return mediaType.equals(ProtobufBodies.MEDIA_TYPE)
        ? ProtobufBodies.decode(body)
        : Json.parse(body.toByteArray());
  }

  ObjectNode object() {
    if (json() instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.badRequest("the body is not an object");
  }

  /** The path from this segment on, or nothing when it ends before. */
  Optional<String> segment(int index) {
    return index < path.size() ? Optional.of(path.get(index)) : Optional.empty();
  }
}
