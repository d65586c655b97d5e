package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.registry.RegistryException;
import java.time.Duration;
import org.immutables.value.Value;

/**
 * How failures that may pass are met: connections that break, 408, 429, 500, 502, 503, 504 ({@link
 * RegistryException.Reason#retryable()}). Everything else goes to the report at once. The wait
 * doubles from failure to failure, and is shortened at random, so that many transfers that failed
 * together do not come back together; where the registry says when to come back, it is that long at
 * least. Immutable.
 */
@Value.Immutable
public interface RetryPolicy {
  /**
   * How often one request is made in all. A transfer that goes on where it broke starts counting
   * anew whenever it has got further.
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
   * How many retries one image may have in all its requests together, so that a registry that fails
   * everywhere ends the run within reason.
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
   * A policy that tries nothing again.
   *
   * @return the policy
   */
  static RetryPolicy none() {
    return builder().attempts(1).build();
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link RetryPolicy}. Not thread-safe. */
  final class Builder extends ImmutableRetryPolicy.Builder {
    Builder() {}
  }
}
