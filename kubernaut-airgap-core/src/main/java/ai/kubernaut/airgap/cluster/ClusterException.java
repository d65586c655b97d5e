package ai.kubernaut.airgap.cluster;

import ai.kubernaut.airgap.common.AirgapException;
import org.jspecify.annotations.Nullable;

/** A cluster could not be reached, or refused a request. */
public final class ClusterException extends AirgapException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is. */
  public enum Reason {
    /** The kubeconfig is missing, does not parse, or names no cluster. */
    CONFIGURATION,
    /** No connection to the API server, or it broke. */
    UNREACHABLE,
    /** 401: the API server does not know the user. */
    UNAUTHORIZED,
    /** 403: the user may not do this. */
    FORBIDDEN,
    /** 404: no such namespace, object or type. */
    NOT_FOUND,
    /** 409: there is an object of this name already. */
    ALREADY_EXISTS,
    /** 409: the object was changed by someone else meanwhile. */
    CONFLICT,
    /** 400, 422: the API server does not accept the object. */
    INVALID,
    /** Any other answer of failure. */
    SERVER
  }

  private final Reason reason;

  /**
   * Creates the exception.
   *
   * @param reason the kind of failure
   * @param message what failed, where, why, and what to do next
   * @param cause the failure below, or null when there is none
   */
  public ClusterException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** {@return the kind of failure} */
  public Reason reason() {
    return reason;
  }
}
