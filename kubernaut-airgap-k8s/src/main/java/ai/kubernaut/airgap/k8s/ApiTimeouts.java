package ai.kubernaut.airgap.k8s;

import java.time.Duration;
import org.immutables.value.Value;

/** How long a client waits for the API server. Immutable. */
@Value.Immutable
public interface ApiTimeouts {
  /**
   * How long it may take to connect to the API server.
   *
   * @return by default ten seconds
   */
  @Value.Default
  default Duration connect() {
    return Duration.ofSeconds(10);
  }

  /**
   * How long one request may take from the beginning to the end of the response, connecting
   * included. A list of many objects takes one request for each 500 of them.
   *
   * @return by default 30 seconds
   */
  @Value.Default
  default Duration request() {
    return Duration.ofSeconds(30);
  }

  /**
   * Checks that both are at least a millisecond and at most a day.
   *
   * @throws IllegalArgumentException when one is not
   */
  @Value.Check
  default void check() {
    for (Duration timeout : new Duration[] {connect(), request()}) {
      if (timeout.compareTo(Duration.ofMillis(1)) < 0
          || timeout.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "connect is "
                + connect()
                + " and request is "
                + request()
                + "; both must be between a millisecond and a day");
      }
    }
  }

  /**
   * Returns a new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ApiTimeouts}. Not thread-safe. */
  final class Builder extends ImmutableApiTimeouts.Builder {
    Builder() {}
  }
}
