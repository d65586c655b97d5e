package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.registry.RegistryClientContract;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

final class LayoutRegistryClientTest extends RegistryClientContract {
  @TempDir private Path directory;

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.DELETION));
  }

  @Override
  protected Subject open() {
    return new Subject(LayoutRegistryClient.at(directory), "harbor.corp:5000");
  }

  @Override
  protected boolean repositoriesShareBlobs() {
    return true;
  }
}
