package ai.kubernaut.airgap.registry.http;

import static ai.kubernaut.airgap.registry.http.ScriptedServer.body;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.common.LibraryVersion;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Headers of the application, and credentials that expire during a run. */
@Timeout(60)
final class RequestHeadersTest {
  private static final byte[] CONTENT = {1, 2, 3};
  private static final Descriptor BLOB =
      Descriptor.of("application/octet-stream", Digest.sha256(CONTENT), CONTENT.length);

  private static HttpRegistryClient.Builder builder(ScriptedServer... servers) {
    HttpRegistryClient.Builder builder =
        HttpRegistryClient.builder().credentials(CredentialProvider.none());
    for (ScriptedServer server : servers) {
      builder.plainHttp(server.host());
    }
    return builder;
  }

  private static String basic(Credentials credentials) {
    String pair = credentials.username() + ":" + credentials.password().reveal();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aHeaderGoesToItsHostOnly() throws Exception {
    try (ScriptedServer registry = ScriptedServer.start();
        ScriptedServer storage = ScriptedServer.start();
        HttpRegistryClient client =
            builder(registry, storage)
                .header(registry.host(), "X-Access-Client", "overwritten")
                .header(registry.host(), "X-Access-Client", "airgap-7")
                .header("other.corp", "X-Access-Client", "no one")
                .build()) {
      Repository repository = Repository.parse(registry.host() + "/app");
      registry.on(
          "GET /v2/app/blobs/" + BLOB.digest(),
          status(307, "Location", "http://" + storage.host() + "/blob"));
      storage.on("GET /blob", body(200, CONTENT));

      try (InputStream in = client.readBlob(repository, BLOB, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(CONTENT);
      }

      assertThat(registry.asked().get(0).header("X-Access-Client")).isEqualTo("airgap-7");
      assertThat(storage.asked().get(0).header("X-Access-Client")).isNull();
    }
  }

  @Test
  void aHeaderForARegistryGoesToItsEndpoint() {
    try (ScriptedServer mirror = ScriptedServer.start();
        HttpRegistryClient client =
            builder(mirror)
                .endpoint("quay.io", mirror.host())
                .header("quay.io", "X-Tenant", "a")
                .build()) {
      mirror.on("GET /v2/", body(200, "{}"));

      client.ping("quay.io");

      assertThat(mirror.asked().get(0).header("X-Tenant")).isEqualTo("a");
    }
  }

  @Test
  void headersOfTheClientCannotBeSet() {
    for (String name : new String[] {"Authorization", "HOST", "User-Agent", "a b", "", "a\r\nb"}) {
      assertThatThrownBy(() -> builder().header("harbor.corp", name, "x"))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> builder().header("harbor.corp", "X-Key", "s3cr3t\r\nHost: other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("X-Key")
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void applicationAndVersionAreInTheUserAgent() {
    try (ScriptedServer registry = ScriptedServer.start();
        HttpRegistryClient client = builder(registry).userAgent("console/4.2").build()) {
      registry.on("GET /v2/", body(200, "{}"));

      client.ping(registry.host());

      assertThat(registry.asked().get(0).header("User-Agent"))
          .isEqualTo("console/4.2 kubernaut-airgap/" + LibraryVersion.get());
      assertThat(LibraryVersion.get()).matches("[0-9]+\\.[0-9]+.*");
    }
    assertThatThrownBy(() -> builder().userAgent("my console/4"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Passwords that count up, one for each time that they are asked for. */
  private static CredentialProvider numbered(ScriptedServer registry, AtomicInteger asked) {
    return CredentialProvider.forRegistry(
        registry.host(), () -> Credentials.of("AWS", "token-" + asked.incrementAndGet()));
  }

  @Test
  void anExpiredPasswordIsAskedForAgain() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger valid = new AtomicInteger(1);
    try (ScriptedServer registry = ScriptedServer.start();
        HttpRegistryClient client =
            builder(registry).credentials(numbered(registry, asked)).build()) {
      registry.on(
          "GET /v2/app/tags/list",
          exchange -> {
            String sent = exchange.getRequestHeaders().getFirst("Authorization");
            (basic(Credentials.of("AWS", "token-" + valid)).equals(sent)
                    ? body(200, "{\"tags\":[]}")
                    : status(401, "WWW-Authenticate", "Basic realm=ecr"))
                .answer(exchange);
          });
      Repository repository = Repository.parse(registry.host() + "/app");

      client.tags(repository);
      client.tags(repository);
      assertThat(asked).hasValue(1);
      valid.set(2);
      client.tags(repository);

      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void aPasswordThatTheTokenServiceNoLongerAcceptsIsAskedForAgain() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger valid = new AtomicInteger(1);
    try (ScriptedServer registry = ScriptedServer.start();
        HttpRegistryClient client =
            builder(registry).credentials(numbered(registry, asked)).build()) {
      registry
          .on(
              "GET /token",
              exchange -> {
                String sent = exchange.getRequestHeaders().getFirst("Authorization");
                (basic(Credentials.of("AWS", "token-" + valid)).equals(sent)
                        ? body(200, "{\"token\":\"t" + valid + "\"}")
                        : status(401))
                    .answer(exchange);
              })
          .on(
              "GET /v2/app/tags/list",
              exchange ->
                  (("Bearer t" + valid)
                              .equals(exchange.getRequestHeaders().getFirst("Authorization"))
                          ? body(200, "{\"tags\":[]}")
                          : status(
                              401,
                              "WWW-Authenticate",
                              "Bearer realm=\"http://" + registry.host() + "/token\""))
                      .answer(exchange));
      Repository repository = Repository.parse(registry.host() + "/app");
      client.tags(repository);
      valid.set(2);

      client.tags(repository);

      assertThat(asked).hasValue(2);
      valid.set(100);
      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.tags(repository));
      assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED);
      assertThat(asked.get()).isLessThanOrEqualTo(5);
    }
  }
}
