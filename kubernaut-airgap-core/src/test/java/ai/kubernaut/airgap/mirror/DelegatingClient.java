package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.Optional;

/**
 * Another client as it is, but without uploads that can be continued; for tests that change one
 * method.
 */
public class DelegatingClient extends ForwardingRegistryClient {
  /** Wraps a client. */
  public DelegatingClient(RegistryClient client) {
    super(client);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return Optional.empty();
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return Optional.empty();
  }
}
