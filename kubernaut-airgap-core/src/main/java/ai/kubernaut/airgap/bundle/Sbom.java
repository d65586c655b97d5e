package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/**
 * The list of what a bundle has, as a CycloneDX 1.6 document in JSON: its images, attachments and
 * files with their digests. The same bundle has the same document, so it has no time.
 */
final class Sbom {
  private final ObjectNode json = new ObjectMapper().createObjectNode();
  private final ArrayNode components;
  private final ArrayNode parts;

  private Sbom(Bundle bundle) {
    String root = bundle.digest().toString();
    json.put("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    json.put("bomFormat", "CycloneDX");
    json.put("specVersion", "1.6");
    json.put(
        "serialNumber",
        "urn:uuid:" + UUID.nameUUIDFromBytes(root.getBytes(StandardCharsets.UTF_8)));
    json.put("version", 1);
    ObjectNode described = json.putObject("metadata").putObject("component");
    described.put("type", "file").put("bom-ref", root).put("name", bundle.subject().name());
    describe(described, bundle.digest());
    components = json.putArray("components");
    ObjectNode dependency = json.putArray("dependencies").addObject().put("ref", root);
    parts = dependency.putArray("dependsOn");
  }

  static byte[] of(Bundle bundle) {
    Sbom sbom = new Sbom(bundle);
    bundle
        .images()
        .forEach(
            (name, digest) -> {
              String purl = purl(name, digest);
              sbom.add("container", purl, name.repository().toString(), digest).put("purl", purl);
            });
    for (BundleContents.Attached attached : bundle.attachments()) {
      Digest digest = attached.manifest().digest();
      sbom.add(
          "data", attached.repository() + "@" + digest, attached.repository().toString(), digest);
    }
    for (Descriptor file : bundle.titled()) {
      sbom.add("file", "file:" + Bundle.title(file), Bundle.title(file), file.digest());
    }
    return BundleFormat.bytes(sbom.json);
  }

  private ObjectNode add(String type, String ref, String name, Digest digest) {
    parts.add(ref);
    ObjectNode component =
        components.addObject().put("type", type).put("bom-ref", ref).put("name", name);
    describe(component, digest);
    return component;
  }

  private static void describe(ObjectNode component, Digest digest) {
    component.put("version", digest.toString());
    String algorithm = digest.algorithm().newHash().getAlgorithm();
    component.putArray("hashes").addObject().put("alg", algorithm).put("content", digest.hex());
  }

  /**
   * Returns the package URL of an image: {@code
   * pkg:oci/gateway@sha256%3A…?repository_url=quay.io/kubernaut-ai/gateway&tag=v1}.
   */
  static String purl(ImageRef image, Digest digest) {
    Repository repository = image.repository();
    String path = repository.name();
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return "pkg:oci/"
        + name
        + "@"
        + encoded(digest.toString())
        + "?repository_url="
        + encoded(repository.toString())
        + image.tag().map(tag -> "&tag=" + tag).orElse("");
  }

  /** The names of images have no other characters that have to be encoded. */
  private static String encoded(String text) {
    return text.replace(":", "%3A");
  }
}
