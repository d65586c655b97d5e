package ai.kubernaut.airgap.install;

import java.time.Duration;
import org.immutables.value.Value;

/** Options for rolling a release back and for uninstalling it. Immutable. */
@Value.Immutable
public interface ReleaseOptions {
  /** {@return whether to report only what would be done; false by default} */
  @Value.Default
  default boolean dryRun() {
    return false;
  }

  /** {@return the time limit of each hook; five minutes by default, as for Helm} */
  @Value.Default
  default Duration hookTimeout() {
    return Duration.ofMinutes(5);
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ReleaseOptions}. Not thread-safe. */
  final class Builder extends ImmutableReleaseOptions.Builder {
    Builder() {}
  }
}
