package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.registry.RegistryPreset;
import java.util.Optional;
import org.immutables.value.Value;

/** Choices for a preflight. Immutable. */
@Value.Immutable
public interface PreflightOptions {
  /**
   * What kind of registry the mirror is.
   *
   * @return by default empty: only what the registry itself says counts
   */
  Optional<RegistryPreset> preset();

  /**
   * Whether the preflight may leave something in the mirror: a blob of two bytes, and an index and
   * its manifest under the tag {@link Preflight#TAG}, in one of the plan's repositories. Only so
   * can it find out whether blobs can be sent in pieces and mounted, and whether indexes are taken;
   * not every registry lets them be deleted again.
   *
   * @return false by default
   */
  @Value.Default
  default boolean mayWrite() {
    return false;
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PreflightOptions}. Not thread-safe. */
  final class Builder extends ImmutablePreflightOptions.Builder {
    Builder() {}
  }
}
