package ai.kubernaut.airgap.examples.lab.cluster;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/**
 * Request bodies in Kubernetes' protobuf form. Helm sends what it writes through typed clients that
 * way: the Secrets that hold its releases, and the options of a deletion. Everything else it sends
 * as JSON, so no other message is known here.
 */
final class ProtobufBodies {
  static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

  private static final ByteString MAGIC = ByteString.copyFromUtf8("k8s\0");

  private ProtobufBodies() {}

  static ObjectNode decode(ByteString body) {
    if (!body.startsWith(MAGIC)) {
      throw ApiException.badRequest("the protobuf body does not begin with k8s and a zero byte");
    }
    try {
      Runtime.Unknown envelope = Runtime.Unknown.parseFrom(body.substring(MAGIC.size()));
      String kind = envelope.getTypeMeta().getKind();
      return switch (kind) {
        case "Secret" -> secret(V1.Secret.parseFrom(envelope.getRaw()));
        case "DeleteOptions" -> deleteOptions(Meta.DeleteOptions.parseFrom(envelope.getRaw()));
        default ->
            throw ApiException.unsupportedMediaType("cannot read a " + kind + " as protobuf");
      };
    } catch (InvalidProtocolBufferException e) {
      throw ApiException.badRequest("the protobuf body cannot be read: " + e.getMessage());
    }
  }

  private static ObjectNode secret(V1.Secret secret) {
    ObjectNode object = Json.object("v1", "Secret");
    metadata(object.putObject("metadata"), secret.getMetadata());
    object.put("type", secret.getType());
    if (secret.getImmutable()) {
      object.put("immutable", true);
    }
    ObjectNode data = object.putObject("data");
    secret
        .getDataMap()
        .forEach(
            (key, value) -> data.put(key, Base64.getEncoder().encodeToString(value.toByteArray())));
    if (secret.getStringDataCount() > 0) {
      secret.getStringDataMap().forEach(object.putObject("stringData")::put);
    }
    return object;
  }

  private static void metadata(ObjectNode object, Meta.ObjectMeta metadata) {
    object.put("name", metadata.getName());
    if (!metadata.getNamespace().isEmpty()) {
      object.put("namespace", metadata.getNamespace());
    }
    if (!metadata.getResourceVersion().isEmpty()) {
      object.put("resourceVersion", metadata.getResourceVersion());
    }
    if (metadata.getLabelsCount() > 0) {
      metadata.getLabelsMap().forEach(object.putObject("labels")::put);
    }
    if (metadata.getAnnotationsCount() > 0) {
      metadata.getAnnotationsMap().forEach(object.putObject("annotations")::put);
    }
  }

  private static ObjectNode deleteOptions(Meta.DeleteOptions options) {
    return Json.object("v1", "DeleteOptions")
        .put("propagationPolicy", options.getPropagationPolicy());
  }
}
