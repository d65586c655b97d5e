package ai.kubernaut.airgap.support;

import org.immutables.value.Value;

/** Options for collecting a support bundle. Immutable. */
@Value.Immutable
public interface SupportBundleOptions {
  /**
   * Returns the largest size of all files together before compression, in bytes. What does not fit
   * is omitted, and listed in the bundle; what the diagnosis has read comes first.
   *
   * @return by default 64 MiB
   */
  @Value.Default
  default long maxBytes() {
    return 64L << 20;
  }

  /**
   * Returns how many lines of the log of each container of a failing pod are collected, from its
   * end.
   *
   * @return by default 1000
   */
  @Value.Default
  default int logLines() {
    return 1000;
  }

  /** Checks the options. */
  @Value.Check
  default void check() {
    if (maxBytes() < 1 || logLines() < 1) {
      throw new IllegalArgumentException(
          "maxBytes and logLines of a support bundle must be positive");
    }
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link SupportBundleOptions}. Not thread-safe. */
  final class Builder extends ImmutableSupportBundleOptions.Builder {
    Builder() {}
  }
}
