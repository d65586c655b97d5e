package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** {@code /v2/<name>/referrers/<digest>}. */
final class ReferrersHandler implements Router.Handler {
  private final RegistryClient content;

  ReferrersHandler(RegistryClient content) {
    this.content = content;
  }

  @Override
  public void handle(
      Request request, Repository repository, String reference, ClassicHttpResponse response) {
    if (!request.isRead()) {
      throw ApiError.methodNotAllowed(request, "GET, HEAD");
    }
    Digest subject = Names.digest(reference);
    List<Descriptor> referrers =
        content
            .referrers(repository, subject)
            .orElseThrow(
                () ->
                    new ApiError(
                        404,
                        ErrorCode.UNSUPPORTED,
                        "the content of this registry does not support referrers"));
    Optional<String> wanted = request.query("artifactType");
    ObjectNode index =
        JsonNodeFactory.instance
            .objectNode()
            .put("schemaVersion", 2)
            .put("mediaType", Manifest.OCI_INDEX);
    ArrayNode manifests = index.putArray("manifests");
    for (Descriptor referrer : referrers) {
      Manifest manifest = content.readManifest(repository.digest(referrer.digest()));
      Optional<String> artifactType = manifest.artifactType();
      if (wanted.isEmpty() || wanted.equals(artifactType)) {
        add(manifests, referrer, manifest, artifactType);
      }
    }
    if (wanted.isPresent()) {
      response.setHeader("OCI-Filters-Applied", "artifactType");
    }
    response.setEntity(Bodies.json(Manifest.OCI_INDEX, index));
  }

  private static void add(
      ArrayNode manifests, Descriptor referrer, Manifest manifest, Optional<String> artifactType) {
    ObjectNode descriptor =
        manifests
            .addObject()
            .put("mediaType", referrer.mediaType())
            .put("digest", referrer.digest().toString())
            .put("size", referrer.size());
    artifactType.ifPresent(type -> descriptor.put("artifactType", type));
    if (!manifest.annotations().isEmpty()) {
      ObjectNode annotations = descriptor.putObject("annotations");
      manifest.annotations().forEach(annotations::put);
    }
  }
}
