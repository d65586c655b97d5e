package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.LabelSelector;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.immutables.value.Value;

/** Options for verifying. Immutable. */
@Value.Immutable
public interface VerifyOptions {
  /**
   * Returns how long to wait for checks that are pending. {@link WaitPolicy#once()} checks once.
   *
   * @return by default five minutes, looking every two seconds
   */
  @Value.Default
  default WaitPolicy waitPolicy() {
    return WaitPolicy.of(Duration.ofMinutes(5), Duration.ofSeconds(2));
  }

  /**
   * Returns how long a state has to last that does not pass by itself, such as a pod that no node
   * fits, until the verification stops waiting. It also stops when a check has failed and nothing
   * else has changed for this long.
   *
   * @return by default 15 seconds
   */
  @Value.Default
  default Duration grace() {
    return Duration.ofSeconds(15);
  }

  /**
   * Returns whether to send requests to the health paths of services.
   *
   * @return true by default
   */
  @Value.Default
  default boolean askServices() {
    return true;
  }

  /**
   * Returns the moment for which the validity of certificates is checked.
   *
   * @return by default the moment of the check
   */
  Optional<Instant> moment();

  /**
   * Returns the labels of the workloads and pods to verify, for those who do not install with Helm
   * ({@code helm template | kubectl apply}, GitOps). Helm is not asked then, so that no client for
   * it is needed: what only Helm knows is left out, and the report says so.
   *
   * <p>Pods of selected workloads, and pods with images of the plan, are verified too, whatever
   * their labels. Other pods in the namespaces whose images are not in the plan are warnings; with
   * an empty selector, which selects everything, they are errors.
   *
   * @return by default empty: the release of Helm is verified, with all pods in its namespaces
   */
  Optional<LabelSelector> selector();

  /**
   * Returns the namespaces in which objects are selected.
   *
   * @return by default empty, which stands for those of the installation
   */
  Set<String> namespaces();

  /** Checks that namespaces are given together with a selector. */
  @Value.Check
  default void check() {
    if (selector().isEmpty() && !namespaces().isEmpty()) {
      throw new IllegalArgumentException(
          "namespaces: "
              + namespaces()
              + " need a selector; without one, the namespaces are those of the release");
    }
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link VerifyOptions}. Not thread-safe. */
  final class Builder extends ImmutableVerifyOptions.Builder {
    Builder() {}

    /**
     * Sets the labels of the workloads and pods to verify.
     *
     * @param labels a label selector, for example {@code app.kubernetes.io/instance=kubernaut}
     * @return this builder
     * @throws IllegalArgumentException when it is not a label selector
     */
    public Builder selector(String labels) {
      return selector(LabelSelector.parse(labels));
    }
  }
}
