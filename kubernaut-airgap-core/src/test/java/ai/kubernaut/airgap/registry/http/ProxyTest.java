package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Registries that are reached only through a proxy, because no one else knows their names. */
@Timeout(60)
final class ProxyTest {
  private static final String REGISTRY = "registry.test.invalid";

  @TempDir static Path directory;
  private static TestCertificates certificates;
  private static ScriptedServer secure;
  private static ScriptedServer plain;
  private TestProxy proxy;

  @BeforeAll
  static void startServers() {
    certificates =
        TestCertificates.create(directory.resolve("tls"), "dns:" + REGISTRY + ",ip:127.0.0.1");
    secure = ScriptedServer.startTls(certificates).on("GET /v2/", ScriptedServer.body(200, "{}"));
    plain = ScriptedServer.start().on("GET /v2/", ScriptedServer.body(200, "{}"));
  }

  @AfterAll
  static void stopServers() {
    secure.close();
    plain.close();
  }

  @BeforeEach
  void startProxy() {
    proxy =
        new TestProxy()
            .route(REGISTRY + ":443", secure.host())
            .route(REGISTRY + ":5000", plain.host());
  }

  @AfterEach
  void stopProxy() {
    proxy.close();
  }

  private static HttpRegistryClient.Builder builder() {
    return HttpRegistryClient.builder()
        .credentials(CredentialProvider.none())
        .connectTimeout(Duration.ofSeconds(5))
        .caFile(certificates.authority());
  }

  private static void ping(HttpRegistryClient.Builder builder, String registry) {
    try (HttpRegistryClient client = builder.build()) {
      client.ping(registry);
    }
  }

  private static RegistryException failure(HttpRegistryClient.Builder builder, String registry) {
    RegistryException e =
        catchThrowableOfType(RegistryException.class, () -> ping(builder, registry));
    assertThat(e).isNotNull();
    return e;
  }

  @Test
  void httpsGoesThroughATunnel() {
    ping(builder().proxy("http://" + proxy.host()), REGISTRY);

    assertThat(proxy.requests()).containsExactly("CONNECT " + REGISTRY + ":443 HTTP/1.1");
    assertThat(proxy.heads().get(0)).contains("User-Agent: kubernaut-airgap/");
  }

  @Test
  void plainHttpIsForwarded() {
    String registry = REGISTRY + ":5000";

    ping(builder().plainHttp(registry).proxy(proxy.host()), registry);

    assertThat(proxy.requests()).containsExactly("GET http://" + registry + "/v2/ HTTP/1.1");
  }

  @Test
  void theProxyAloneReceivesItsCredentials() {
    proxy.wants("robot$ci", "p@ss:w/rd%");
    String address = "http://robot%24ci:p%40ss%3Aw%2Frd%25@" + proxy.host();

    ping(builder().proxy(address), REGISTRY);
    ping(builder().proxy(address).plainHttp(REGISTRY + ":5000"), REGISTRY + ":5000");
    ping(
        builder().proxy(proxy.host()).proxyCredentials(Credentials.of("robot$ci", "p@ss:w/rd%")),
        REGISTRY);

    assertThat(proxy.heads())
        .hasSize(3)
        .allMatch(head -> head.contains("Proxy-Authorization: Basic "));
    assertThat(secure.asked()).allMatch(asked -> asked.header("Proxy-Authorization") == null);
  }

  @Test
  void aProxyThatAsksForCredentialsIsNamed() {
    proxy.wants("robot", "secret");

    RegistryException e = failure(builder().proxy(proxy.host()), REGISTRY);

    assertThat(e.reason()).isEqualTo(Reason.PROXY);
    assertThat(e.status()).hasValue(407);
    assertThat(e.registry()).isEqualTo(REGISTRY);
    assertThat(e)
        .hasMessageContaining("the proxy " + proxy.host() + ", which asks for credentials (407)")
        .hasMessageContaining("http://USER:PASSWORD@" + proxy.host())
        .hasMessageContaining("proxyCredentials");
    assertThat(ImageProblems.of(ImageRef.parse(REGISTRY + "/app:v1"), e).code())
        .isEqualTo(ProblemCode.PROXY_REFUSED);
  }

  @Test
  void aProxyForPlainHttpThatAsksForCredentialsIsNamed() {
    proxy.wants("robot", "secret");
    String registry = REGISTRY + ":5000";

    RegistryException e = failure(builder().plainHttp(registry).proxy(proxy.host()), registry);

    assertThat(e.reason()).isEqualTo(Reason.PROXY);
    assertThat(e)
        .hasMessageContaining("the proxy " + proxy.host() + ", which asks for credentials");
  }

  @Test
  void wrongCredentialsOfAProxyAreTold() {
    proxy.wants("robot", "secret");

    RegistryException e = failure(builder().proxy("http://robot:s3cr3t@" + proxy.host()), REGISTRY);

    assertThat(e.reason()).isEqualTo(Reason.PROXY);
    assertThat(e)
        .hasMessageContaining("did not accept the credentials of user 'robot' (407)")
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void aProxyWithoutBasicIsTold() {
    proxy.refuse("407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM");

    RegistryException e = failure(builder().proxy("http://robot:pw@" + proxy.host()), REGISTRY);

    assertThat(e)
        .hasMessageContaining("negotiate, ntlm (407), and this client supports Basic only");
  }

  @Test
  void aProxyThatForbidsARegistryIsNamed() {
    proxy.refuse("403 Forbidden");

    RegistryException e = failure(builder().proxy(proxy.host()), REGISTRY);

    assertThat(e.reason()).isEqualTo(Reason.PROXY);
    assertThat(e)
        .hasMessageContaining(
            "the proxy "
                + proxy.host()
                + " refused to connect to "
                + REGISTRY
                + " (it answered 403)");
  }

  @Test
  void aChallengeOfAProxyIsNotTheOneOfTheRegistry() {
    proxy.refuse("401 Unauthorized\r\nWWW-Authenticate: Basic realm=phishing");

    RegistryException e =
        failure(
            builder()
                .proxy(proxy.host())
                .credentials(
                    CredentialProvider.forRegistry(REGISTRY, Credentials.of("alice", "pw"))),
            REGISTRY);

    assertThat(e.reason()).isEqualTo(Reason.PROXY);
    assertThat(proxy.heads()).noneMatch(head -> head.contains("Authorization"));
  }

  @Test
  void aRegistryThatTheProxyCannotReachMayBeReachedLater() {
    RegistryException e = failure(builder().proxy(proxy.host()), "other.test.invalid");

    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e.status()).isEmpty();
    assertThat(e)
        .hasMessageContaining(
            "the proxy "
                + proxy.host()
                + " could not connect to other.test.invalid (it answered 502)");
  }

  @Test
  void aProxyThatIsNotThereIsNamedAndNotTheRegistry() throws IOException {
    String closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = "127.0.0.1:" + socket.getLocalPort();
    }

    RegistryException e = failure(builder().proxy(closed), REGISTRY);

    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e)
        .hasMessageContaining(
            REGISTRY
                + " is reached through a proxy: the proxy "
                + closed
                + " refused the connection");
  }

  @Test
  void aProxyWhoseNameIsUnknownIsNamed() {
    RegistryException e = failure(builder().proxy("proxy.test.invalid:3128"), REGISTRY);

    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e)
        .hasMessageContaining("the host name of the proxy proxy.test.invalid:3128 is unknown here");
  }

  @Test
  void certificatesBehindAProxyAreVerified() {
    RegistryException e =
        failure(
            HttpRegistryClient.builder().credentials(CredentialProvider.none()).proxy(proxy.host()),
            REGISTRY);

    assertThat(e.reason()).isEqualTo(Reason.TLS);
    assertThat(e).hasMessageContaining(REGISTRY + " (through the proxy " + proxy.host() + ")");
  }

  @Test
  void aProxyMayItselfUseTls() throws Exception {
    try (TlsFront front = TlsFront.start(certificates, proxy.host())) {
      proxy.wants("robot", "secret");

      ping(builder().proxy("https://robot:secret@" + front.host()), REGISTRY);

      assertThat(proxy.requests()).containsExactly("CONNECT " + REGISTRY + ":443 HTTP/1.1");
    }
  }

  @Test
  void theEnvironmentNamesProxiesByScheme() {
    Map<String, String> https = Map.of("HTTPS_PROXY", "http://" + proxy.host());
    ping(builder().proxyFromEnvironment(https), REGISTRY);
    ping(
        builder()
            .plainHttp(REGISTRY + ":5000")
            .proxyFromEnvironment(Map.of("http_proxy", proxy.host())),
        REGISTRY + ":5000");

    assertThat(proxy.requests()).hasSize(2);
    RegistryException direct =
        failure(
            builder().plainHttp(REGISTRY + ":5000").proxyFromEnvironment(https),
            REGISTRY + ":5000");
    assertThat(direct).hasMessageContaining("the host name of " + REGISTRY + ":5000 is unknown");
  }

  @Test
  void exceptionsAreReachedDirectly() {
    Map<String, String> environment =
        Map.of("HTTPS_PROXY", proxy.host(), "NO_PROXY", "10.0.0.0/8,.test.invalid");

    assertThat(failure(builder().proxyFromEnvironment(environment), REGISTRY))
        .hasMessageContaining("the host name of " + REGISTRY + " is unknown");
    assertThat(failure(builder().proxy(proxy.host(), "a.corp", REGISTRY), REGISTRY))
        .hasMessageContaining("the host name of " + REGISTRY + " is unknown");
    ping(builder().proxy(proxy.host()), secure.host());
    assertThat(proxy.requests()).isEmpty();
  }

  @Test
  void anEnvironmentWithoutProxiesChangesNothing() {
    ping(
        builder().proxy(proxy.host()).proxyFromEnvironment(Map.of("NO_PROXY", "*", "HOME", "/")),
        REGISTRY);

    assertThat(proxy.requests()).hasSize(1);
  }

  @Test
  void theHeaderOfACgiRequestIsNoProxy() {
    RegistryException e =
        failure(
            builder()
                .plainHttp(REGISTRY + ":5000")
                .proxyFromEnvironment(
                    Map.of("REQUEST_METHOD", "GET", "HTTP_PROXY", "http://" + proxy.host())),
            REGISTRY + ":5000");

    assertThat(e).hasMessageContaining("is unknown here");
    assertThat(proxy.requests()).isEmpty();
  }

  @Test
  void anAddressHasToBeThatOfAnHttpProxy() {
    assertThatThrownBy(
            () ->
                builder()
                    .proxyFromEnvironment(Map.of("HTTPS_PROXY", "socks5://u:s3cr3t@proxy.corp:1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HTTPS_PROXY is 'socks5://proxy.corp:1', which is no HTTP proxy")
        .message()
        .doesNotContain("s3cr3t");
    for (String wrong : new String[] {"http://", "a b", "http://u:s3cr3t@proxy.corp:99999"}) {
      assertThatThrownBy(() -> builder().proxy(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("http://[USER:PASSWORD@]HOST[:PORT]")
          .message()
          .doesNotContain("s3cr3t");
    }
    assertThatThrownBy(() -> builder().proxy("http://u:s3cr3t%@proxy.corp"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("***@proxy.corp")
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void aPortAndASchemeMayBeMissing() {
    assertThat(ProxyServer.parse("proxy", "proxy.corp").address()).isEqualTo("proxy.corp:80");
    assertThat(ProxyServer.parse("proxy", "https://Proxy.corp/").address())
        .isEqualTo("proxy.corp:443");
    assertThat(ProxyServer.parse("proxy", "http://a:b@c@[::1]:3128/path").credentials())
        .hasValueSatisfying(found -> assertThat(found.password().reveal()).isEqualTo("b@c"));
    assertThat(ProxyServer.parse("proxy", "http://a:b@proxy.corp").toString()).doesNotContain("b@");
  }
}
