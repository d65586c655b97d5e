package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** Where a bundle is on disk: an image layout, or the parts of an archive. */
final class BundleStore implements AutoCloseable {
  private final RegistryClient client;

  private BundleStore(RegistryClient client) {
    this.client = client;
  }

  static BundleStore create(Path directory, Optional<Long> partSize) {
    return open(
        () ->
            partSize
                .<RegistryClient>map(size -> ArchiveRegistryClient.create(directory, size))
                .orElseGet(() -> LayoutRegistryClient.at(directory, Bundle.repository())));
  }

  /** Opens a bundle whose content is going to be used. */
  static BundleStore open(Path path) {
    return open(
        () ->
            ArchiveRegistryClient.isArchive(path)
                ? ArchiveRegistryClient.open(path)
                : LayoutRegistryClient.open(path, Bundle.repository()));
  }

  /** Opens a bundle of which only the lists are read. */
  static BundleStore openUnchecked(Path path) {
    return open(
        () ->
            ArchiveRegistryClient.isArchive(path)
                ? ArchiveRegistryClient.openUnchecked(path)
                : LayoutRegistryClient.open(path, Bundle.repository()));
  }

  /** A failure here is that of a file, not of a registry. */
  private static BundleStore open(Supplier<RegistryClient> store) {
    try {
      return new BundleStore(store.get());
    } catch (RegistryException e) {
      throw new AirgapException(e.getMessage(), e);
    }
  }

  RegistryClient client() {
    return client;
  }

  Bundle bundle() {
    return Bundle.open(client);
  }

  /** Completes a bundle that was created. */
  void finish() {
    if (client instanceof ArchiveRegistryClient archive) {
      archive.finish();
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
