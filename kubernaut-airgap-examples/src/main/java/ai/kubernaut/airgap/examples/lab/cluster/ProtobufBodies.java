package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * Request bodies in Kubernetes' protobuf form. Helm sends what it writes through typed clients that
 * way: the Secrets that hold its releases, and the options of a deletion. Everything else it sends
 * as JSON, so no other message is known here. The fields are told by their numbers, which
 * Kubernetes never changes; its generated classes for Java are old and warn of themselves.
 */
final class ProtobufBodies {
  static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

  private static final ByteString MAGIC = ByteString.copyFromUtf8("k8s\0");

  private ProtobufBodies() {}

  static ObjectNode decode(ByteString body) {
    if (!body.startsWith(MAGIC)) {
      throw ApiException.badRequest("the protobuf body does not begin with k8s and a zero byte");
    }
    Message envelope = Message.parse(body.substring(MAGIC.size()));
    String kind = envelope.message(1).text(2);
    Message object = envelope.message(2);
    return switch (kind) {
      case "Secret" -> secret(object);
      case "DeleteOptions" -> Json.object("v1", kind).put("propagationPolicy", object.text(4));
      default -> throw ApiException.unsupportedMediaType("cannot read a " + kind + " as protobuf");
    };
  }

  private static ObjectNode secret(Message secret) {
    ObjectNode object = Json.object("v1", "Secret");
    Message metadata = secret.message(1);
    ObjectNode target = object.putObject("metadata").put("name", metadata.text(1));
    putText(target, "namespace", metadata, 3);
    putText(target, "resourceVersion", metadata, 6);
    putMap(target, "labels", metadata, 11, ByteString::toStringUtf8);
    putMap(target, "annotations", metadata, 12, ByteString::toStringUtf8);
    putMap(object, "data", secret, 2, ProtobufBodies::base64);
    putText(object, "type", secret, 3);
    putMap(object, "stringData", secret, 4, ByteString::toStringUtf8);
    if (secret.flag(5)) {
      object.put("immutable", true);
    }
    return object;
  }

  private static void putText(ObjectNode target, String name, Message source, int field) {
    if (!source.text(field).isEmpty()) {
      target.put(name, source.text(field));
    }
  }

  private static void putMap(
      ObjectNode target,
      String name,
      Message source,
      int field,
      Function<ByteString, String> value) {
    for (ByteString entry : source.values(field)) {
      Message pair = Message.parse(entry);
      target.withObjectProperty(name).put(pair.text(1), value.apply(pair.bytes(2)));
    }
  }

  private static String base64(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** A message whose fields are known by number only. */
  private record Message(UnknownFieldSet fields) {

    static Message parse(ByteString bytes) {
      try {
        return new Message(UnknownFieldSet.parseFrom(bytes));
      } catch (InvalidProtocolBufferException e) {
        throw ApiException.badRequest("the protobuf body cannot be read: " + e.getMessage());
      }
    }

    List<ByteString> values(int field) {
      return fields.getField(field).getLengthDelimitedList();
    }

    ByteString bytes(int field) {
      List<ByteString> values = values(field);
      return values.isEmpty() ? ByteString.EMPTY : values.get(values.size() - 1);
    }

    String text(int field) {
      return bytes(field).toStringUtf8();
    }

    Message message(int field) {
      return parse(bytes(field));
    }

    boolean flag(int field) {
      return fields.getField(field).getVarintList().contains(1L);
    }
  }
}
