package ai.kubernaut.airgap.prune;

import org.immutables.value.Value;

/** Options for pruning. Immutable. */
@Value.Immutable
public interface PruneOptions {
  /**
   * Whether the content is deleted that is not needed.
   *
   * @return by default false: it is only listed
   */
  @Value.Default
  default boolean delete() {
    return false;
  }

  /**
   * Whether a cluster is asked for the revisions of the releases, whose images are kept too.
   *
   * @return by default true
   */
  @Value.Default
  default boolean askCluster() {
    return true;
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PruneOptions}. Not thread-safe. */
  final class Builder extends ImmutablePruneOptions.Builder {
    Builder() {}
  }
}
