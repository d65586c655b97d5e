package ai.kubernaut.airgap.seal;

import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.Set;
import org.immutables.value.Value;

/** Options for sealing a release. Immutable. */
@Value.Immutable
public interface SealOptions {
  /** What the API server does with a pod that has another image. */
  enum Action {
    /** It refuses the pod. */
    DENY,
    /** It accepts the pod, sends a warning to the client, and notes it in the audit log. */
    WARN
  }

  /**
   * What is done with a pod that has another image.
   *
   * @return by default the pod is refused
   */
  @Value.Default
  default Action action() {
    return Action.DENY;
  }

  /**
   * Whether images are also allowed under their source names with their digests, for an
   * installation through mirror rules.
   *
   * @return by default false
   */
  @Value.Default
  default boolean sourceDigests() {
    return false;
  }

  /**
   * Plans of other revisions of the release, whose images are also allowed: during an upgrade the
   * pods of the earlier revision can still be created, and a rollback needs its images.
   *
   * @return by default none
   */
  List<MirrorPlan> otherPlans();

  /**
   * The namespaces to seal.
   *
   * @return by default empty: those in which pods of the release run
   */
  Set<String> namespaces();

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link SealOptions}. Not thread-safe. */
  final class Builder extends ImmutableSealOptions.Builder {
    Builder() {}
  }
}
