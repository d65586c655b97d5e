package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;

/** The names and digests of requests. */
final class Names {
  private final String registry;

  Names(String registry) {
    this.registry = registry;
  }

  Repository repository(String name) {
    try {
      return Repository.parse(registry + "/" + name);
    } catch (InvalidReferenceException e) {
      throw new ApiError(
          400, ErrorCode.NAME_INVALID, "invalid repository name '" + name + "': " + e.reason());
    }
  }

  static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (InvalidReferenceException e) {
      throw new ApiError(
          400, ErrorCode.DIGEST_INVALID, "invalid digest '" + text + "': " + e.reason());
    }
  }

  static String blobPath(Repository repository, Digest digest) {
    return "/v2/" + repository.name() + "/blobs/" + digest;
  }
}
