package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The root manifest of a bundle, an OCI artifact. Its layers are the files of the bundle, which
 * have titles, and after them everything that the images consist of, manifests and indexes
 * included, so that whoever copies the artifact copies the bundle.
 */
final class BundleFormat {
  static final String ARTIFACT_TYPE = "application/vnd.kubernaut.airgap.bundle.v1+json";

  /** Any version of the format. */
  static final Pattern ARTIFACT_TYPES =
      Pattern.compile("application/vnd\\.kubernaut\\.airgap\\.bundle\\.v\\d+\\+json");

  static final String TITLE = "org.opencontainers.image.title";

  /** Not the media type of a layer, so that no tool compresses or unpacks it. */
  static final String CONTENT = "application/vnd.kubernaut.airgap.content.v1";

  static final String CONTENTS = "application/vnd.kubernaut.airgap.contents.v1+json";
  static final String PLAN = "application/vnd.kubernaut.airgap.plan.v1+yaml";
  static final String CHECKSUMS = "application/vnd.kubernaut.airgap.checksums.v1";
  static final String FILE = "application/vnd.kubernaut.airgap.file.v1";

  /** A chart that was a directory; one that was an archive is a file. */
  static final String CHART_DIRECTORY = "application/vnd.kubernaut.airgap.chart.v1.tar+gzip";

  static final String CONTENTS_TITLE = "contents.json";
  static final String PLAN_TITLE = "plan.yaml";
  static final String CHECKSUMS_TITLE = "SHA256SUMS";

  /** The empty configuration of the image specification. */
  static final byte[] emptyConfig() {
    return "{}".getBytes(StandardCharsets.UTF_8);
  }

  static final Descriptor EMPTY_CONFIG =
      Descriptor.of(
          "application/vnd.oci.empty.v1+json", Digest.sha256(emptyConfig()), emptyConfig().length);

  private static final ObjectMapper JSON = new ObjectMapper();

  private BundleFormat() {}

  static Manifest root(List<Descriptor> layers) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("schemaVersion", 2)
            .put("mediaType", Manifest.OCI_MANIFEST)
            .put("artifactType", ARTIFACT_TYPE);
    write(EMPTY_CONFIG, json.putObject("config"));
    ArrayNode array = json.putArray("layers");
    layers.forEach(layer -> write(layer, array.addObject()));
    return Manifest.of(Manifest.OCI_MANIFEST, bytes(json));
  }

  static void write(Descriptor descriptor, ObjectNode json) {
    json.put("mediaType", descriptor.mediaType());
    json.put("digest", descriptor.digest().toString());
    json.put("size", descriptor.size());
    descriptor.artifactType().ifPresent(type -> json.put("artifactType", type));
    if (!descriptor.annotations().isEmpty()) {
      descriptor.annotations().forEach(json.putObject("annotations")::put);
    }
  }

  static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON cannot be written", e);
    }
  }

  /** Where a blob lies in an image layout. */
  static String path(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }
}
