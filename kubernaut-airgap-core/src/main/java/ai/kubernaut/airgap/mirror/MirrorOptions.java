package ai.kubernaut.airgap.mirror;

import org.immutables.value.Value;

/** Choices for mirroring. Immutable. */
@Value.Immutable
public interface MirrorOptions {
  /**
   * How many images are copied at the same time.
   *
   * @return 1 to 64, by default 4
   */
  @Value.Default
  default int imagesAtOnce() {
    return 4;
  }

  /** Checks the range. */
  @Value.Check
  default void check() {
    if (imagesAtOnce() < 1 || imagesAtOnce() > 64) {
      throw new IllegalArgumentException(
          "imagesAtOnce is " + imagesAtOnce() + ", and has to be from 1 to 64");
    }
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MirrorOptions}. Not thread-safe. */
  final class Builder extends ImmutableMirrorOptions.Builder {
    Builder() {}
  }
}
