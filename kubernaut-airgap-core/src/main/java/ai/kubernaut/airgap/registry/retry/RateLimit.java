package ai.kubernaut.airgap.registry.retry;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.immutables.value.Value;

/** The limits of requests and bytes for one registry. Immutable. */
@Value.Immutable
public interface RateLimit {
  /**
   * The most requests in a second, evenly spaced. Fetching a token and following a redirect do not
   * count.
   *
   * @return more than 0, also below 1; by default empty, no limit
   */
  OptionalDouble requestsPerSecond();

  /**
   * The most bytes of blobs in a second, of all connections together, read from the registry and
   * sent to it.
   *
   * @return at least 1024; by default empty, no limit
   */
  OptionalLong bytesPerSecond();

  /** Checks the ranges. */
  @Value.Check
  default void check() {
    if (requestsPerSecond().isPresent() && !(requestsPerSecond().getAsDouble() > 0)) {
      throw new IllegalArgumentException(
          "requestsPerSecond is " + requestsPerSecond().getAsDouble() + "; it must be more than 0");
    }
    if (bytesPerSecond().isPresent() && bytesPerSecond().getAsLong() < 1024) {
      throw new IllegalArgumentException(
          "bytesPerSecond is " + bytesPerSecond().getAsLong() + "; it must be at least 1024");
    }
  }

  /** {@return a builder without limits} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link RateLimit}. Not thread-safe. */
  final class Builder extends ImmutableRateLimit.Builder {
    Builder() {}
  }
}
