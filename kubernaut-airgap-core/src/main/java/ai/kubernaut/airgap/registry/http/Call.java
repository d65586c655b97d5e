package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.Repository;
import java.util.List;

/**
 * One thing asked of a registry.
 *
 * @param action what is being done, as a message begins: {@code reading manifest harbor.corp/x:v1}
 * @param endpoint where the requests go
 * @param credentialKey which repository's credentials go with them
 * @param scopes the rights that a token needs, by the distribution project's grammar; empty when
 *     only the user matters
 */
record Call(String action, Endpoint endpoint, Repository credentialKey, List<String> scopes) {
  static Call onRegistry(String action, Endpoint endpoint) {
    return new Call(action, endpoint, endpoint.credentialKey(), List.of());
  }

  static Call pull(String action, Endpoint endpoint, Repository repository) {
    return on(action, endpoint, repository, List.of(scope(endpoint, repository, "pull")));
  }

  static Call push(String action, Endpoint endpoint, Repository repository) {
    return on(action, endpoint, repository, List.of(scope(endpoint, repository, "pull,push")));
  }

  static Call delete(String action, Endpoint endpoint, Repository repository) {
    return on(action, endpoint, repository, List.of(scope(endpoint, repository, "delete,pull")));
  }

  static Call mount(String action, Endpoint endpoint, Repository repository, Repository from) {
    return on(
        action,
        endpoint,
        repository,
        List.of(scope(endpoint, repository, "pull,push"), scope(endpoint, from, "pull")));
  }

  private static Call on(
      String action, Endpoint endpoint, Repository repository, List<String> scopes) {
    return new Call(action, endpoint, endpoint.credentialKey(repository), scopes);
  }

  private static String scope(Endpoint endpoint, Repository repository, String actions) {
    return "repository:" + endpoint.nameOf(repository) + ":" + actions;
  }

  String registry() {
    return endpoint.registry();
  }
}
