package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import java.util.Optional;
import java.util.function.Supplier;

/** Knows the credentials for repositories. Implementations are thread-safe. */
@FunctionalInterface
public interface CredentialProvider {
  /**
   * Finds the credentials for a repository. One registry may want different ones for different
   * paths. An implementation that waits for something ends soon after its thread was interrupted:
   * it leaves the thread interrupted, and throws an {@link
   * ai.kubernaut.airgap.common.AirgapException}.
   *
   * @param repository where a request goes
   * @return empty when the request should go without credentials
   */
  Optional<Credentials> credentialsFor(Repository repository);

  /**
   * Asks another provider where this one knows nothing.
   *
   * @param next whom to ask then
   * @return a provider of both
   */
  default CredentialProvider orElse(CredentialProvider next) {
    return repository -> credentialsFor(repository).or(() -> next.credentialsFor(repository));
  }

  /**
   * The same credentials for everything in one registry.
   *
   * @param registry host, with its port when it has one; the older names of {@code docker.io} mean
   *     it too
   * @param credentials what to send there
   * @return a provider for that registry
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when it is not a registry's host
   */
  static CredentialProvider forRegistry(String registry, Credentials credentials) {
    String name = Target.registry(registry).registry();
    return repository ->
        repository.registry().equals(name) ? Optional.of(credentials) : Optional.empty();
  }

  /**
   * Credentials that change while the client is in use, such as the tokens of cloud registries.
   *
   * @param registry host, with its port when it has one; the older names of {@code docker.io} mean
   *     it too
   * @param credentials asked once for each repository, and again when the registry or its token
   *     service refuses what it gave; thread-safe. If asking is expensive, it should keep its
   *     answer for as long as that is valid
   * @return a provider for that registry
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when it is not a registry's host
   */
  static CredentialProvider forRegistry(String registry, Supplier<Credentials> credentials) {
    String name = Target.registry(registry).registry();
    return repository ->
        repository.registry().equals(name) ? Optional.of(credentials.get()) : Optional.empty();
  }

  /**
   * Knows no credentials.
   *
   * @return a provider that always answers empty
   */
  static CredentialProvider none() {
    return repository -> Optional.empty();
  }
}
