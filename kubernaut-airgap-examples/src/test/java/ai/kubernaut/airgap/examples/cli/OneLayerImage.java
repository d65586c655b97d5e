package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** An image with an empty configuration and one layer. */
public final class OneLayerImage {
  private OneLayerImage() {}

  /** Stores the image and returns its manifest. */
  public static Manifest push(RegistryClient registry, ImageRef image, byte[] layer) {
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                Manifest.OCI_MANIFEST,
                push(
                    registry,
                    image,
                    "application/vnd.oci.image.config.v1+json",
                    "{}".getBytes(StandardCharsets.UTF_8)),
                push(registry, image, "application/vnd.oci.image.layer.v1.tar", layer));
    Manifest manifest = Manifest.of(Manifest.OCI_MANIFEST, json.getBytes(StandardCharsets.UTF_8));
    registry.writeManifest(image, manifest);
    return manifest;
  }

  private static String push(RegistryClient registry, ImageRef image, String type, byte[] bytes) {
    Descriptor blob = Descriptor.of(type, Digest.sha256(bytes), bytes.length);
    registry.writeBlob(image.repository(), blob, new ByteArrayInputStream(bytes));
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, blob.digest(), bytes.length);
  }
}
