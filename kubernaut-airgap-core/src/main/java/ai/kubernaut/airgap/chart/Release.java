package ai.kubernaut.airgap.chart;

import org.immutables.value.Value;

/** What Helm says of an installed release. Immutable. */
@Value.Immutable
public interface Release {
  /**
   * Its name and namespace.
   *
   * @return the name
   */
  ReleaseName name();

  /**
   * How often it was installed, upgraded or rolled back.
   *
   * @return 1 after the first installation
   */
  int revision();

  /**
   * Helm's status.
   *
   * @return for example {@code deployed}, {@code failed} or {@code pending-install}
   */
  String status();

  /**
   * The chart and its version.
   *
   * @return for example {@code kubernaut-1.1.0}
   */
  String chart();

  /**
   * Whether Helm finished it, hooks included.
   *
   * @return true for the status {@code deployed}
   */
  default boolean isDeployed() {
    return status().equals("deployed");
  }

  /**
   * A new builder.
   *
   * @return an empty builder
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link Release}. Not thread-safe. */
  final class Builder extends ImmutableRelease.Builder {
    Builder() {}
  }
}
