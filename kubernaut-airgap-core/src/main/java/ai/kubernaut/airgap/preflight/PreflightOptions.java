package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.registry.RegistryPreset;
import java.util.Optional;
import org.immutables.value.Value;

/** Options of a preflight. Immutable. */
@Value.Immutable
public interface PreflightOptions {
  /**
   * {@return the kind of the registry; by default empty: only the responses of the registry count}
   */
  Optional<RegistryPreset> preset();

  /**
   * Returns whether the preflight may store content in the mirror: a blob of two bytes, and an
   * image index with one manifest under the tag {@link Preflight#TAG}, in one of the plan's
   * repositories. This is the only way to check chunked uploads, mounts and image indexes. Not
   * every registry allows to delete this content.
   *
   * @return false by default
   */
  @Value.Default
  default boolean mayWrite() {
    return false;
  }

  /** {@return a new builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PreflightOptions}. Not thread-safe. */
  final class Builder extends ImmutablePreflightOptions.Builder {
    Builder() {}
  }
}
