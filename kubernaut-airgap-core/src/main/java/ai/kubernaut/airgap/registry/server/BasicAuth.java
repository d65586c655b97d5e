package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.registry.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;

/** Basic authentication of one user. */
final class BasicAuth {
  private static final String SCHEME = "Basic ";

  private final byte[] required;

  BasicAuth(Credentials credentials) {
    this.required =
        (credentials.username() + ":" + credentials.password().reveal())
            .getBytes(StandardCharsets.UTF_8);
  }

  void check(Request request) {
    if (!request.header("Authorization").map(this::isAccepted).orElse(false)) {
      throw new ApiError(
          401,
          ErrorCode.UNAUTHORIZED,
          "authentication required: the request has no credentials or wrong ones",
          Map.of("WWW-Authenticate", "Basic realm=\"registry\", charset=\"UTF-8\""));
    }
  }

  private boolean isAccepted(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    try {
      byte[] given = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).trim());
      return MessageDigest.isEqual(given, required);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
