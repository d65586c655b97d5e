package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Client certificates (mTLS), authorities for all registries, and contexts of the application. */
@Timeout(60)
final class ClientCertificateTest {
  private static final String HOST = "registry.test.invalid";

  @TempDir static Path directory;
  private static TestCertificates certificates;
  private static ClientCertificate certificate;
  private static ScriptedServer server;
  private static ScriptedServer other;

  @BeforeAll
  static void start() {
    certificates =
        TestCertificates.create(directory.resolve("tls"), "dns:" + HOST + ",ip:127.0.0.1");
    certificate = ClientCertificate.of(certificates.keyStore(), Secret.of(certificates.password()));
    server =
        ScriptedServer.startMutualTls(certificates).on("GET /v2/", ScriptedServer.body(200, "{}"));
    other = ScriptedServer.startTls(certificates).on("GET /v2/", ScriptedServer.body(200, "{}"));
  }

  @AfterAll
  static void stop() {
    server.close();
    other.close();
  }

  private static HttpRegistryClient.Builder builder() {
    return HttpRegistryClient.builder().credentials(CredentialProvider.none());
  }

  private static HttpRegistryClient.Builder trusting() {
    return builder().caFile(certificates.authority());
  }

  private static void ping(HttpRegistryClient.Builder builder, ScriptedServer registry) {
    try (HttpRegistryClient client = builder.build()) {
      client.ping(registry.host());
    }
  }

  private static RegistryException failure(
      HttpRegistryClient.Builder builder, ScriptedServer registry) {
    return failure(builder, registry.host());
  }

  private static RegistryException failure(HttpRegistryClient.Builder builder, String registry) {
    try (HttpRegistryClient client = builder.build()) {
      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.ping(registry));
      assertThat(e).isNotNull();
      return e;
    }
  }

  @Test
  void aClientAuthenticatesItselfToAllRegistriesOrToOne() {
    ping(trusting().clientCertificate(certificate), server);
    ping(trusting().clientCertificate("127.0.0.1", certificate), server);
    ping(trusting().clientCertificate(server.host(), certificate), server);
    ping(trusting().clientCertificate(server.host(), certificate), other);
  }

  @Test
  void aRegistryThatAsksForACertificateSaysSo() {
    RegistryException e = failure(trusting(), server);

    assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.TLS);
    assertThat(e)
        .hasMessageContaining("asked for a client certificate, got none")
        .hasMessageContaining("clientCertificate(\"" + server.host() + "\"");
  }

  @Test
  void aBrokenConnectionIsNotBlamedOnACertificateThatIsNotNeeded() {
    try (ScriptedServer optional = ScriptedServer.startOptionalMutualTls(certificates);
        HttpRegistryClient client = trusting().build()) {
      optional.on("GET /v2/", ScriptedServer.body(200, "{}", "Connection", "close"));
      client.ping(optional.host());
      optional.on(
          "GET /v2/",
          exchange -> {
            throw new IOException("broken");
          });

      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.ping(optional.host()));

      assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void certificateAndKeyAreReadFromPemFiles() throws Exception {
    Path chain = certificates.certificateChainFile();
    ClientCertificate fromFiles = ClientCertificate.ofPem(chain, certificates.privateKeyFile());
    ping(trusting().clientCertificate(fromFiles), server);
    assertThat(fromFiles).hasToString("ClientCertificate[***]");

    Path missing = directory.resolve("missing.key");
    Path foreign =
        Files.writeString(
            directory.resolve("foreign.key"),
            "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getEncoder()
                    .encodeToString(
                        KeyPairGenerator.getInstance("EC")
                            .generateKeyPair()
                            .getPrivate()
                            .getEncoded())
                + "\n-----END PRIVATE KEY-----\n");
    Path old =
        Files.writeString(
            directory.resolve("old.key"),
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    Path garbage =
        Files.writeString(
            directory.resolve("garbage.key"),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    for (Path file : List.of(missing, foreign, old, garbage, chain)) {
      assertThatThrownBy(() -> ClientCertificate.ofPem(chain, file))
          .isInstanceOfSatisfying(
              RegistryConfigException.class, e -> assertThat(e.file()).isEqualTo(file));
    }
    assertThatThrownBy(() -> ClientCertificate.ofPem(chain, foreign))
        .hasMessageContaining("its key is not the one of the first certificate in " + chain);
    assertThatThrownBy(() -> ClientCertificate.ofPem(chain, old))
        .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
  }

  @Test
  void aKeyStoreNeedsAKeyAndThePassword() throws Exception {
    KeyStore empty = KeyStore.getInstance("PKCS12");
    empty.load(null, null);
    assertThatThrownBy(() -> ClientCertificate.of(empty, Secret.of("")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no private key");
    assertThatThrownBy(() -> ClientCertificate.of(certificates.keyStore(), Secret.of("wr0ng")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("check the password");
  }

  private static X509Certificate authorityOfJvm() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0];
  }

  @Test
  void authoritiesForAllRegistriesCountBesideThoseOfOne() throws Exception {
    String pem = Files.readString(certificates.authority());
    ping(builder().caPem(pem), other);
    ping(builder().caPem(other.host(), pem), other);
    ping(builder().caCertificates(Pem.certificates(certificates.authority())), other);
    ping(builder().caCertificates("127.0.0.1", Pem.certificates(certificates.authority())), other);

    List<X509Certificate> unrelated = List.of(authorityOfJvm());
    ping(trusting().caCertificates(other.host(), unrelated), other);
    ping(
        builder()
            .caFile("127.0.0.1", certificates.authority())
            .caCertificates(other.host(), unrelated),
        other);
    assertThat(failure(builder().caCertificates(unrelated), other).reason()).isEqualTo(Reason.TLS);
    assertThatThrownBy(() -> builder().caPem("no certificate"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("caPem cannot be used");
  }

  @Test
  void anApplicationMayHaveItsOwnContext() {
    ping(builder().sslContext(certificates.sslContext()), server);
    ping(builder().sslContext(server.host(), certificates.sslContext()), server);
    // What is said about one host counts more than a context for all.
    RegistryException e =
        failure(
            builder()
                .sslContext(certificates.sslContext())
                .caFile(server.host(), certificates.authority()),
            server);
    assertThat(e).hasMessageContaining("asked for a client certificate, got none");
  }

  @Test
  void aContextExcludesOtherSettingsOfTheSameHosts() {
    assertThatThrownBy(() -> trusting().sslContext(certificates.sslContext()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sslContext is given for all registries together with certificates");
    assertThatThrownBy(
            () ->
                builder()
                    .sslContext("harbor.corp", certificates.sslContext())
                    .clientCertificate("harbor.corp", certificate)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("harbor.corp");
  }

  @Test
  void aRegistryWithClientCertificatesIsUsedThroughAProxyWithCredentials() throws Exception {
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    Descriptor blob =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    Repository repository = Repository.parse(HOST + ":8443/team/app");
    try (DockerRegistry registry = DockerRegistry.builder().mutualTls(certificates).start();
        TestProxy proxy = new TestProxy().wants("robot", "secret");
        HttpRegistryClient client =
            trusting()
                .proxy("http://robot:secret@" + proxy.host())
                .clientCertificate(HOST, certificate)
                .build()) {
      proxy.route(HOST + ":8443", registry.host());

      client.writeBlob(repository, blob, new ByteArrayInputStream(content));

      try (InputStream in = client.readBlob(repository, blob, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
      assertThat(proxy.requests())
          .isNotEmpty()
          .allMatch(line -> line.startsWith("CONNECT " + HOST + ":8443 "));

      for (HttpRegistryClient.Builder without :
          List.of(trusting(), trusting().clientCertificate("other.corp", certificate))) {
        RegistryException e = failure(without, registry.host());
        assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.TLS);
        assertThat(e)
            .hasMessageContaining("asked for a client certificate, got none")
            .hasMessageContaining("clientCertificate(\"" + registry.host() + "\"");
      }
    }
  }
}
