package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.List;
import java.util.Optional;

/** Registries without the referrers API, as the specification lets them be. */
final class WithoutReferrers extends DelegatingClient {
  WithoutReferrers(RegistryClient client) {
    super(client);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return Optional.empty();
  }
}
