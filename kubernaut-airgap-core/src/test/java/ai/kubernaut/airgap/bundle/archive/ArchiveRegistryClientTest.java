package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.registry.RegistryClientContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveRegistryClientTest extends RegistryClientContract {
  @TempDir private Path directory;

  @Override
  protected Subject open() {
    return new Subject(ArchiveRegistryClient.create(directory, 10_000), "harbor.corp:5000");
  }

  @Override
  protected boolean repositoriesShareBlobs() {
    return true;
  }
}
