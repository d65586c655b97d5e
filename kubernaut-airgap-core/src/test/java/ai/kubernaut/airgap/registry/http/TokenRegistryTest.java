package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.TokenService;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class TokenRegistryTest extends RegistryClientContract {
  private static TokenService tokens;
  private static DockerRegistry registry;

  @BeforeAll
  static void start(@TempDir Path folder) {
    tokens = TokenService.start(folder);
    registry = DockerRegistry.builder().tokenAuth(tokens).start();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
    if (tokens != null) {
      tokens.close();
    }
  }

  @Override
  protected Subject open() {
    return new Subject(
        HttpRegistryClient.builder()
            .plainHttp(registry.host())
            .credentials(
                CredentialProvider.forRegistry(
                    registry.host(), Credentials.of(DockerRegistry.USER, DockerRegistry.PASSWORD)))
            .build(),
        registry.host());
  }
}
