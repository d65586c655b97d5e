package ai.kubernaut.airgap.registry.server;

/**
 * The error codes of the distribution specification, and the two of the distribution project for
 * failures of the server itself.
 */
enum ErrorCode {
  BLOB_UNKNOWN,
  BLOB_UPLOAD_INVALID,
  BLOB_UPLOAD_UNKNOWN,
  DENIED,
  DIGEST_INVALID,
  MANIFEST_BLOB_UNKNOWN,
  MANIFEST_INVALID,
  MANIFEST_UNKNOWN,
  NAME_INVALID,
  NAME_UNKNOWN,
  SIZE_INVALID,
  TOOMANYREQUESTS,
  UNAUTHORIZED,
  UNAVAILABLE,
  UNKNOWN,
  UNSUPPORTED
}
