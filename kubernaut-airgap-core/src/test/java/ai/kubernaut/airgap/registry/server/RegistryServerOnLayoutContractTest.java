package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP client with a registry server that serves an image layout. */
final class RegistryServerOnLayoutContractTest extends RegistryClientContract {
  @TempDir private static Path directory;
  private static LayoutRegistryClient content;
  private static RegistryServer server;

  @BeforeAll
  static void start() {
    content = LayoutRegistryClient.at(directory.resolve("layout"));
    server = RegistryServer.builder(content, "harbor.corp").start();
  }

  @AfterAll
  static void stop() {
    server.close();
    content.close();
  }

  @Override
  protected boolean repositoriesShareBlobs() {
    return true;
  }

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.DELETION));
  }

  @Override
  protected Subject open() {
    return new Subject(
        HttpRegistryClient.builder()
            .plainHttp(server.host())
            .credentials(CredentialProvider.none())
            .build(),
        server.host());
  }
}
