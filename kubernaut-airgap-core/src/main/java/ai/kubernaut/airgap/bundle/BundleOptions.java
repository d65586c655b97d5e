package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/** Options for creating a bundle. Immutable. */
@Value.Immutable
public interface BundleOptions {
  /**
   * Returns the name of the bundle in its store.
   *
   * @return by default {@link Bundle#defaultName()}
   */
  @Value.Default
  default ImageRef name() {
    return Bundle.defaultName();
  }

  /**
   * Returns how images are copied into the bundle: limits, retries, attachments, and the journal,
   * with which a later run continues blobs that were cut short.
   *
   * @return by default the defaults of {@link MirrorOptions}
   */
  @Value.Default
  default MirrorOptions mirror() {
    return MirrorOptions.builder().build();
  }

  /**
   * Returns what the site has already, for a delta: its blobs are left out.
   *
   * @return by default empty: the bundle has everything
   */
  Optional<Inventory> base();

  /**
   * Returns how much room the store has. A bundle that does not fit is not begun.
   *
   * @return bytes, for example the usable space of the file store; by default empty: not checked
   */
  OptionalLong room();

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link BundleOptions}. Not thread-safe. */
  final class Builder extends ImmutableBundleOptions.Builder {
    Builder() {}
  }
}
