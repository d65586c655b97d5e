package ai.kubernaut.airgap.registry.http;

import static ai.kubernaut.airgap.registry.http.ScriptedServer.body;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry chooses the address of its token service, but not any address. */
@Timeout(60)
final class TokenRealmTest {
  private static final Credentials ALICE = Credentials.of("alice", "pw");
  private static final InetAddress INTERNAL = address("127.0.0.2");

  private final ScriptedServer registry = ScriptedServer.start();
  private final ScriptedServer tokens =
      ScriptedServer.start("127.0.0.2").on("GET /token", body(200, "{\"token\":\"stolen\"}"));

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @AfterEach
  void stop() {
    registry.close();
    tokens.close();
  }

  private void realm(String realm) {
    registry.on(
        "GET /v2/team/app/tags/list",
        exchange -> {
          if ("Bearer stolen".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            body(200, "{\"tags\":[\"v1\"]}").answer(exchange);
          } else {
            status(401, "WWW-Authenticate", "Bearer realm=\"" + realm + "\"").answer(exchange);
          }
        });
  }

  private HttpRegistryClient.Builder anonymous() {
    return HttpRegistryClient.builder()
        .plainHttp(registry.host())
        .credentials(CredentialProvider.none());
  }

  private List<String> tags(HttpRegistryClient.Builder builder) {
    try (HttpRegistryClient client = builder.build()) {
      return client.tags(Repository.parse(registry.host() + "/team/app"));
    }
  }

  private RegistryException refused(HttpRegistryClient.Builder builder) {
    RegistryException e = catchThrowableOfType(RegistryException.class, () -> tags(builder));
    assertThat(e).isNotNull();
    assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
    assertThat(tokens.asked()).isEmpty();
    assertThat(registry.asked()).noneMatch(asked -> asked.header("Authorization") != null);
    return e;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void plainHttpForTheRegistryIsNotForItsTokenService(boolean withCredentials) {
    realm("http://" + tokens.host() + "/token");

    RegistryException e =
        refused(
            anonymous()
                .credentials(
                    withCredentials
                        ? CredentialProvider.forRegistry(registry.host(), ALICE)
                        : CredentialProvider.none()));

    assertThat(e).hasMessageContaining("plainHttp(\"" + tokens.host() + "\")");
    assertThat(e).hasMessageNotContaining("pw");
  }

  @Test
  void plainHttpMayBeAllowedForBoth() {
    realm("http://" + tokens.host() + "/token");

    assertThat(tags(anonymous().plainHttp(tokens.host()))).containsExactly("v1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/token", "jar:http://a.io!/x"})
  void otherSchemesAreRefused(String realm) {
    realm(realm);

    refused(anonymous());
  }

  private HttpRegistryClient.Builder publicRegistry() {
    return anonymous().plainHttp(tokens.host()).internalAddresses(INTERNAL::equals);
  }

  @Test
  void aRegistryAtAPublicAddressDoesNotSendUsToAnInternalOne() {
    realm("http://" + tokens.host() + "/token");

    assertThat(refused(publicRegistry()))
        .hasMessageContaining(tokens.host())
        .hasMessageContaining("internal address")
        .hasMessageContaining("allowInternalTokenService(");
  }

  @Test
  void theAddressCountsAndNotTheName() {
    String port = tokens.host().substring(tokens.host().indexOf(':'));
    realm("http://tokens.example" + port + "/token");

    assertThat(
            refused(
                publicRegistry()
                    .plainHttp("tokens.example" + port)
                    .resolver(
                        new SystemDefaultDnsResolver() {
                          @Override
                          public List<InetSocketAddress> resolve(String host, int to)
                              throws UnknownHostException {
                            return host.equals("tokens.example")
                                ? List.of(new InetSocketAddress(INTERNAL, to))
                                : super.resolve(host, to);
                          }
                        })))
        .hasMessageContaining("tokens.example" + port);
  }

  @Test
  void theApplicationMayAllowAnInternalTokenService() {
    realm("http://" + tokens.host() + "/token");

    assertThat(tags(publicRegistry().allowInternalTokenService(tokens.host())))
        .containsExactly("v1");
    assertThat(tags(publicRegistry().allowInternalTokenService("127.0.0.2"))).containsExactly("v1");
  }

  @Test
  void aRegistryAtAnInternalAddressMayNameAnotherOne() {
    realm("http://" + tokens.host() + "/token");

    assertThat(tags(anonymous().plainHttp(tokens.host()).internalAddresses(any -> true)))
        .containsExactly("v1");
  }

  @Test
  void aTokenServiceIsNotFollowedElsewhere() {
    try (ScriptedServer elsewhere = ScriptedServer.start()) {
      realm("http://" + registry.host() + "/token");
      registry.on(
          "GET /token", status(307, "Location", "http://" + elsewhere.host() + "/internal"));

      RegistryException e =
          catchThrowableOfType(
              RegistryException.class,
              () ->
                  tags(
                      anonymous()
                          .plainHttp(elsewhere.host())
                          .credentials(CredentialProvider.forRegistry(registry.host(), ALICE))));

      assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "255.255.255.255",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:a00:1::1"
      })
  void internalAddresses(String literal) {
    assertThat(InternalAddresses.isInternal(address(literal))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "169.253.0.1",
        "2606:4700::1111",
        "64:ff9b::808:808"
      })
  void publicAddresses(String literal) {
    assertThat(InternalAddresses.isInternal(address(literal))).isFalse();
  }
}
