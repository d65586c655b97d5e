package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Images made byte by byte, with the odd spaces and line ends that a rewritten manifest would lose.
 */
public final class TestImages {
  /** Whose media types an image has. */
  public enum Kind {
    OCI(
        Manifest.OCI_INDEX,
        Manifest.OCI_MANIFEST,
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.oci.image.layer.v1.tar+gzip"),
    DOCKER(
        Manifest.DOCKER_LIST,
        Manifest.DOCKER_MANIFEST,
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.docker.image.rootfs.diff.tar.gzip");

    final String index;
    final String manifest;
    final String config;
    final String layer;

    Kind(String index, String manifest, String config, String layer) {
      this.index = index;
      this.manifest = manifest;
      this.config = config;
      this.layer = layer;
    }
  }

  private TestImages() {}

  /** Returns random bytes. */
  public static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /**
   * Publishes an index of three platforms. Each platform has the shared layers, a layer and a
   * configuration of its own.
   */
  public static Manifest publish(
      RegistryClient client, ImageRef image, Kind kind, List<byte[]> shared, long seed) {
    List<String> children = new ArrayList<>();
    int number = 0;
    for (String architecture : List.of("amd64", "arm64", "s390x")) {
      List<byte[]> layers = new ArrayList<>(shared);
      layers.add(bytes(20_000 + number, seed * 31 + number));
      Manifest child = publishOne(client, image.repository(), kind, layers, architecture, seed);
      children.add(
          "{ \"mediaType\": \"%s\", \"digest\": \"%s\", \"size\": %d,\n  \"platform\": {\"architecture\":\"%s\",\"os\":\"linux\"}}"
              .formatted(kind.manifest, child.digest(), child.size(), architecture));
      number++;
    }
    Manifest index =
        Manifest.of(
            kind.index,
            "{\n\t\"schemaVersion\": 2,  \"mediaType\": \"%s\",\r\n \"manifests\": [%s]}\n\n"
                .formatted(kind.index, String.join(" ,", children))
                .getBytes(StandardCharsets.UTF_8));
    client.writeManifest(image, index);
    return index;
  }

  /** Stores an image of one platform by its digest. */
  static Manifest publishOne(
      RegistryClient client,
      Repository repository,
      Kind kind,
      List<byte[]> layers,
      String architecture,
      long seed) {
    byte[] config =
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"seed\":%d}"
            .formatted(architecture, seed)
            .getBytes(StandardCharsets.UTF_8);
    List<String> blobs = new ArrayList<>();
    for (byte[] layer : layers) {
      blobs.add(put(client, repository, kind.layer, layer));
    }
    Manifest manifest =
        Manifest.of(
            kind.manifest,
            "{ \"schemaVersion\":2,\n\"mediaType\":\"%s\",  \"config\": %s,\"layers\":[ %s ] }"
                .formatted(
                    kind.manifest,
                    put(client, repository, kind.config, config),
                    String.join(", ", blobs))
                .getBytes(StandardCharsets.UTF_8));
    client.writeManifest(repository.digest(manifest.digest()), manifest);
    return manifest;
  }

  private static String put(
      RegistryClient client, Repository repository, String mediaType, byte[] content) {
    Descriptor blob = Descriptor.of(mediaType, Digest.sha256(content), content.length);
    if (client.findBlob(repository, blob.digest()).isEmpty()) {
      client.writeBlob(repository, blob, new ByteArrayInputStream(content));
    }
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, blob.digest(), blob.size());
  }
}
