package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A layout's {@code index.json}: which images it has, under which names. What other tools wrote
 * there stays as it is. Immutable.
 */
final class LayoutIndex {
  static final String FILE = "index.json";

  /** The name of an image, by the OCI image specification. */
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** The whole name, where the tools of containerd put the tag alone in the other one. */
  private static final String CONTAINERD_NAME = "io.containerd.image.name";

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode json;
  private final List<Entry> entries;
  private final @Nullable Repository shortNames;

  /**
   * @param name the image's name; empty where it has none, or one that is none of an image
   * @param descriptor its manifest
   */
  record Entry(Optional<ImageRef> name, Descriptor descriptor) {
    private boolean isCalled(ImageRef image) {
      return name.isPresent() && name.get().equals(image);
    }
  }

  private LayoutIndex(ObjectNode json, List<Entry> entries, @Nullable Repository shortNames) {
    this.json = json;
    this.entries = entries;
    this.shortNames = shortNames;
  }

  static byte[] empty() {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[]}"
        .formatted(Manifest.OCI_INDEX)
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads the file.
   *
   * @param content what the file holds
   * @param shortNames whose images those are that have a tag for a name; null when nobody's
   */
  static LayoutIndex parse(byte[] content, @Nullable Repository shortNames) {
    List<Descriptor> descriptors;
    JsonNode json;
    try {
      descriptors = Manifest.of(Manifest.OCI_INDEX, content).children();
      json = JSON.readTree(content);
    } catch (InvalidManifestException e) {
      throw new InvalidManifestException(FILE + " cannot be used: " + e.getMessage());
    } catch (IOException e) {
      throw new IllegalStateException("the JSON could not be written", e);
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < descriptors.size(); i++) {
      JsonNode annotations = json.path("manifests").path(i).path("annotations");
      entries.add(
          new Entry(
              name(
                  annotations.path(REF_NAME).asText(""),
                  annotations.path(CONTAINERD_NAME).asText(""),
                  shortNames),
              descriptors.get(i)));
    }
    return new LayoutIndex((ObjectNode) json, List.copyOf(entries), shortNames);
  }

  private static Optional<ImageRef> name(
      String name, String wholeName, @Nullable Repository shortNames) {
    boolean isTag = TAG.matcher(name).matches();
    if (isTag && wholeName.isEmpty()) {
      return shortNames == null ? Optional.empty() : Optional.of(shortNames.tag(name));
    }
    try {
      return Optional.of(ImageRef.parse(isTag ? wholeName : name));
    } catch (InvalidReferenceException e) {
      // The specification allows other names. They are no images' names, so nobody asks for them.
      return Optional.empty();
    }
  }

  List<Entry> entries() {
    return entries;
  }

  /** The manifest of a name: a tag, or a digest that stands here by itself. */
  Optional<Descriptor> find(ImageRef name) {
    return entries.stream()
        .filter(entry -> entry.isCalled(name))
        .map(Entry::descriptor)
        .findFirst();
  }

  /**
   * The file with an image under a name, which no other one keeps.
   *
   * @param name the whole name
   * @param manifest what it is the name of
   * @param obsolete further entries that fall away
   */
  LayoutIndex with(ImageRef name, Descriptor manifest, Predicate<ImageRef> obsolete) {
    ObjectNode changed = json.deepCopy();
    ArrayNode all = changed.putArray("manifests");
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (!entry.isCalled(name) && entry.name().filter(obsolete).isEmpty()) {
        all.add(json.path("manifests").path(i));
      }
    }
    ObjectNode added = all.addObject();
    added.put("mediaType", manifest.mediaType());
    added.put("digest", manifest.digest().toString());
    added.put("size", manifest.size());
    added.putObject("annotations").put(REF_NAME, name.toString());
    return parse(changed.toString().getBytes(StandardCharsets.UTF_8), shortNames);
  }

  byte[] content() {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
