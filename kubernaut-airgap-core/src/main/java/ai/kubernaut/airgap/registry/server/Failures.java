package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.registry.RegistryException;
import java.util.Map;

/** Turns failures of the content into error responses. */
final class Failures {
  private Failures() {}

  /**
   * Returns the error response for a failure.
   *
   * @param unknown the code for content that is not there
   * @param invalid the code for content that is refused
   */
  static ApiError of(RegistryException e, boolean isRead, ErrorCode unknown, ErrorCode invalid) {
    return switch (e.reason()) {
      // The message would name the registry of the content, which clients do not know.
      case NOT_FOUND -> new ApiError(404, unknown, "there is no such content in this registry");
      case REFUSED -> error(refusedStatus(e), invalid, e);
      case DIGEST_MISMATCH ->
          isRead ? error(500, ErrorCode.UNKNOWN, e) : error(400, ErrorCode.DIGEST_INVALID, e);
      // The content's registry refuses the credentials of this server, not those of the client.
      case UNAUTHORIZED, FORBIDDEN -> error(403, ErrorCode.DENIED, e);
      case RATE_LIMITED -> rateLimited(e);
      case SERVER -> error(503, ErrorCode.UNAVAILABLE, e);
      case UNREACHABLE, TLS, NOT_A_REGISTRY, PROTOCOL, TOO_LARGE, PROXY, NO_CLIENT ->
          error(502, ErrorCode.UNAVAILABLE, e);
    };
  }

  private static int refusedStatus(RegistryException e) {
    int status = e.status().orElse(400);
    return status >= 400 && status < 500 ? status : 400;
  }

  private static ApiError rateLimited(RegistryException e) {
    return new ApiError(
        429,
        ErrorCode.TOOMANYREQUESTS,
        String.valueOf(e.getMessage()),
        e.retryAfter()
            .map(wait -> Map.of("Retry-After", String.valueOf(wait.toSeconds())))
            .orElse(Map.of()));
  }

  private static ApiError error(int status, ErrorCode code, RegistryException e) {
    return new ApiError(status, code, String.valueOf(e.getMessage()));
  }
}
