package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
  @TempDir static Path directory;
  private static TestCertificates certificates;
  private static ScriptedServer server;

  @BeforeAll
  static void start() {
    certificates = TestCertificates.create(directory.resolve("tls"));
    server = ScriptedServer.startTls(certificates).on("GET /v2/", ScriptedServer.body(200, "{}"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpRegistryClient.Builder builder() {
    return HttpRegistryClient.builder().credentials(CredentialProvider.none());
  }

  private static RegistryException failure(HttpRegistryClient.Builder builder, String host) {
    try (HttpRegistryClient client = builder.build()) {
      RegistryException e = catchThrowableOfType(RegistryException.class, () -> client.ping(host));
      assertThat(e).isNotNull();
      return e;
    }
  }

  @Test
  void anUnknownAuthorityIsNotTrusted() {
    RegistryException e = failure(builder(), server.host());
    assertThat(e.reason()).isEqualTo(Reason.TLS);
    assertThat(e).hasMessageContaining("caFile(\"" + server.host() + "\"");
  }

  @Test
  void anAuthorityIsTrustedForItsRegistryOnly() {
    try (HttpRegistryClient client =
            builder().caFile(server.host(), certificates.authority()).build();
        HttpRegistryClient everyPort =
            builder().caFile("127.0.0.1", certificates.authority()).build()) {
      client.ping(server.host());
      everyPort.ping(server.host());
    }
    assertThat(
            failure(builder().caFile("other.corp", certificates.authority()), server.host())
                .reason())
        .isEqualTo(Reason.TLS);
  }

  @Test
  void theNameHasToMatch() {
    // The certificate is for localhost and 127.0.0.1.
    try (ScriptedServer other = ScriptedServer.startTls(certificates, "127.0.0.2")) {
      RegistryException e =
          failure(builder().caFile(other.host(), certificates.authority()), other.host());
      assertThat(e.reason()).isEqualTo(Reason.TLS);
      assertThat(e).hasMessageContaining("another name");
    }
  }

  @Test
  void credentialsDoNotGoToATokenServiceByPlainHttp() {
    try (ScriptedServer tokens = ScriptedServer.start();
        ScriptedServer registry = ScriptedServer.startTls(certificates)) {
      tokens.on("GET /token", ScriptedServer.body(200, "{\"token\":\"t\"}"));
      registry.on(
          "GET /v2/",
          ScriptedServer.status(
              401, "WWW-Authenticate", "Bearer realm=\"http://" + tokens.host() + "/token\""));

      RegistryException e =
          failure(
              HttpRegistryClient.builder()
                  .caFile(registry.host(), certificates.authority())
                  .plainHttp(tokens.host())
                  .credentials(
                      CredentialProvider.forRegistry(
                          registry.host(), Credentials.of("alice", "pw"))),
              registry.host());

      assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
      assertThat(e).hasMessageContaining("without HTTPS, " + tokens.host());
      assertThat(tokens.asked()).isEmpty();
    }
  }

  @Test
  void aRegistryThatBelievesToBeAskedByHttpIsAskedByHttps() {
    byte[] content = {1, 2, 3};
    Descriptor blob =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    try (ScriptedServer registry = ScriptedServer.startTls(certificates);
        HttpRegistryClient client =
            builder().caFile(registry.host(), certificates.authority()).build()) {
      registry
          .on(
              "POST /v2/app/blobs/uploads/",
              ScriptedServer.status(
                  202, "Location", "http://" + registry.host() + "/upload?state=a%2Bb"))
          .on("PUT /upload", ScriptedServer.afterBody(ScriptedServer.status(201)));

      client.writeBlob(
          Repository.parse(registry.host() + "/app"), blob, new ByteArrayInputStream(content));

      assertThat(registry.requests().get(1))
          .isEqualTo("PUT /upload?state=a%2Bb&digest=sha256%3A" + blob.digest().hex());
    }
  }

  @Test
  void plainHttpToATlsPortIsExplained() {
    RegistryException e = failure(builder().plainHttp(server.host()), server.host());
    assertThat(e.reason()).as(e.getMessage()).isIn(Reason.UNREACHABLE, Reason.PROTOCOL);
  }

  @Test
  void aCaFileHasToBeOne() throws Exception {
    Path missing = directory.resolve("missing.pem");
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    Path garbage = Files.writeString(directory.resolve("garbage.pem"), "no certificate");
    Path broken =
        Files.writeString(
            directory.resolve("broken.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    for (Path file : new Path[] {missing, empty, garbage, broken, directory}) {
      assertThatThrownBy(() -> builder().caFile("harbor.corp", file).build())
          .isInstanceOfSatisfying(
              RegistryConfigException.class, e -> assertThat(e.file()).isEqualTo(file))
          .hasMessageContaining(file.toString());
    }
  }
}
