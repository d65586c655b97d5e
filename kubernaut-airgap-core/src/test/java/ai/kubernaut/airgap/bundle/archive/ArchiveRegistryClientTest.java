package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.registry.RegistryClientContract;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveRegistryClientTest extends RegistryClientContract {
  @TempDir private Path directory;

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.UPLOADS, Ability.DELETION));
  }

  @Override
  protected Subject open() {
    return new Subject(ArchiveRegistryClient.create(directory, 10_000), "harbor.corp:5000");
  }

  @Override
  protected boolean repositoriesShareBlobs() {
    return true;
  }
}
