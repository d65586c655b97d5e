package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** {@code /v2/<name>/manifests/<reference>}. */
final class ManifestHandler implements Router.Handler {
  private final RegistryClient content;

  ManifestHandler(RegistryClient content) {
    this.content = content;
  }

  @Override
  public void handle(
      Request request, Repository repository, String reference, ClassicHttpResponse response)
      throws IOException {
    ImageRef image =
        reference.indexOf(':') >= 0
            ? repository.digest(Names.digest(reference))
            : repository.tag(reference);
    switch (request.method()) {
      case "HEAD" -> find(image, response);
      case "GET" -> read(image, response);
      case "PUT" -> write(request, image, reference, response);
      default -> throw ApiError.methodNotAllowed(request, "GET, HEAD, PUT");
    }
  }

  private void find(ImageRef image, ClassicHttpResponse response) {
    Descriptor found =
        content
            .findManifest(image)
            .orElseThrow(
                () ->
                    new ApiError(
                        404,
                        ErrorCode.MANIFEST_UNKNOWN,
                        "there is no such content in this registry"));
    describe(response, found.digest());
    response.setEntity(Bodies.described(found.mediaType(), found.size()));
  }

  private void read(ImageRef image, ClassicHttpResponse response) {
    Manifest manifest = content.readManifest(image);
    describe(response, image.digest().orElse(manifest.digest()));
    response.setEntity(Bodies.bytes(manifest.mediaType(), manifest.content()));
  }

  private static void describe(ClassicHttpResponse response, Digest digest) {
    response.setHeader("Docker-Content-Digest", digest);
    response.setHeader("ETag", "\"" + digest + "\"");
  }

  private void write(
      Request request, ImageRef image, String reference, ClassicHttpResponse response)
      throws IOException {
    byte[] bytes = request.body().readNBytes(Manifest.MAX_SIZE + 1);
    if (bytes.length > Manifest.MAX_SIZE) {
      throw new ApiError(
          413,
          ErrorCode.SIZE_INVALID,
          "the manifest is larger than " + Manifest.MAX_SIZE + " bytes, which is the limit");
    }
    Optional<String> mediaType = request.header("Content-Type");
    Manifest manifest =
        mediaType.isPresent() ? Manifest.of(mediaType.get(), bytes) : Manifest.of(bytes);
    try {
      content.writeManifest(image, manifest);
    } catch (RegistryException e) {
      if (e.reason() == Reason.REFUSED && isIncomplete(image.repository(), manifest)) {
        throw new ApiError(400, ErrorCode.MANIFEST_BLOB_UNKNOWN, String.valueOf(e.getMessage()));
      }
      throw e;
    }
    response.setCode(201);
    response.setHeader("Location", "/v2/" + image.repository().name() + "/manifests/" + reference);
    response.setHeader("Docker-Content-Digest", image.digest().orElse(manifest.digest()));
    manifest.subject().ifPresent(subject -> response.setHeader("OCI-Subject", subject.digest()));
  }

  /** Returns whether something that the manifest refers to is missing. */
  private boolean isIncomplete(Repository repository, Manifest manifest) {
    Stream<Descriptor> blobs = manifest.blobs().stream().filter(blob -> blob.urls().isEmpty());
    return blobs.anyMatch(blob -> content.findBlob(repository, blob.digest()).isEmpty())
        || manifest.children().stream()
            .anyMatch(child -> content.findManifest(repository.digest(child.digest())).isEmpty());
  }
}
