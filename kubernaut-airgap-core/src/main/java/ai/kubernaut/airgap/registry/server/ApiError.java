package ai.kubernaut.airgap.registry.server;

import java.util.Map;

/** A request ends with an error response. */
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final ErrorCode code;
  private final transient Map<String, String> headers;

  ApiError(int status, ErrorCode code, String message) {
    this(status, code, message, Map.of());
  }

  ApiError(int status, ErrorCode code, String message, Map<String, String> headers) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  static ApiError methodNotAllowed(Request request, String allowed) {
    return new ApiError(
        405,
        ErrorCode.UNSUPPORTED,
        request.method() + " is not supported here; supported: " + allowed,
        Map.of("Allow", allowed));
  }

  int status() {
    return status;
  }

  ErrorCode code() {
    return code;
  }

  Map<String, String> headers() {
    return headers;
  }
}
