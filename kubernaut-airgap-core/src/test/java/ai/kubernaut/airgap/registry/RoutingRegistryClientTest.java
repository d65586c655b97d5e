package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each call goes to the client of the registry that it is about. */
final class RoutingRegistryClientTest extends RegistryClientContract {
  private static final byte[] CONTENT = {1, 2, 3};
  private static final Descriptor BLOB =
      Descriptor.of("application/octet-stream", Digest.sha256(CONTENT), CONTENT.length);

  private final List<String> closed = new ArrayList<>();
  private final MemoryRegistryClient source = MemoryRegistryClient.create();
  private final MemoryRegistryClient mirror = MemoryRegistryClient.create();

  @Override
  protected Subject open() {
    return new Subject(
        RoutingRegistryClient.builder()
            .route("quay.io", MemoryRegistryClient.create())
            .route("harbor.corp:5000", MemoryRegistryClient.create())
            .build(),
        "harbor.corp:5000");
  }

  /** A client that remembers that it was closed, and whose credentials can be exchanged. */
  private final class Named extends ForwardingRegistryClient {
    private final String name;

    Named(String name, RegistryClient client) {
      super(client);
      this.name = name;
    }

    @Override
    public Optional<RegistryClient> withCredentials(CredentialProvider credentials) {
      return Optional.of(new Named(name + "'", MemoryRegistryClient.create()));
    }

    @Override
    public void close() {
      closed.add(name);
      super.close();
    }
  }

  @Test
  void eachRegistryHasItsClient() {
    try (RegistryClient registries =
        RoutingRegistryClient.builder().route("quay.io", source).otherwise(mirror).build()) {
      registries.writeBlob(
          Repository.parse("quay.io/a/app"), BLOB, new ByteArrayInputStream(CONTENT));

      assertThat(source.findBlob(Repository.parse("quay.io/a/app"), BLOB.digest())).hasValue(3);
      assertThat(mirror.findBlob(Repository.parse("quay.io/a/app"), BLOB.digest())).isEmpty();
      assertThat(registries.findBlob(Repository.parse("harbor.corp/a/app"), BLOB.digest()))
          .isEmpty();
    }
  }

  @Test
  void contentGoesFromOneRegistryToTheOther() throws Exception {
    Repository from = Repository.parse("quay.io/a/app");
    Repository to = Repository.parse("harbor.corp/a/app");
    source.writeBlob(from, BLOB, new ByteArrayInputStream(CONTENT));
    try (RegistryClient registries =
        RoutingRegistryClient.builder()
            .route("quay.io", source)
            .route("harbor.corp", mirror)
            .build()) {
      try (InputStream content = registries.readBlob(from, BLOB, 0)) {
        registries.writeBlob(to, BLOB, content);
      }

      assertThat(mirror.findBlob(to, BLOB.digest())).hasValue(3);
      assertThat(registries.mountBlob(Repository.parse("harbor.corp/b"), BLOB.digest(), to))
          .isTrue();
    }
  }

  @Test
  void aBlobIsNotMountedFromAnotherRegistry() {
    try (RegistryClient registries =
        RoutingRegistryClient.builder()
            .route("quay.io", source)
            .route("harbor.corp", mirror)
            .build()) {
      assertThatThrownBy(
              () ->
                  registries.mountBlob(
                      Repository.parse("harbor.corp/a"),
                      BLOB.digest(),
                      Repository.parse("quay.io/a")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another registry");
    }
  }

  @Test
  void theNamesOfDockerHubAreOneRegistry() {
    try (RegistryClient registries =
        RoutingRegistryClient.builder().route("index.docker.io", source).build()) {
      registries.ping("docker.io");
      assertThat(registries.findManifest(ImageRef.parse("postgres:16"))).isEmpty();
    }
  }

  @Test
  void aRegistryWithoutAClientIsNamed() {
    try (RegistryClient registries =
        RoutingRegistryClient.builder()
            .route("quay.io", source)
            .route("harbor.corp", mirror)
            .build()) {
      RegistryException e =
          catchThrowableOfType(
              RegistryException.class,
              () -> registries.findManifest(ImageRef.parse("ghcr.io/acme/app:v1")));

      assertThat(e.reason()).isEqualTo(Reason.NO_CLIENT);
      assertThat(e.reason().retryable()).isFalse();
      assertThat(e.registry()).isEqualTo("ghcr.io");
      assertThat(e)
          .hasMessage(
              "asking ghcr.io failed: no client is configured for it, only for harbor.corp, quay.io; "
                  + "add one with route(\"ghcr.io\", …) or otherwise(…)");
    }
  }

  @Test
  void aClientOfSeveralRegistriesIsClosedOnce() {
    RegistryClient shared = new Named("shared", source);
    RegistryClient registries =
        RoutingRegistryClient.builder()
            .route("quay.io", shared)
            .route("ghcr.io", shared)
            .otherwise(new Named("other", mirror))
            .build();

    registries.close();

    assertThat(closed).containsExactlyInAnyOrder("shared", "other");
    assertThatThrownBy(() -> registries.ping("unknown.corp"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void otherCredentialsNeedTheSupportOfAllClients() {
    RegistryClient named = new Named("named", source);
    try (RegistryClient all =
        RoutingRegistryClient.builder().route("quay.io", named).otherwise(named).build()) {
      RegistryClient other = all.withCredentials(CredentialProvider.none()).orElseThrow();
      other.close();
      assertThat(closed).containsExactly("named'");

      RegistryClient some =
          RoutingRegistryClient.builder().route("quay.io", named).otherwise(mirror).build();
      assertThat(some.withCredentials(CredentialProvider.none())).isEmpty();
      assertThat(closed).containsExactly("named'", "named'");
    }
  }

  @Test
  void routesAreHostsAndHaveOneClient() {
    RoutingRegistryClient.Builder builder =
        RoutingRegistryClient.builder().route("quay.io", source);

    assertThatThrownBy(() -> builder.route("Quay.io", mirror))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has a client already");
    assertThatThrownBy(() -> builder.route("harbor.corp/team", mirror))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without a path");
    assertThatThrownBy(() -> RoutingRegistryClient.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("route(…)");
  }
}
