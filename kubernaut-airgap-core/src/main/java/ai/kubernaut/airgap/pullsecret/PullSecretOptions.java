package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.cluster.WaitPolicy;
import java.time.Duration;
import java.util.Set;
import org.immutables.value.Value;

/** Options for configuring the pull secret. Immutable. */
@Value.Immutable
public interface PullSecretOptions {
  /**
   * The name of the pull secrets in namespaces. The global ones have names of their own.
   *
   * @return by default {@code kubernaut-mirror}
   */
  @Value.Default
  default String secretName() {
    return "kubernaut-mirror";
  }

  /**
   * The namespaces of the release whose pull secrets are configured, on clusters without a global
   * one.
   *
   * @return by default empty: all namespaces in which pods of the release run
   */
  Set<String> namespaces();

  /**
   * Whether other credentials for the mirror in a pull secret that this library has not created are
   * replaced.
   *
   * @return by default false: other credentials are a problem, and nothing is changed
   */
  @Value.Default
  default boolean replaceOtherCredentials() {
    return false;
  }

  /**
   * How long the nodes of an OpenShift cluster may take to begin with the new pull secret.
   *
   * @return by default two minutes, looking every two seconds
   */
  @Value.Default
  default WaitPolicy rolloutBegin() {
    return WaitPolicy.of(Duration.ofMinutes(2), Duration.ofSeconds(2));
  }

  /**
   * How long the nodes of an OpenShift cluster may take until all of them have the new pull secret.
   *
   * @return by default 45 minutes, looking every five seconds
   */
  @Value.Default
  default WaitPolicy rolloutEnd() {
    return WaitPolicy.of(Duration.ofMinutes(45), Duration.ofSeconds(5));
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link PullSecretOptions}. Not thread-safe. */
  final class Builder extends ImmutablePullSecretOptions.Builder {
    Builder() {}
  }
}
