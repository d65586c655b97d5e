package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.support.RecordedRegistry.Kind;
import ai.kubernaut.airgap.support.RecordedRegistry.Question;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The answers of registries as files: manifests and configurations by digest, and an index of the
 * questions.
 */
final class RegistryFiles {
  private static final String INDEX = "registry/answers.json";
  private static final String INVALID_MANIFEST = "INVALID_MANIFEST";

  private RegistryFiles() {}

  static void write(RecordedRegistry registry, SecretMask mask, BundleFiles files) {
    ObjectNode index = BundleFiles.JSON.createObjectNode();
    var answers = index.putArray("answers");
    List<Map.Entry<Question, Answer<Object>>> sorted =
        registry.answers.entrySet().stream()
            .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
            .toList();
    for (Map.Entry<Question, Answer<Object>> entry : sorted) {
      Question question = entry.getKey();
      ObjectNode written =
          answers
              .addObject()
              .put("credentials", question.credentials())
              .put("question", question.kind().name())
              .put("about", question.about());
      if (question.digest() != null) {
        written.put("digest", question.digest());
      }
      Answer<Object> answer = entry.getValue();
      if (answer.failure() != null) {
        failure(answer.failure(), written.putObject("failure"), mask);
      } else {
        value(question, answer.get(), written, files);
      }
    }
    files.require(INDEX, index);
  }

  private static void failure(RuntimeException failure, ObjectNode written, SecretMask mask) {
    written.put("message", mask.text(String.valueOf(failure.getMessage())));
    if (failure instanceof RegistryException refused) {
      written
          .put("reason", refused.reason().name())
          .put("registry", refused.registry())
          .put("status", refused.status().orElse(0));
    } else {
      written.put("reason", INVALID_MANIFEST);
    }
  }

  private static void value(
      Question question, Object value, ObjectNode written, BundleFiles files) {
    switch (question.kind()) {
      case FIND_MANIFEST ->
          ((Optional<?>) value)
              .map(Descriptor.class::cast)
              .ifPresent(
                  found ->
                      written
                          .putObject("found")
                          .put("mediaType", found.mediaType())
                          .put("digest", found.digest().toString())
                          .put("size", found.size()));
      case READ_MANIFEST -> {
        Manifest manifest = (Manifest) value;
        String file = file("manifests", manifest.digest());
        addOnce(file, manifest.content(), files);
        written.put("mediaType", manifest.mediaType()).put("file", file);
      }
      case FIND_BLOB -> {
        OptionalLong size = (OptionalLong) value;
        if (size.isPresent()) {
          written.put("size", size.getAsLong());
        }
      }
      case READ_BLOB -> {
        byte[] content = (byte[]) value;
        String file = file("blobs", Digest.parse(String.valueOf(question.digest())));
        addOnce(file, content, files);
        written.put("file", file);
      }
    }
  }

  private static void addOnce(String file, byte[] content, BundleFiles files) {
    if (files.bytes(file).isEmpty()) {
      files.add(file, content);
    }
  }

  private static String file(String directory, Digest digest) {
    return "registry/" + directory + "/" + digest.toString().replace(':', '/');
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @return null when the bundle was collected without a registry client
   * @throws IOException when a file has another content
   */
  static @Nullable RecordedRegistry read(BundleFiles files) throws IOException {
    if (files.bytes(INDEX).isEmpty()) {
      return null;
    }
    RecordedRegistry registry = RecordedRegistry.empty();
    for (JsonNode read : files.json(INDEX).path("answers")) {
      Kind kind;
      try {
        kind = Kind.valueOf(read.path("question").asText());
      } catch (IllegalArgumentException e) {
        throw new IOException(INDEX + " has an unknown question " + read.path("question"), e);
      }
      Optional<Answer<Object>> answer =
          read.has("failure")
              ? Optional.of(failure(read.path("failure")))
              : value(kind, read, files);
      answer.ifPresent(
          known ->
              registry.answers.put(
                  new Question(
                      read.path("credentials").asText(),
                      kind,
                      read.path("about").asText(),
                      read.path("digest").asText(null)),
                  known));
    }
    return registry;
  }

  private static Answer<Object> failure(JsonNode failure) throws IOException {
    String message = failure.path("message").asText();
    String reason = failure.path("reason").asText();
    if (reason.equals(INVALID_MANIFEST)) {
      return Answer.failed(new InvalidManifestException(message));
    }
    try {
      return Answer.failed(
          new RegistryException(
              RegistryException.Reason.valueOf(reason),
              failure.path("registry").asText(),
              failure.path("status").asInt(),
              message,
              null));
    } catch (IllegalArgumentException e) {
      throw new IOException(INDEX + " has an unknown reason " + reason, e);
    }
  }

  /** Returns the answer; empty when its file was omitted. */
  private static Optional<Answer<Object>> value(Kind kind, JsonNode read, BundleFiles files) {
    return switch (kind) {
      case FIND_MANIFEST -> {
        JsonNode found = read.path("found");
        yield Optional.of(
            Answer.of(
                found.isMissingNode()
                    ? Optional.empty()
                    : Optional.of(
                        Descriptor.of(
                            found.path("mediaType").asText(),
                            Digest.parse(found.path("digest").asText()),
                            found.path("size").asLong()))));
      }
      case READ_MANIFEST ->
          files
              .bytes(read.path("file").asText())
              .map(content -> Answer.of(Manifest.of(read.path("mediaType").asText(), content)));
      case FIND_BLOB ->
          Optional.of(
              Answer.of(
                  read.has("size")
                      ? OptionalLong.of(read.path("size").asLong())
                      : OptionalLong.empty()));
      case READ_BLOB -> files.bytes(read.path("file").asText()).map(Answer::of);
    };
  }
}
