package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.WaitPolicy;
import java.time.Duration;
import org.immutables.value.Value;

/** Choices for verifying. Immutable. */
@Value.Immutable
public interface VerifyOptions {
  /**
   * How long to wait for what is not yet as it should be. A look without waiting is {@link
   * WaitPolicy#once()}.
   *
   * @return by default five minutes, looking every two seconds
   */
  @Value.Default
  default WaitPolicy waitPolicy() {
    return WaitPolicy.of(Duration.ofMinutes(5), Duration.ofSeconds(2));
  }

  /**
   * Whether to ask services for their health.
   *
   * @return true by default
   */
  @Value.Default
  default boolean askServices() {
    return true;
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link VerifyOptions}. Not thread-safe. */
  final class Builder extends ImmutableVerifyOptions.Builder {
    Builder() {}
  }
}
