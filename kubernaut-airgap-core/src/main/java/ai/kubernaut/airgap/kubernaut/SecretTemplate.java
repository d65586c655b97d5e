package ai.kubernaut.airgap.kubernaut;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.immutables.value.Value;

/** A Secret that a chart expects to exist in the namespace of its release. Immutable. */
@Value.Immutable
public interface SecretTemplate {
  /** {@return the name of the Secret when the values of the chart do not give another} */
  String name();

  /**
   * Returns the value of the chart that gives the name of the Secret.
   *
   * @return a path with dots; one without dots is searched at any depth
   */
  String nameValue();

  /**
   * Returns the part of the chart that needs the Secret: an outermost key of the values, unless its
   * {@code enabled} is false.
   *
   * @return by default empty: the Secret is needed where the chart has {@link #nameValue()}
   */
  Optional<String> component();

  /**
   * Returns the content of a new Secret by its keys. {@code {password}} stands for a random
   * password and {@code {path.of.value=default}} for a value of the chart. An existing Secret has
   * to have the same keys.
   *
   * @return empty when only the host can give the content, and its keys are not known
   */
  Map<String, String> content();

  /**
   * Returns the name of the workload that checks the password of this Secret, in the namespace of
   * the release.
   *
   * @return by default empty: no workload of the chart does
   */
  Optional<String> server();

  /**
   * Returns the environment variables from which the server sets its password whenever it starts.
   *
   * @return by default none: it does so with whatever it reads from the Secret
   */
  Set<String> passwordVariables();

  /**
   * Returns the command that changes the password of a server which does not set it when it starts.
   * The command asks for the password or reads it from a file. {@code {namespace}} stands for the
   * namespace and {@code {path.of.value=default}} for a value of the chart.
   *
   * @return by default empty: it is not known
   */
  Optional<String> passwordCommand();

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link SecretTemplate}. Not thread-safe. */
  final class Builder extends ImmutableSecretTemplate.Builder {
    Builder() {}
  }
}
