package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.OptionalLong;

/** Registries that have lost one blob. */
final class Forgetful extends DelegatingClient {
  private final String lost;

  Forgetful(RegistryClient client, String lost) {
    super(client);
    this.lost = lost;
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return digest.toString().equals(lost)
        ? OptionalLong.empty()
        : super.findBlob(repository, digest);
  }
}
