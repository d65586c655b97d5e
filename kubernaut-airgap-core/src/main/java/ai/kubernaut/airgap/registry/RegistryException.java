package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.common.AirgapException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A registry could not be reached, refused a request, or answered something that cannot be right.
 */
public final class RegistryException extends AirgapException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is, and so whether trying again can help. */
  public enum Reason {
    /** No connection, or it broke: unknown host, refused, timed out, reset. */
    UNREACHABLE(true),
    /**
     * The TLS handshake failed: an unknown certificate authority, a name that does not match, plain
     * HTTP behind the port.
     */
    TLS(false),
    /** Something answers, but not as a registry. */
    NOT_A_REGISTRY(false),
    /** 401: no credentials, or wrong ones. */
    UNAUTHORIZED(false),
    /** 403: the credentials may not do this. */
    FORBIDDEN(false),
    /** 404: no such manifest, blob or repository. */
    NOT_FOUND(false),
    /** 429: too many requests. */
    RATE_LIMITED(true),
    /** 408 or 5xx: the registry has a problem of its own. */
    SERVER(true),
    /** The content is not what its digest says. */
    DIGEST_MISMATCH(false),
    /** Another answer of refusal: 400, 405, 413, 416, 422, … */
    REFUSED(false),
    /** An answer that breaks the protocol, for example an upload without a location. */
    PROTOCOL(false),
    /**
     * More than this side is willing to hold in memory: a list of tags or referrers with too many
     * bytes over its pages, too many bytes of manifests, headers without end.
     */
    TOO_LARGE(false),
    /**
     * A proxy on the way refused to connect to the registry: 407 for its own credentials, 403 and
     * the like for its rules. The status is the one of the proxy.
     */
    PROXY(false),
    /** No client is configured for the registry, so it was not asked. */
    NO_CLIENT(false);

    private final boolean retryable;

    Reason(boolean retryable) {
      this.retryable = retryable;
    }

    /**
     * Whether the same request may succeed later without anyone changing anything.
     *
     * @return true for passing failures
     */
    public boolean retryable() {
      return retryable;
    }
  }

  private final Reason reason;
  private final String registry;
  private final int status;
  private final @Nullable Duration retryAfter;

  /**
   * Creates the exception.
   *
   * @param reason the kind of failure
   * @param registry host and port of the registry that was asked
   * @param status the HTTP status, or 0 when there was no answer
   * @param message what failed, where, why, and what to do next
   * @param cause the failure below, or null when there is none
   */
  public RegistryException(
      Reason reason, String registry, int status, String message, @Nullable Throwable cause) {
    this(reason, registry, status, message, cause, null);
  }

  /**
   * Creates the exception of a registry that says when to come back.
   *
   * @param reason the kind of failure
   * @param registry host and port of the registry that was asked
   * @param status the HTTP status, or 0 when there was no answer
   * @param message what failed, where, why, and what to do next
   * @param cause the failure below, or null when there is none
   * @param retryAfter how long the registry wants to be left alone, or null when it does not say
   */
  public RegistryException(
      Reason reason,
      String registry,
      int status,
      String message,
      @Nullable Throwable cause,
      @Nullable Duration retryAfter) {
    super(message, cause);
    this.reason = reason;
    this.registry = registry;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /**
   * The kind of failure.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * The registry that was asked.
   *
   * @return host and port
   */
  public String registry() {
    return registry;
  }

  /**
   * The HTTP status of the answer.
   *
   * @return empty when there was no answer
   */
  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /**
   * How long the registry wants to be left alone before the request is repeated ({@code
   * Retry-After}), counted from its answer.
   *
   * @return empty when it did not say
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
