package ai.kubernaut.airgap.chart;

import org.immutables.value.Value;

/** What Helm says of an installed release. Immutable. */
@Value.Immutable
public interface Release {
  /** {@return the name and namespace of the release} */
  ReleaseName name();

  /**
   * {@return the number of installations, upgrades and rollbacks; 1 after the first installation}
   */
  int revision();

  /**
   * {@return the status that Helm reports, for example {@code deployed}, {@code failed} or {@code
   * pending-install}}
   */
  String status();

  /** {@return the chart and its version, for example {@code kubernaut-1.1.0}} */
  String chart();

  /** {@return whether Helm has finished, including hooks: true for the status {@code deployed}} */
  default boolean isDeployed() {
    return status().equals("deployed");
  }

  /** {@return a new, empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link Release}. Not thread-safe. */
  final class Builder extends ImmutableRelease.Builder {
    Builder() {}
  }
}
