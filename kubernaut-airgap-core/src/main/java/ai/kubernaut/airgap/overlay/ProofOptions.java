package ai.kubernaut.airgap.overlay;

import java.util.Set;
import org.immutables.value.Value;

/** Options for the proof of a chart. Immutable. */
@Value.Immutable
public interface ProofOptions {
  /**
   * Whether every image is pulled by its digest, {@code repository@sha256:…}, so that a tag that
   * moves does not change what runs. The plan must have the digests.
   *
   * @return false by default: images are pulled by the tags that the chart gives them
   */
  @Value.Default
  default boolean pinDigests() {
    return false;
  }

  /**
   * Whether every image keeps the name of its source and is pulled by its digest, because mirror
   * rules of the nodes redirect it (the guide, step 4). The plan must have the digests. Whether the
   * rules do so is not part of the proof.
   *
   * @return false by default: images get their names in the mirror
   */
  @Value.Default
  default boolean throughMirrorRules() {
    return false;
  }

  /** {@return whether every image is pulled by its digest, for one reason or the other} */
  default boolean byDigest() {
    return pinDigests() || throughMirrorRules();
  }

  /**
   * Names of the pull secrets that pods need: for {@code global.imagePullSecrets} where the chart
   * has it, and for the ServiceAccounts of the chart where pods do not get them from there.
   *
   * @return by default none
   */
  Set<String> pullSecrets();

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProofOptions}. Not thread-safe. */
  final class Builder extends ImmutableProofOptions.Builder {
    Builder() {}
  }
}
