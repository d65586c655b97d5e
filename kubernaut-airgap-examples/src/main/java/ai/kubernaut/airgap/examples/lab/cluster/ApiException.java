package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A request that the API server turns down, as the Status object Kubernetes answers with. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;
  private final String[] denied;

  private ApiException(int code, String reason, String message, String... denied) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.denied = denied;
  }

  static ApiException badRequest(String message) {
    return new ApiException(400, "BadRequest", message);
  }

  static ApiException unauthorized() {
    return new ApiException(401, "Unauthorized", "Unauthorized");
  }

  static ApiException forbidden(String user, Access access) {
    String group = access.group();
    return new ApiException(
        403,
        "Forbidden",
        "%s%s%s is forbidden: User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s"
            .formatted(
                access.resource(),
                group.isEmpty() ? "" : "." + group,
                access.name().isEmpty() ? "" : " \"" + access.name() + "\"",
                user,
                access.verb(),
                access.resource(),
                group,
                access.namespace().isEmpty()
                    ? "at the cluster scope"
                    : "in the namespace \"" + access.namespace() + "\""));
  }

  static ApiException namespaceTerminating(ResourceKind kind, String name, String namespace) {
    return new ApiException(
        403,
        "Forbidden",
        "%s \"%s\" is forbidden: unable to create new content in namespace %s because it is being terminated"
            .formatted(kind.qualifiedName(), name, namespace));
  }

  static ApiException notFound(ResourceKind kind, String name) {
    return new ApiException(
        404, "NotFound", "%s \"%s\" not found".formatted(kind.qualifiedName(), name));
  }

  static ApiException noSuchPath() {
    return new ApiException(404, "NotFound", "the server could not find the requested resource");
  }

  static ApiException methodNotAllowed() {
    return new ApiException(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  static ApiException alreadyExists(ResourceKind kind, String name) {
    return new ApiException(
        409, "AlreadyExists", "%s \"%s\" already exists".formatted(kind.qualifiedName(), name));
  }

  static ApiException conflict(ResourceKind kind, String name) {
    return new ApiException(
        409,
        "Conflict",
        "Operation cannot be fulfilled on %s \"%s\": the object has been modified; please apply your changes to the latest version and try again"
            .formatted(kind.qualifiedName(), name));
  }

  static ApiException expired(long resourceVersion) {
    return new ApiException(410, "Expired", "too old resource version: " + resourceVersion);
  }

  static ApiException unsupportedMediaType(String message) {
    return new ApiException(415, "UnsupportedMediaType", message);
  }

  static ApiException invalid(String message) {
    return new ApiException(422, "Invalid", message);
  }

  /** A request that an admission policy denies, with the message of the policy as its cause. */
  static ApiException denied(ResourceKind kind, String name, String reason, String cause) {
    int code =
        switch (reason) {
          case "Unauthorized" -> 401;
          case "Forbidden" -> 403;
          case "RequestEntityTooLarge" -> 413;
          default -> 422;
        };
    return new ApiException(
        code,
        reason,
        "%s \"%s\" is forbidden: %s".formatted(kind.qualifiedName(), name, cause),
        name,
        kind.group(),
        kind.plural(),
        cause);
  }

  static ApiException unavailable(String message) {
    return new ApiException(503, "ServiceUnavailable", message);
  }

  static ApiException internal(String message) {
    return new ApiException(500, "InternalError", message);
  }

  /** An answer of the API server of another cluster. */
  static ApiException answered(int code, String reason, String message) {
    return new ApiException(code, reason, message);
  }

  int code() {
    return code;
  }

  /** Whether an object was created, changed or deleted by somebody else in the meantime. */
  boolean isOfChange() {
    boolean isOfDeletedNamespace =
        code == 403 && String.valueOf(getMessage()).contains("being terminated");
    return code == 404 || code == 409 || isOfDeletedNamespace;
  }

  /** Whether the object was changed since it was read. */
  boolean isConflict() {
    return code == 409 && !reason.equals("AlreadyExists");
  }

  ObjectNode status() {
    ObjectNode status = Json.object("v1", "Status");
    status.putObject("metadata");
    if (denied.length > 0) {
      ObjectNode details = status.putObject("details");
      details.put("name", denied[0]).put("group", denied[1]).put("kind", denied[2]);
      details.putArray("causes").addObject().put("message", denied[3]);
    }
    return status
        .put("status", "Failure")
        .put("message", getMessage())
        .put("reason", reason)
        .put("code", code);
  }
}
