package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.RegistryClient;

/** Registries that mount nothing, as the specification lets them. */
final class WithoutMounts extends DelegatingClient {
  WithoutMounts(RegistryClient client) {
    super(client);
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return false;
  }
}
