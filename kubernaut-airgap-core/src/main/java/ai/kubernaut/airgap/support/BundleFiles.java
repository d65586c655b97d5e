package ai.kubernaut.airgap.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a support bundle in memory, up to a limit. Not thread-safe. */
final class BundleFiles {
  static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final long limit;
  private final Map<String, byte[]> contents = new LinkedHashMap<>();
  private final List<String> omitted = new ArrayList<>();
  private long size;

  /**
   * Creates a bundle without files.
   *
   * @param limit the largest size of all files together, in bytes
   */
  BundleFiles(long limit) {
    this.limit = limit;
  }

  /** Adds a file, or notes that it was omitted because it does not fit. */
  boolean add(String path, byte[] content) {
    if (content.length > limit - size) {
      omitted.add(path);
      return false;
    }
    contents.put(path, content);
    size += content.length;
    return true;
  }

  boolean add(String path, String content) {
    return add(path, content.getBytes(StandardCharsets.UTF_8));
  }

  boolean add(String path, JsonNode content) {
    try {
      return add(path, JSON.writeValueAsBytes(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written", e);
    }
  }

  /** Adds a file that a bundle cannot do without, whatever its size. */
  void require(String path, JsonNode content) {
    try {
      contents.put(path, JSON.writeValueAsBytes(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written", e);
    }
  }

  void require(String path, String content) {
    contents.put(path, content.getBytes(StandardCharsets.UTF_8));
  }

  Optional<String> text(String path) {
    return bytes(path).map(content -> new String(content, StandardCharsets.UTF_8));
  }

  Optional<byte[]> bytes(String path) {
    return Optional.ofNullable(contents.get(path));
  }

  /**
   * Reads a file that has to be there.
   *
   * @throws IOException when it is missing or not JSON
   */
  JsonNode json(String path) throws IOException {
    byte[] content = contents.get(path);
    if (content == null) {
      throw new IOException(path + " is missing");
    }
    try {
      return JSON.readTree(content);
    } catch (IOException e) {
      throw new IOException(path + " is not JSON", e);
    }
  }

  Map<String, byte[]> contents() {
    return Collections.unmodifiableMap(contents);
  }

  List<String> omitted() {
    return List.copyOf(omitted);
  }
}
