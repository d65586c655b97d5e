package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import java.nio.file.Path;

/** Where a bundle is on disk. */
final class BundleStore implements AutoCloseable {
  private final RegistryClient client;

  private BundleStore(RegistryClient client) {
    this.client = client;
  }

  static BundleStore create(Path directory) {
    return new BundleStore(LayoutRegistryClient.at(directory, Bundle.repository()));
  }

  static BundleStore open(Path path) {
    return new BundleStore(LayoutRegistryClient.open(path, Bundle.repository()));
  }

  RegistryClient client() {
    return client;
  }

  Bundle bundle() {
    return Bundle.open(client);
  }

  @Override
  public void close() {
    client.close();
  }
}
