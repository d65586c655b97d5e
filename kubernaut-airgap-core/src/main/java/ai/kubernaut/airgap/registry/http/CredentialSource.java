package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.Repository;

/** Says in messages where credentials are looked for, and how to add some. */
@FunctionalInterface
interface CredentialSource {
  /** A clause that says what to do when there are none for a repository. */
  String advice(Repository repository);
}
