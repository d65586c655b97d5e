package ai.kubernaut.airgap.cluster.openshift;

import ai.kubernaut.airgap.cluster.WaitPolicy;
import java.time.Duration;
import org.immutables.value.Value;

/** How long to wait until the nodes of an OpenShift cluster have a change. Immutable. */
@Value.Immutable
public interface RolloutOptions {
  /**
   * Whether to wait for the nodes.
   *
   * @return by default true
   */
  @Value.Default
  default boolean waitForNodes() {
    return true;
  }

  /**
   * How long the pools may take until one of them has a new configuration. A change that makes no
   * difference for the nodes gives them none.
   *
   * @return by default two minutes, looking every two seconds
   */
  @Value.Default
  default WaitPolicy begin() {
    return WaitPolicy.of(Duration.ofMinutes(2), Duration.ofSeconds(2));
  }

  /**
   * How long the nodes may take until all of them have the new configuration.
   *
   * @return by default 45 minutes, looking every five seconds
   */
  @Value.Default
  default WaitPolicy end() {
    return WaitPolicy.of(Duration.ofMinutes(45), Duration.ofSeconds(5));
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link RolloutOptions}. Not thread-safe. */
  final class Builder extends ImmutableRolloutOptions.Builder {
    Builder() {}
  }
}
