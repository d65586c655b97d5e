package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import org.junit.jupiter.api.BeforeAll;

/** The HTTP adapter on the distribution registry of version 3. */
final class LabRegistryContractTest extends RegistryClientContract {
  private static LabRegistry registry;

  @BeforeAll
  static void start() {
    // helm-java cannot stop it; it ends with this process.
    registry = LabRegistry.start(Credentials.of("contract", "lab-contract-password"));
  }

  @Override
  protected Subject open() {
    return new Subject(
        HttpRegistryClient.builder()
            .plainHttp(registry.host())
            .credentials(CredentialProvider.forRegistry(registry.host(), registry.credentials()))
            .build(),
        registry.host());
  }
}
