package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.immutables.value.Value;

/** Which Secrets of a release get new content, and which. Immutable. */
@Value.Immutable
public interface SecretRotation {
  /**
   * The names of the Secrets, such as {@code postgresql-secret}.
   *
   * @return at least one
   */
  Set<String> names();

  /**
   * The passwords that servers have already, by the names of their Secrets. They are written
   * instead of random ones. A server that keeps its password when it starts does not restart.
   *
   * @return by default none: passwords are generated, and servers set them when they restart
   */
  Map<String, Secret> serverPasswords();

  /**
   * The new credentials of the LLM by their keys. Other keys of the Secret stay.
   *
   * @return by default none
   */
  Map<String, Secret> llmCredentials();

  /**
   * Whether the content of the Secrets stays as it is, and the workloads that read them only
   * restart, for example after a rotation was undone.
   *
   * @return by default false
   */
  @Value.Default
  default boolean restartOnly() {
    return false;
  }

  /**
   * How long the pods of the workloads that restart at the same time may take to become ready.
   *
   * @return by default ten minutes, looking every second
   */
  @Value.Default
  default WaitPolicy restart() {
    return WaitPolicy.of(Duration.ofMinutes(10), Duration.ofSeconds(1));
  }

  /** Checks the names. */
  @Value.Check
  default void check() {
    if (names().isEmpty() || !names().containsAll(serverPasswords().keySet())) {
      throw new IllegalArgumentException(
          "names "
              + names()
              + " must not be empty, and must contain those of serverPasswords "
              + serverPasswords().keySet());
    }
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link SecretRotation}. Not thread-safe. */
  final class Builder extends ImmutableSecretRotation.Builder {
    Builder() {}
  }
}
