package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The HTTP client with a registry server that serves content in memory and has a password. */
final class RegistryServerContractTest extends RegistryClientContract {
  private static final Credentials USER = Credentials.of("robot", "s3cret:with/colon");

  private static MemoryRegistryClient content;
  private static RegistryServer server;

  @BeforeAll
  static void start() {
    content = MemoryRegistryClient.create();
    server = RegistryServer.builder(content, "harbor.corp:5000").credentials(USER).start();
  }

  @AfterAll
  static void stop() {
    server.close();
    content.close();
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
            .credentials(CredentialProvider.forRegistry(server.host(), USER))
            .build(),
        server.host());
  }
}
