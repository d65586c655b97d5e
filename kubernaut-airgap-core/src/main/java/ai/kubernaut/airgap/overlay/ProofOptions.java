package ai.kubernaut.airgap.overlay;

import java.util.Set;
import org.immutables.value.Value;

/** Choices for turning a chart to the mirror. Immutable. */
@Value.Immutable
public interface ProofOptions {
  /**
   * Whether every image is pulled by its digest, {@code repository@sha256:…}, so that no tag that
   * moves can change what runs. The plan has to know the digests.
   *
   * @return false by default: images are pulled by the tags that the chart gives them
   */
  @Value.Default
  default boolean pinDigests() {
    return false;
  }

  /**
   * Names of the pull secrets that pods need, for {@code global.imagePullSecrets} where the chart
   * has it.
   *
   * @return by default none
   */
  Set<String> pullSecrets();

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ProofOptions}. Not thread-safe. */
  final class Builder extends ImmutableProofOptions.Builder {
    Builder() {}
  }
}
