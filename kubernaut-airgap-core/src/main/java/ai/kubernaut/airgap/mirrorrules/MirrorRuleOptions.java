package ai.kubernaut.airgap.mirrorrules;

import java.util.Optional;
import org.immutables.value.Value;

/** Options for mirror rules. Immutable. */
@Value.Immutable
public interface MirrorRuleOptions {
  /**
   * Whether nodes may pull from the source when the mirror does not have an image.
   *
   * @return by default they may, as in OpenShift
   */
  @Value.Default
  default MirrorRule.SourcePolicy sourcePolicy() {
    return MirrorRule.SourcePolicy.ALLOW_CONTACTING_SOURCE;
  }

  /**
   * Whether there are rules for tags too, besides those for digests. OpenShift drains and restarts
   * its nodes when rules for tags are created.
   *
   * @return by default false
   */
  @Value.Default
  default boolean forTags() {
    return false;
  }

  /**
   * The name of the objects.
   *
   * @return by default one that is made from the release and the target
   */
  Optional<String> name();

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MirrorRuleOptions}. Not thread-safe. */
  final class Builder extends ImmutableMirrorRuleOptions.Builder {
    Builder() {}
  }
}
