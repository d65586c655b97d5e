package ai.kubernaut.airgap.registry.retry;

import ai.kubernaut.airgap.registry.RegistryException;
import java.time.Duration;
import org.immutables.value.Value;

/**
 * How transient failures are retried: broken connections, 408, 429, 500, 502, 503 and 504 ({@link
 * RegistryException.Reason#retryable()}). Everything else is reported at once. The wait doubles
 * with each failure and is shortened at random, so that transfers that failed together do not retry
 * together. A {@code Retry-After} of the registry is the shortest wait. Immutable.
 */
@Value.Immutable
public interface RetryPolicy {
  /**
   * How often one request is made in all. The count of a resumed transfer starts again whenever the
   * transfer has made progress.
   *
   * @return 1 (no retries) or more, by default 5
   */
  @Value.Default
  default int attempts() {
    return 5;
  }

  /**
   * The longest wait after the first failure.
   *
   * @return by default half a second
   */
  @Value.Default
  default Duration baseDelay() {
    return Duration.ofMillis(500);
  }

  /**
   * The longest wait that doubling leads to.
   *
   * @return by default 30 seconds
   */
  @Value.Default
  default Duration maxDelay() {
    return Duration.ofSeconds(30);
  }

  /**
   * Which part of a wait is left to chance.
   *
   * @return 0 (none) to 1 (all), by default 0.5
   */
  @Value.Default
  default double jitter() {
    return 0.5;
  }

  /**
   * The longest wait that a registry may ask for; if it asks for more, the image fails instead.
   *
   * @return by default 5 minutes
   */
  @Value.Default
  default Duration maxRetryAfter() {
    return Duration.ofMinutes(5);
  }

  /**
   * How many retries all requests for one image may have together, so that a run with a failing
   * registry ends. Where source and target have clients of their own, each has this number.
   *
   * @return 0 or more, by default 100
   */
  @Value.Default
  default int retriesPerImage() {
    return 100;
  }

  /** Checks the ranges. */
  @Value.Check
  default void check() {
    if (attempts() < 1) {
      throw new IllegalArgumentException("attempts is " + attempts() + "; it must be 1 or more");
    }
    if (retriesPerImage() < 0) {
      throw new IllegalArgumentException(
          "retriesPerImage is " + retriesPerImage() + ", and cannot be negative");
    }
    if (!(jitter() >= 0 && jitter() <= 1)) {
      throw new IllegalArgumentException("jitter is " + jitter() + "; it must be from 0 to 1");
    }
    for (Duration delay : new Duration[] {baseDelay(), maxDelay(), maxRetryAfter()}) {
      if (delay.isNegative()) {
        throw new IllegalArgumentException("a delay is " + delay + ", and cannot be negative");
      }
    }
  }

  /**
   * Returns a policy without retries.
   *
   * @return the policy
   */
  static RetryPolicy none() {
    return builder().attempts(1).build();
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link RetryPolicy}. Not thread-safe. */
  final class Builder extends ImmutableRetryPolicy.Builder {
    Builder() {}
  }
}
