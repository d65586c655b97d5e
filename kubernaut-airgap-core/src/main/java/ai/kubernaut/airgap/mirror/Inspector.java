package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the manifests and configurations of one image. */
final class Inspector {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Configurations have some kilobytes; artifacts may have anything in their place. */
  private static final int MAX_CONFIG_BYTES = 4 << 20;

  private final RegistryClient registries;
  private final ImageRef image;
  private final Optional<Digest> planned;
  private final ManifestBudget budget = ManifestBudget.ofOneImage();
  private final List<PlatformInspection> platforms = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Map<Digest, Long> blobs = new LinkedHashMap<>();

  Inspector(RegistryClient registries, ImageRef image, Optional<Digest> planned) {
    this.registries = registries;
    this.image = image;
    this.planned = planned;
  }

  ImageInspection inspect() {
    Optional<Manifest> root = Optional.empty();
    try {
      Manifest read = budget.read(registries, image);
      root = Optional.of(read);
      planned
          .filter(expected -> !read.hasDigest(expected))
          .ifPresent(
              expected ->
                  problems.add(
                      Problem.of(
                          ProblemCode.IMAGE_DIFFERS_IN_MIRROR,
                          Subject.image(image),
                          Map.of(
                              "actual",
                              read.digest().toString(),
                              "expected",
                              expected.toString()))));
      if (read.isIndex()) {
        read.children().forEach(this::inspectChild);
      } else {
        inspectManifest(read.descriptor(), read);
      }
    } catch (RegistryException e) {
      problems.add(
          e.reason() == RegistryException.Reason.NOT_FOUND && root.isEmpty()
              ? Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(image))
              : ImageProblems.of(image, e));
    } catch (InvalidManifestException e) {
      problems.add(ImageProblems.of(image, e));
    }
    return ImmutableImageInspection.builder()
        .image(image)
        .digest(root.map(Manifest::digest))
        .mediaType(root.map(Manifest::mediaType))
        .planned(planned)
        .platforms(platforms)
        .problems(problems)
        .size(blobs.values().stream().mapToLong(Long::longValue).sum())
        .build();
  }

  private void inspectChild(Descriptor child) {
    if (child.annotations().containsKey("vnd.docker.reference.type")) {
      // An attestation has no platform of its own.
      return;
    }
    Manifest manifest;
    try {
      manifest = budget.read(registries, image.repository().digest(child.digest()));
    } catch (RegistryException e) {
      if (e.reason() != RegistryException.Reason.NOT_FOUND) {
        throw e;
      }
      platforms.add(
          PlatformInspection.builder()
              .platform(child.platform())
              .digest(child.digest())
              .mediaType(child.mediaType())
              .isPresent(false)
              .layers(0)
              .size(0)
              .build());
      return;
    }
    inspectManifest(child, manifest);
  }

  private void inspectManifest(Descriptor descriptor, Manifest manifest) {
    List<Descriptor> all = manifest.blobs();
    all.forEach(blob -> blobs.put(blob.digest(), blob.size()));
    Optional<Descriptor> config = manifest.config();
    JsonNode content = config.map(this::read).orElseGet(JSON::createObjectNode);
    Map<String, String> labels = new LinkedHashMap<>();
    content
        .at("/config/Labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    platforms.add(
        PlatformInspection.builder()
            .platform(descriptor.platform().or(() -> platform(content)))
            .digest(manifest.digest())
            .mediaType(manifest.mediaType())
            .isPresent(true)
            .config(config.map(Descriptor::digest))
            .layers(all.size() - (config.isPresent() ? 1 : 0))
            .size(all.stream().mapToLong(Descriptor::size).sum())
            .created(Optional.of(content.path("created").asText("")).filter(at -> !at.isEmpty()))
            .labels(labels)
            .build());
  }

  private static Optional<Platform> platform(JsonNode config) {
    String os = config.path("os").asText("");
    String architecture = config.path("architecture").asText("");
    String variant = config.path("variant").asText("");
    if (os.isEmpty() || architecture.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Platform.parse(os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant)));
    } catch (IllegalArgumentException | InvalidReferenceException e) {
      return Optional.empty();
    }
  }

  /** Reads a configuration; one that is absent or no JSON is a problem of the image. */
  private JsonNode read(Descriptor config) {
    if (config.size() > MAX_CONFIG_BYTES) {
      return JSON.createObjectNode();
    }
    OptionalLong stored = registries.findBlob(image.repository(), config.digest());
    if (stored.isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR,
              Subject.image(image),
              Map.of("count", "1", "first", config.digest() + " is absent")));
      return JSON.createObjectNode();
    }
    try (InputStream content = registries.readBlob(image.repository(), config, 0)) {
      return JSON.readTree(content.readAllBytes());
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }
}
