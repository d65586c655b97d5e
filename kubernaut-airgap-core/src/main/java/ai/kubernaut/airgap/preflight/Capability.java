package ai.kubernaut.airgap.preflight;

/** The capabilities of a mirror, in the order in which a preflight checks them. */
public enum Capability {
  /** Whether the depth of the plan's repository names is valid for the registry. */
  NAMES("repository names have a valid depth"),
  /** Whether the host responds as a registry. */
  REACHABLE("responds as a registry"),
  /** Whether the client trusts the certificate of the registry. */
  TLS("TLS certificate is accepted"),
  /** Whether the registry accepts the credentials. */
  CREDENTIALS("accepts the credentials"),
  /** Whether the projects or repositories exist that the registry does not create by itself. */
  EXISTS("required projects and repositories exist"),
  /** Whether the credentials are allowed to push. */
  PUSH("allows push"),
  /** Whether a blob can be uploaded in chunks, so that a broken upload can be resumed. */
  CHUNKED_UPLOADS("supports chunked uploads"),
  /** Whether a blob can be mounted from another repository. */
  MOUNT("supports cross-repository mounts"),
  /** Whether the registry accepts indexes, which multi-platform images have. */
  INDEX("accepts image indexes"),
  /** Whether the registry accepts an index of which some manifests are absent. */
  SPARSE_INDEX("accepts sparse image indexes"),
  /** Whether the registry lists the referrers of an image. */
  REFERRERS("supports the referrers API");

  private final String statement;

  Capability(String statement) {
    this.statement = statement;
  }

  /** Returns the statement about a registry that has the capability. */
  @Override
  public String toString() {
    return statement;
  }
}
