package ai.kubernaut.airgap.seal;

import java.util.Set;
import org.immutables.value.Value;

/** Options for drafts of image policies. Immutable. */
@Value.Immutable
public interface ImagePolicyOptions {
  /** How the name in a signature, that of the source, is compared with the name in the mirror. */
  enum Identity {
    /**
     * {@code ExactRepository}: a policy for each repository names the repository of its source.
     * Images can be pulled by tag and by digest.
     */
    EXACT_REPOSITORY,
    /**
     * {@code RemapIdentity}: a policy for all repositories whose names differ from those of their
     * sources in the same prefix. Signatures of cosign name no tag, so that images must be pulled
     * by digest.
     */
    REMAP
  }

  /** {@return what the signatures are verified with} */
  RootOfTrust rootOfTrust();

  /**
   * How names are compared.
   *
   * @return by default {@link Identity#EXACT_REPOSITORY}
   */
  @Value.Default
  default Identity identity() {
    return Identity.EXACT_REPOSITORY;
  }

  /**
   * The namespaces that get an ImagePolicy each.
   *
   * @return by default empty: a ClusterImagePolicy is for all namespaces
   */
  Set<String> namespaces();

  /** {@return a builder without a root of trust} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link ImagePolicyOptions}. Not thread-safe. */
  final class Builder extends ImmutableImagePolicyOptions.Builder {
    Builder() {}
  }
}
