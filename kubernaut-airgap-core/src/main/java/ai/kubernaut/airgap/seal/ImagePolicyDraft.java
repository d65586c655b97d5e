package ai.kubernaut.airgap.seal;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.List;
import java.util.stream.Collectors;
import org.immutables.value.Value;

/**
 * Image policies of OpenShift, for an administrator who reviews and applies them. The library does
 * not apply them: a policy whose preconditions do not hold keeps nodes from pulling. Immutable.
 */
@Value.Immutable
public interface ImagePolicyDraft extends Outcome<ImagePolicyDraft> {
  /** {@return ClusterImagePolicies, or ImagePolicies, sorted by namespace and name} */
  List<KubernetesObject> policies();

  /** {@return the preconditions that do not hold, and what a person should know} */
  @Override
  List<Problem> problems();

  @Override
  default ImagePolicyDraft orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of("the image policies cannot be applied yet", problems());
    }
    return this;
  }

  /** {@return the policies as YAML documents} */
  default String toYaml() {
    return policies().stream()
        .map(policy -> "---\n" + Yaml.write(policy.fields().content()))
        .collect(Collectors.joining());
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds an {@link ImagePolicyDraft}. Not thread-safe. */
  final class Builder extends ImmutableImagePolicyDraft.Builder {
    Builder() {}
  }
}
