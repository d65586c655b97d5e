package ai.kubernaut.airgap.examples.benchmark;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Fifteen images for two platforms with base layers that they share: 94 unique blobs, about 500 MB
 * of them, and more than twice that when each image is counted by itself. The same bytes in every
 * run.
 */
final class BenchmarkImages {
  private static final int IMAGES = 15;
  private static final int BASES = 4;
  private static final int IMAGES_WITH_SECOND_LAYER = 13;
  private static final int MEBIBYTE = 1 << 20;
  private static final List<String> ARCHITECTURES = List.of("amd64", "arm64");

  private final RegistryClient registry;
  private final String host;
  private final double scale;
  private final Map<String, byte[]> bases = new HashMap<>();
  private final Map<Digest, Long> unique = new HashMap<>();

  /**
   * @param scale 1 for 500 MB, less for less
   */
  BenchmarkImages(RegistryClient registry, String host, double scale) {
    this.registry = registry;
    this.host = host;
    this.scale = scale;
  }

  /** Publishes the images. */
  List<ImageRef> push() {
    List<ImageRef> images = new ArrayList<>();
    for (int number = 0; number < IMAGES; number++) {
      images.add(push(number));
    }
    return images;
  }

  long uniqueBytes() {
    return unique.values().stream().mapToLong(Long::longValue).sum();
  }

  int uniqueBlobs() {
    return unique.size();
  }

  private ImageRef push(int number) {
    Repository repository = Repository.parse(host + "/benchmark/image-" + number);
    List<Descriptor> children = new ArrayList<>();
    for (String architecture : ARCHITECTURES) {
      List<Descriptor> layers = new ArrayList<>();
      for (int base = 0; base < BASES; base++) {
        layers.add(
            push(
                repository, bases.computeIfAbsent(architecture + base, name -> content(name, 20))));
      }
      layers.add(push(repository, content(architecture + "-own-" + number, 8)));
      if (number < IMAGES_WITH_SECOND_LAYER) {
        layers.add(push(repository, content(architecture + "-second-" + number, 4)));
      }
      String configuration =
          "{\"architecture\":\""
              + architecture
              + "\",\"os\":\"linux\",\"config\":{\"Labels\":{\"n\":\""
              + number
              + "\"}}}";
      Descriptor config = push(repository, configuration.getBytes(StandardCharsets.UTF_8));
      String manifest =
          "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
              .formatted(
                  Manifest.OCI_MANIFEST,
                  json(config, "application/vnd.oci.image.config.v1+json"),
                  layers.stream()
                      .map(layer -> json(layer, "application/vnd.oci.image.layer.v1.tar"))
                      .collect(Collectors.joining(",")));
      Manifest child =
          Manifest.of(Manifest.OCI_MANIFEST, manifest.getBytes(StandardCharsets.UTF_8));
      registry.writeManifest(repository.digest(child.digest()), child);
      children.add(
          Descriptor.builder()
              .from(child.descriptor())
              .platform(Platform.of("linux", architecture))
              .build());
    }
    ImageRef image = repository.tag("v1");
    registry.writeManifest(image, Manifest.index(children));
    return image;
  }

  private byte[] content(String name, int mebibytes) {
    byte[] content = new byte[(int) Math.max(1, mebibytes * scale * MEBIBYTE)];
    new Random(name.hashCode()).nextBytes(content);
    return content;
  }

  private Descriptor push(Repository repository, byte[] content) {
    Descriptor blob =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    if (registry.findBlob(repository, blob.digest()).isEmpty()) {
      registry.writeBlob(repository, blob, new ByteArrayInputStream(content));
    }
    unique.put(blob.digest(), blob.size());
    return blob;
  }

  private static String json(Descriptor blob, String mediaType) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, blob.digest(), blob.size());
  }
}
