package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options for a host count under each name that the host has, and where the requests really go. */
@Timeout(60)
final class HostOptionsTest {
  @TempDir static Path directory;
  private static TestCertificates certificates;
  private static ScriptedServer secure;
  private static ScriptedServer plain;

  @BeforeAll
  static void start() {
    certificates =
        TestCertificates.create(
            directory.resolve("tls"), "dns:registry-1.docker.io,dns:proxy.corp,dns:quay.io");
    secure = ScriptedServer.startTls(certificates).on("GET /v2/", ScriptedServer.body(200, "{}"));
    plain = ScriptedServer.start().on("GET /v2/", ScriptedServer.body(200, "{}"));
  }

  @AfterAll
  static void stop() {
    secure.close();
    plain.close();
  }

  /** Sends every connection to one server, whatever the host. */
  private static final class Everywhere extends SystemDefaultDnsResolver {
    private final ScriptedServer server;

    Everywhere(ScriptedServer server) {
      this.server = server;
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
      String[] address = server.host().split(":", 2);
      return List.of(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
    }
  }

  private static HttpRegistryClient.Builder builder(ScriptedServer server) {
    return HttpRegistryClient.builder()
        .credentials(CredentialProvider.none())
        .connectTimeout(Duration.ofSeconds(5))
        .resolver(new Everywhere(server));
  }

  private static RegistryException failure(HttpRegistryClient.Builder builder, String registry) {
    try (HttpRegistryClient client = builder.build()) {
      return catchThrowableOfType(RegistryException.class, () -> client.ping(registry));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker.io",
        "index.docker.io",
        "registry-1.docker.io",
        "DOCKER.IO",
        "registry-1.docker.io:443"
      })
  void anAuthorityForDockerHubIsTrustedWhereDockerHubIsAsked(String host) {
    assertThat(failure(builder(secure).caFile(host, certificates.authority()), "docker.io"))
        .isNull();
  }

  @Test
  void theMessageNamesACallThatHelps() {
    RegistryException e = failure(builder(secure), "docker.io");

    assertThat(e.reason()).isEqualTo(Reason.TLS);
    assertThat(e).hasMessageContaining("caFile(\"registry-1.docker.io\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"quay.io", "proxy.corp:8443", "proxy.corp"})
  void anAuthorityForARegistryIsTrustedAtItsEndpoint(String host) {
    assertThat(
            failure(
                builder(secure)
                    .caFile(host, certificates.authority())
                    .endpoint("quay.io", "proxy.corp:8443/quay"),
                "quay.io"))
        .isNull();
  }

  @Test
  void anAuthorityIsNotTrustedForAnotherHost() {
    for (String host : List.of("auth.docker.io", "docker.io:8443", "evil-docker.io")) {
      assertThat(
              failure(builder(secure).caFile(host, certificates.authority()), "docker.io").reason())
          .isEqualTo(Reason.TLS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker.io", "registry-1.docker.io", "registry-1.docker.io:80"})
  void plainHttpCountsForDockerHub(String host) {
    assertThat(failure(builder(plain).plainHttp(host), "docker.io")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"quay.io", "proxy.corp:5000"})
  void plainHttpForARegistryCountsAtItsEndpoint(String host) {
    assertThat(
            failure(
                builder(plain).plainHttp(host).endpoint("quay.io", "proxy.corp:5000"), "quay.io"))
        .isNull();
  }

  @Test
  void plainHttpForAnEndpointIsNotForOthers() {
    try (ScriptedServer other = ScriptedServer.start()) {
      RegistryException e =
          failure(
              builder(other)
                  .plainHttp("quay.io")
                  .endpoint("quay.io", "proxy.corp:5000")
                  .connectTimeout(Duration.ofMillis(300)),
              "proxy.corp:5001");

      assertThat(e).isNotNull();
      assertThat(other.asked()).isEmpty();
    }
  }

  @Test
  void aPortThatIsTheSchemesOwnMakesNoDifference() {
    assertThat(failure(builder(plain).plainHttp("harbor.corp:80"), "harbor.corp")).isNull();
    assertThat(failure(builder(plain).plainHttp("harbor.corp"), "harbor.corp:80")).isNull();
  }

  @Test
  void anEndpointForDockerHubCountsUnderEachOfItsNames() {
    for (String name : List.of("docker.io", "index.docker.io", "registry-1.docker.io")) {
      assertThat(
              failure(
                  builder(plain).plainHttp("proxy.corp:5000").endpoint(name, "proxy.corp:5000"),
                  "docker.io"))
          .isNull();
    }
  }

  @Test
  void credentialsForDockerHubCountUnderEachOfItsNames() {
    Repository repository = Repository.parse("docker.io/library/postgres");
    Credentials alice = Credentials.of("alice", "pw");
    for (String name :
        List.of("docker.io", "index.docker.io", "registry-1.docker.io", "Docker.IO")) {
      assertThat(CredentialProvider.forRegistry(name, alice).credentialsFor(repository))
          .as(name)
          .hasValue(alice);
    }
    assertThat(CredentialProvider.forRegistry("harbor.corp", alice).credentialsFor(repository))
        .isEmpty();
  }
}
