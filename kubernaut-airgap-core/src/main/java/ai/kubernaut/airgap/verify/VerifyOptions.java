package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.WaitPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.immutables.value.Value;

/** Options for verifying. Immutable. */
@Value.Immutable
public interface VerifyOptions {
  /**
   * Returns how long to wait for checks that are pending. {@link WaitPolicy#once()} checks once.
   *
   * @return by default five minutes, looking every two seconds
   */
  @Value.Default
  default WaitPolicy waitPolicy() {
    return WaitPolicy.of(Duration.ofMinutes(5), Duration.ofSeconds(2));
  }

  /**
   * Returns how long a state has to last that does not pass by itself, such as a pod that no node
   * fits, until the verification stops waiting. It also stops when a check has failed and nothing
   * else has changed for this long.
   *
   * @return by default 15 seconds
   */
  @Value.Default
  default Duration grace() {
    return Duration.ofSeconds(15);
  }

  /**
   * Returns whether to send requests to the health paths of services.
   *
   * @return true by default
   */
  @Value.Default
  default boolean askServices() {
    return true;
  }

  /**
   * Returns the moment for which the validity of certificates is checked.
   *
   * @return by default the moment of the check
   */
  Optional<Instant> moment();

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link VerifyOptions}. Not thread-safe. */
  final class Builder extends ImmutableVerifyOptions.Builder {
    Builder() {}
  }
}
