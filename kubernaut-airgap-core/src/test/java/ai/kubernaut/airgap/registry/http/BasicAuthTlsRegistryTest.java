package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.REFERRERS, Ability.DELETION));
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

  private static RegistryException failedPing(HttpRegistryClient.Builder builder) {
    try (HttpRegistryClient client = builder.build()) {
      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.ping(registry.host()));
      assertThat(e).isNotNull();
      return e;
    }
  }

  @Test
  void wrongCredentialsAndNoneAreTold() {
    HttpRegistryClient.Builder builder =
        HttpRegistryClient.builder().caFile(registry.host(), registry.authority());

    RegistryException none = failedPing(builder.credentials(CredentialProvider.none()));
    assertThat(none.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(none).hasMessageContaining("No credentials were found");
    RegistryException wrong =
        failedPing(
            builder.credentials(
                CredentialProvider.forRegistry(
                    registry.host(), Credentials.of(DockerRegistry.USER, "wr0ng"))));
    assertThat(wrong.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(wrong).hasMessageContaining(DockerRegistry.USER).message().doesNotContain("wr0ng");
  }

  @Test
  void aRegistryWithTlsIsNotAskedByPlainHttp() {
    RegistryException e =
        failedPing(
            HttpRegistryClient.builder()
                .plainHttp(registry.host())
                .credentials(CredentialProvider.none()));
    assertThat(e.reason()).isEqualTo(Reason.REFUSED);
    assertThat(e).hasMessageContaining("leave out plainHttp(\"" + registry.host() + "\")");
  }
}
