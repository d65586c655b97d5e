package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class BasicAuthTlsRegistryTest extends RegistryClientContract {
  private static DockerRegistry registry;

  @BeforeAll
  static void start() {
    registry = DockerRegistry.builder().basicAuth().tls().start();
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
            .caFile(registry.host(), registry.authority())
            .credentials(
                CredentialProvider.forRegistry(
                    registry.host(), Credentials.of(DockerRegistry.USER, DockerRegistry.PASSWORD)))
            .build(),
        registry.host());
  }
}
