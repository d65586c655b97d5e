package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.TokenService;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenRegistryTest extends RegistryClientContract {
  private static TokenService tokens;
  private static DockerRegistry registry;

  @BeforeAll
  static void start(@TempDir Path directory) {
    tokens = TokenService.start(directory);
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
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.REFERRERS, Ability.DELETION));
  }

  @Override
  protected Subject open() {
    return new Subject(
        HttpRegistryClient.builder()
            .plainHttp(registry.host())
            .plainHttp(tokens.host())
            .credentials(
                CredentialProvider.forRegistry(
                    registry.host(), Credentials.of(DockerRegistry.USER, DockerRegistry.PASSWORD)))
            .build(),
        registry.host());
  }

  private static HttpRegistryClient client(CredentialProvider credentials) {
    return HttpRegistryClient.builder()
        .plainHttp(registry.host())
        .plainHttp(tokens.host())
        .credentials(credentials)
        .build();
  }

  @Test
  void scopesAreNoWiderThanNeeded() {
    byte[] content = new byte[] {1, 2, 3};
    Descriptor blob =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    Repository first = Repository.parse(registry.host() + "/scopes/first");
    Repository second = Repository.parse(registry.host() + "/scopes/second");
    int before = tokens.requests().size();
    try (RegistryClient client = open().client()) {
      client.writeBlob(first, blob, new ByteArrayInputStream(content));
      client.findBlob(first, blob.digest());
      client.findBlob(first, blob.digest());
      assertThat(client.mountBlob(second, blob.digest(), first)).isTrue();
      client.ping(registry.host());
    }

    List<String> requests = tokens.requests();
    assertThat(requests.subList(before, requests.size()))
        .containsExactly(
            "GET robot [repository:scopes/first:pull,push]",
            "GET robot [repository:scopes/first:pull]",
            "GET robot [repository:scopes/second:pull,push, repository:scopes/first:pull]",
            "GET robot []");
  }

  @Test
  void anonymousUsersMayPullAndNotPush() throws IOException {
    byte[] content = new byte[] {1, 2, 3};
    Descriptor blob =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    Repository repository = Repository.parse(registry.host() + "/anonymous/app");
    try (RegistryClient owner = open().client();
        RegistryClient anonymous = client(CredentialProvider.none())) {
      owner.writeBlob(repository, blob, new ByteArrayInputStream(content));

      anonymous.ping(registry.host());
      try (InputStream in = anonymous.readBlob(repository, blob, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
      RegistryException e =
          catchThrowableOfType(
              RegistryException.class,
              () -> anonymous.writeBlob(repository, blob, new ByteArrayInputStream(content)));
      assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED);
      assertThat(e).hasMessageContaining("No credentials were found");
    }
  }

  @Test
  void identityTokensServe() {
    try (RegistryClient client =
        client(
            CredentialProvider.forRegistry(
                registry.host(), Credentials.of("<token>", DockerRegistry.PASSWORD)))) {
      client.ping(registry.host());
      assertThat(client.tags(Repository.parse(registry.host() + "/identity/app"))).isEmpty();
    }
    assertThat(tokens.requests()).contains("POST robot [repository:identity/app:pull]");
  }
}
