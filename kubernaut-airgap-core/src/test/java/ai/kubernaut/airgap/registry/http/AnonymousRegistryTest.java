package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class AnonymousRegistryTest extends RegistryClientContract {
  private static DockerRegistry registry;

  @BeforeAll
  static void start() {
    registry = DockerRegistry.start();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  @Override
  protected Subject open() {
    return new Subject(
        HttpRegistryClient.builder()
            .plainHttp(registry.host())
            .credentials(CredentialProvider.none())
            .build(),
        registry.host());
  }
}
