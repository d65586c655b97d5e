package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
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
    List<Descriptor> listed =
        referrers.stream()
            .map(referrer -> described(repository, referrer))
            .filter(referrer -> wanted.isEmpty() || wanted.equals(referrer.artifactType()))
            .toList();
    if (wanted.isPresent()) {
      response.setHeader("OCI-Filters-Applied", "artifactType");
    }
    response.setEntity(Bodies.bytes(Manifest.OCI_INDEX, Manifest.index(listed).content()));
  }

  private Descriptor described(Repository repository, Descriptor referrer) {
    Manifest manifest = content.readManifest(repository.digest(referrer.digest()));
    return Descriptor.builder()
        .from(manifest.referrerDescriptor())
        .digest(referrer.digest())
        .build();
  }
}
