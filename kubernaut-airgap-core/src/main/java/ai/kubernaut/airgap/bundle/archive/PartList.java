package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.outcome.ProblemCode;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The list of the parts of an archive, with the size and the checksum of each. It is written when
 * the archive is complete. Immutable.
 *
 * @param parts in their order
 * @param frame the checksum of the frame; empty when whoever wrote the list did not know it
 */
record PartList(List<Part> parts, Optional<Digest> frame) {
  static final String FILE = "bundle.tar.json";

  /** What {@code sha256sum -c} reads. */
  static final String CHECKSUMS = "bundle.tar.sha256";

  private static final String FORMAT = "airgap.kubernaut.ai/bundle-parts/v1";
  private static final String FRAME = "frame";
  private static final Set<String> FIELDS = Set.of("format", "parts", FRAME);
  private static final int MAX_LIST = 16 << 20;

  /**
   * @param size in bytes; the same for all parts but the last
   */
  record Part(long size, Digest digest) {}

  PartList {
    parts = List.copyOf(parts);
  }

  /** The name of a part, the first of which has the number 0 here and 001 in its name. */
  static String name(int part) {
    return String.format(Locale.ROOT, "bundle.tar.%03d", part + 1);
  }

  long length() {
    return parts.stream().mapToLong(Part::size).sum();
  }

  long partSize() {
    return parts.get(0).size();
  }

  void write(Path directory) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode().put("format", FORMAT);
    frame.ifPresent(checksum -> json.put(FRAME, checksum.hex()));
    ArrayNode array = json.putArray("parts");
    StringBuilder checksums = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      array
          .addObject()
          .put("name", name(i))
          .put("size", part.size())
          .put("sha256", part.digest().hex());
      checksums.append(part.digest().hex()).append("  ").append(name(i)).append('\n');
    }
    replace(directory.resolve(CHECKSUMS), checksums.toString().getBytes(StandardCharsets.UTF_8));
    replace(
        directory.resolve(FILE),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.write(part, content);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static PartList read(Path directory) {
    Path file = directory.resolve(FILE);
    JsonNode json;
    try (InputStream in = Files.newInputStream(file)) {
      json = new ObjectMapper().readTree(in.readNBytes(MAX_LIST));
    } catch (NoSuchFileException e) {
      throw Refusal.of(
          ProblemCode.BUNDLE_NOT_FOUND,
          directory,
          Map.of("detail", "it has no list of parts, " + FILE));
    } catch (JsonProcessingException e) {
      throw Refusal.invalid(file, "the list of parts", "it is not JSON");
    } catch (IOException e) {
      throw Refusal.unreadable(file, e);
    }
    String format = json.path("format").asText("");
    if (!format.equals(FORMAT)) {
      throw Refusal.of(ProblemCode.BUNDLE_FORMAT_UNKNOWN, file, Map.of("found", format));
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw Refusal.invalid(file, "the list of parts", "it has an unknown field");
              }
            });
    List<Part> parts = new ArrayList<>();
    for (JsonNode one : json.path("parts")) {
      if (!one.path("name").asText("").equals(name(parts.size()))) {
        throw Refusal.invalid(file, "the list of parts", "their names are not in order");
      }
      parts.add(new Part(one.path("size").asLong(-1), digest(file, one.path("sha256"))));
    }
    Optional<Digest> frame =
        json.has(FRAME) ? Optional.of(digest(file, json.path(FRAME))) : Optional.empty();
    PartList list = new PartList(parts, frame);
    if (!list.isConsistent()) {
      throw Refusal.invalid(file, "the list of parts", "the sizes of the parts are impossible");
    }
    return list;
  }

  private static Digest digest(Path file, JsonNode hex) {
    try {
      return Digest.parse("sha256:" + hex.asText(""));
    } catch (InvalidReferenceException e) {
      throw Refusal.invalid(file, "the list of parts", e.getMessage());
    }
  }

  private boolean isConsistent() {
    if (parts.isEmpty()) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      long size = parts.get(i).size();
      boolean last = i == parts.size() - 1;
      if (size < 1 || size > Long.MAX_VALUE / parts.size() || size > partSize()) {
        return false;
      }
      if (!last && size != partSize()) {
        return false;
      }
    }
    return true;
  }
}
