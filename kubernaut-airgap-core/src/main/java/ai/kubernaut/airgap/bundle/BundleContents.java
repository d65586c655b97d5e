package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The names of what a bundle has: its images, and what is attached to them. Immutable.
 *
 * @param images the images under their source names
 * @param attachments signatures, SBOMs and so on
 * @param absent blobs of the images that the base of a delta has
 */
record BundleContents(List<Image> images, List<Attached> attachments, List<Descriptor> absent) {
  /** Blobs are left out. */
  private static final String BASE = "base";

  /** Manifests that indexes list are left out. */
  private static final String SPARSE_INDEX = "sparse-index";

  /** What a reader of this version understands beyond the base format. */
  private static final Set<String> FEATURES = Set.of(BASE, SPARSE_INDEX);

  /**
   * @param name the source name
   * @param manifest the root of the image
   * @param omitted manifests that its index lists and that the bundle leaves out
   */
  record Image(ImageRef name, Descriptor manifest, Set<Digest> omitted) {
    Image {
      omitted = Set.copyOf(omitted);
    }
  }

  /**
   * @param repository where it was found
   * @param tag its tag there; empty for a referrer
   * @param subject what it is attached to
   * @param manifest its root
   */
  record Attached(
      Repository repository, Optional<String> tag, Digest subject, Descriptor manifest) {}

  BundleContents {
    images = List.copyOf(images);
    attachments = List.copyOf(attachments);
    absent = List.copyOf(absent);
  }

  byte[] toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    ArrayNode requires = json.putArray("requires");
    if (!absent.isEmpty()) {
      requires.add(BASE);
      ArrayNode absentArray = json.putArray("absent");
      absent.forEach(blob -> BundleFormat.write(blob, absentArray.addObject()));
    }
    if (images.stream().anyMatch(image -> !image.omitted().isEmpty())) {
      requires.add(SPARSE_INDEX);
    }
    ArrayNode imageArray = json.putArray("images");
    for (Image image : images) {
      ObjectNode one = imageArray.addObject().put("name", image.name().toString());
      BundleFormat.write(image.manifest(), one);
      if (!image.omitted().isEmpty()) {
        ArrayNode omitted = one.putArray("omitted");
        image.omitted().stream().sorted().forEach(digest -> omitted.add(digest.toString()));
      }
    }
    ArrayNode attachmentArray = json.putArray("attachments");
    for (Attached attached : attachments) {
      ObjectNode one =
          attachmentArray.addObject().put("repository", attached.repository().toString());
      attached.tag().ifPresent(tag -> one.put("tag", tag));
      BundleFormat.write(attached.manifest(), one.put("subject", attached.subject().toString()));
    }
    return BundleFormat.bytes(json);
  }

  static BundleContents parse(Subject bundle, byte[] content) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(content);
    } catch (IOException e) {
      throw invalid(bundle, "it is not JSON");
    }
    for (JsonNode feature : json.path("requires")) {
      if (!FEATURES.contains(feature.asText())) {
        throw BundleException.reading(
            ProblemCode.BUNDLE_FORMAT_UNKNOWN, bundle, Map.of("found", feature.asText()));
      }
    }
    if (!json.path("images").isArray() || !json.path("attachments").isArray()) {
      throw invalid(bundle, "it has no list of images and attachments");
    }
    try {
      List<Image> images = new ArrayList<>();
      for (JsonNode one : json.path("images")) {
        Set<Digest> omitted = new HashSet<>();
        for (JsonNode digest : one.path("omitted")) {
          omitted.add(Digest.parse(digest.asText("")));
        }
        images.add(new Image(ImageRef.parse(text(one, "name")), descriptor(one), omitted));
      }
      List<Attached> attachments = new ArrayList<>();
      for (JsonNode one : json.path("attachments")) {
        attachments.add(
            new Attached(
                Repository.parse(text(one, "repository")),
                Optional.of(one.path("tag").asText("")).filter(tag -> !tag.isEmpty()),
                Digest.parse(text(one, "subject")),
                descriptor(one)));
      }
      List<Descriptor> absent = new ArrayList<>();
      for (JsonNode one : json.path("absent")) {
        absent.add(descriptor(one));
      }
      return new BundleContents(images, attachments, absent);
    } catch (InvalidReferenceException | IllegalArgumentException e) {
      throw invalid(bundle, String.valueOf(e.getMessage()));
    }
  }

  private static BundleException invalid(Subject bundle, String detail) {
    return BundleException.invalid(bundle, BundleFormat.CONTENTS_TITLE, detail);
  }

  private static String text(JsonNode json, String key) {
    String value = json.path(key).asText("");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("the key '" + key + "' is missing");
    }
    return value;
  }

  private static Descriptor descriptor(JsonNode json) {
    Descriptor.Builder descriptor =
        Descriptor.builder()
            .mediaType(text(json, "mediaType"))
            .digest(Digest.parse(text(json, "digest")))
            .size(json.path("size").asLong(-1));
    String type = json.path("artifactType").asText("");
    if (!type.isEmpty()) {
      descriptor.artifactType(type);
    }
    json.path("annotations")
        .properties()
        .forEach(one -> descriptor.putAnnotations(one.getKey(), one.getValue().asText("")));
    return descriptor.build();
  }
}
