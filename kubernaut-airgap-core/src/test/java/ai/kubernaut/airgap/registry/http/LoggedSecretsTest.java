package ai.kubernaut.airgap.registry.http;

import static ai.kubernaut.airgap.registry.http.ScriptedServer.afterBody;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.body;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No secret reaches a logger, also where the application logs everything there is. */
@Timeout(120)
final class LoggedSecretsTest {
  private static final String MANIFEST = "{\"schemaVersion\":2,\"config\":{}}";
  private static final byte[] BLOB = new byte[2 << 20];
  private static final Descriptor LAYER;

  static {
    new Random(1).nextBytes(BLOB);
    LAYER = Descriptor.of("application/octet-stream", Digest.sha256(BLOB), BLOB.length);
  }

  private static ScriptedServer.Handler wantsToken(ScriptedServer.Handler good) {
    return exchange -> {
      String sent = exchange.getRequestHeaders().getFirst("Authorization");
      String host = exchange.getRequestHeaders().getFirst("Host");
      if ("Bearer secret-token".equals(sent)) {
        good.answer(exchange);
      } else {
        status(
                401,
                "WWW-Authenticate",
                "Bearer realm=\"http://" + host + "/token\"",
                "Set-Cookie",
                "session=secret-cookie")
            .answer(exchange);
      }
    };
  }

  @Test
  void whateverTheApplicationLogs(@TempDir Path directory) throws Exception {
    try (ScriptedServer registry = ScriptedServer.start();
        ScriptedServer storage = ScriptedServer.start();
        TestProxy proxy = new TestProxy().wants("robot", "secret-proxy")) {
      proxy.route("registry.test.invalid:80", registry.host());
      registry.on("GET /v2/", body(200, "{}"));
      registry
          .on("GET /token", body(200, "{\"token\":\"secret-token\"}"))
          .on("POST /token", afterBody(body(200, "{\"access_token\":\"secret-token\"}")))
          .on(
              "GET /v2/team/app/manifests/v1",
              wantsToken(body(200, MANIFEST, "Content-Type", Manifest.OCI_MANIFEST)))
          .on(
              "GET /v2/team/app/blobs/" + LAYER.digest(),
              wantsToken(
                  status(
                      307, "Location", "http://" + storage.host() + "/blob?sig=secret-signature")))
          .on(
              "POST /v2/team/app/blobs/uploads/",
              wantsToken(status(202, "Location", "/upload?_state=secret-state")))
          .on("PUT /upload", afterBody(status(201)));
      storage.on("GET /blob", body(200, BLOB));

      String log = log(directory, registry.host(), storage.host(), proxy.host());

      assertThat(registry.asked())
          .anyMatch(asked -> "Bearer secret-token".equals(asked.header("Authorization")))
          .anyMatch(asked -> asked.toString().startsWith("PUT /upload?_state=secret-state&"));
      assertThat(registry.asked())
          .anyMatch(
              asked ->
                  asked.uri().startsWith("/token")
                      && ("Basic " + base64("alice:secret-password"))
                          .equals(asked.header("Authorization")));
      assertThat(registry.asked())
          .anyMatch(asked -> "secret-tenant".equals(asked.header("X-Tenant")));
      assertThat(proxy.requests())
          .containsExactly(
              "GET http://registry.test.invalid/v2/ HTTP/1.1",
              "GET http://registry.test.invalid/v2/ HTTP/1.1",
              "CONNECT other.test.invalid:443 HTTP/1.1");
      assertThat(proxy.heads())
          .allMatch(head -> head.contains("Basic " + base64("robot:secret-proxy")));
      assertThat(storage.requests()).containsExactly("GET /blob?sig=secret-signature");
      assertThat(log.contains("org.apache.hc.client5.http")).as("the log is on").isTrue();
      assertThat(log.contains("done: 2 pulls, 1 push")).isTrue();
      // The JDK logs each certificate of its trust store, more of them in later versions.
      long length =
          log.lines()
              .filter(line -> !line.contains("X509Certificate"))
              .mapToLong(String::length)
              .sum();
      assertThat(length).as(log.substring(0, 2000)).isLessThan(100_000);
      assertThat(log)
          .doesNotContain("secret")
          .doesNotContain(base64("alice:secret-password"))
          .doesNotContain(base64("robot:secret-proxy"))
          .doesNotContain("Authorization");
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String log(Path directory, String... arguments)
      throws IOException, InterruptedException {
    Path log = directory.resolve("log");
    String[] proxy = arguments[2].split(":", 2);
    List<String> command =
        ChildJvm.command(
            List.of(
                "-Xmx128m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                "-Dhttp.proxyHost=" + proxy[0],
                "-Dhttp.proxyPort=" + proxy[1]),
            Child.class,
            arguments);
    Process child =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      child.destroyForcibly();
    }
    String text = Files.readString(log, StandardCharsets.ISO_8859_1);
    assertThat(child.exitValue()).as(text.substring(0, Math.min(3000, text.length()))).isZero();
    return text;
  }

  /** Pulls and pushes with everything logged: slf4j's loggers by a property, the JDK's here. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      LogManager.getLogManager().reset();
      Logger root = Logger.getLogger("");
      Handler console = new ConsoleHandler();
      console.setLevel(Level.ALL);
      root.addHandler(console);
      root.setLevel(Level.ALL);
      String registry = arguments[0];
      for (Credentials user :
          List.of(
              Credentials.of("alice", "secret-password"),
              Credentials.of("<token>", "secret-refresh"))) {
        try (HttpRegistryClient client =
            HttpRegistryClient.builder()
                .plainHttp(registry)
                .plainHttp(arguments[1])
                .credentials(CredentialProvider.forRegistry(registry, user))
                .build()) {
          Repository repository = Repository.parse(registry + "/team/app");
          client.readManifest(repository.tag("v1"));
          if (!user.isIdentityToken()) {
            try (InputStream in = client.readBlob(repository, LAYER, 0)) {
              in.transferTo(OutputStream.nullOutputStream());
            }
            client.writeBlob(repository, LAYER, new ByteArrayInputStream(BLOB));
          }
        }
      }
      try (HttpRegistryClient client =
          HttpRegistryClient.builder()
              .plainHttp("registry.test.invalid")
              .proxyCredentials(Credentials.of("robot", "secret-proxy"))
              .credentials(CredentialProvider.none())
              .build()) {
        // Through the proxy that the system properties of the JVM name.
        client.ping("registry.test.invalid");
      }
      try (HttpRegistryClient client =
          HttpRegistryClient.builder()
              .plainHttp("registry.test.invalid")
              .header("registry.test.invalid", "X-Tenant", "secret-tenant")
              .proxy("http://robot:secret-proxy@" + arguments[2])
              .credentials(CredentialProvider.none())
              .build()) {
        client.ping("registry.test.invalid");
        client.ping("other.test.invalid");
      } catch (RegistryException e) {
        System.out.println(e.getMessage());
      }
      System.out.println("done: 2 pulls, 1 push");
    }
  }
}
