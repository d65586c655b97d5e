package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that always sends a little, and never gets to the end, holds nobody for ever. */
@Timeout(60)
final class SlowServerTest {
  private static final byte[] BLOB = new byte[200_000];
  private static final Descriptor LAYER =
      Descriptor.of("application/octet-stream", Digest.sha256(BLOB), BLOB.length);
  private static final Duration SHORT = Duration.ofMillis(600);
  private static final Duration LONG = Duration.ofMinutes(10);

  private RawServer server;
  private HttpRegistryClient client;
  private Repository repository;

  private void start(Duration requestTimeout, long bytesPerSecond, RawServer.Script script) {
    server = RawServer.start(script);
    client =
        HttpRegistryClient.builder()
            .plainHttp(server.host())
            .credentials(CredentialProvider.none())
            .connectTimeout(Duration.ofSeconds(1))
            .idleTimeout(LONG)
            .requestTimeout(requestTimeout)
            .minimumRate(bytesPerSecond, SHORT)
            .build();
    repository = Repository.parse(server.host() + "/app");
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** Begins an upload session where one is asked for; the content of the blob comes next. */
  private static void readUploadHead(RawServer.Connection connection) throws IOException {
    if (connection.readHead().startsWith("POST")) {
      write(
          connection.out(),
          "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nLocation: /upload\r\n\r\n");
      connection.readHead();
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Sends single bytes until the client has had enough. */
  private static void drip(OutputStream out) throws IOException, InterruptedException {
    while (true) {
      write(out, "a");
      Thread.sleep(10);
    }
  }

  private static void hints(OutputStream out) throws IOException {
    while (true) {
      write(out, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    }
  }

  private static RegistryException failure(ThrowingCallable call) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e.reason().retryable()).isTrue();
    return e;
  }

  private byte[] readBlob() throws IOException {
    try (InputStream in = client.readBlob(repository, LAYER, 0)) {
      return in.readAllBytes();
    }
  }

  @Test
  void headersThatNeverEnd() {
    start(
        SHORT,
        0,
        connection -> {
          connection.readHead();
          write(connection.out(), "HTTP/1.1 200 OK\r\nX-Header: ");
          drip(connection.out());
        });

    assertThat(failure(() -> client.ping(server.host())))
        .hasMessageContaining(server.host() + " did not complete its response within 0.6 s");
    failure(this::readBlob);
    failure(() -> client.tags(repository));
  }

  @Test
  void earlyHintsThatNeverEnd() {
    start(
        SHORT,
        0,
        connection -> {
          connection.readHead();
          hints(connection.out());
        });

    failure(() -> client.ping(server.host()));
    failure(this::readBlob);
  }

  @Test
  void aSmallBodyThatNeverEnds() {
    start(
        SHORT,
        0,
        connection -> {
          connection.readHead();
          write(connection.out(), "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
          drip(connection.out());
        });

    failure(() -> client.readManifest(repository.tag("v1")));
    failure(() -> client.tags(repository));
    failure(() -> client.ping(server.host()));
  }

  @Test
  void aTlsHandshakeThatNeverEnds() {
    start(
        SHORT,
        0,
        connection -> {
          // The beginning of a handshake record of 16384 bytes.
          connection.out().write(new byte[] {0x16, 3, 3, 0x40, 0});
          drip(connection.out());
        });
    try (HttpRegistryClient secure =
        HttpRegistryClient.builder()
            .credentials(CredentialProvider.none())
            .connectTimeout(LONG)
            .idleTimeout(LONG)
            .requestTimeout(SHORT)
            .build()) {
      failure(() -> secure.ping(server.host()));
    }
  }

  @Test
  void aTokenServiceThatNeverAnswers() {
    start(
        SHORT,
        0,
        connection -> {
          if (connection.readHead().startsWith("GET /token")) {
            hints(connection.out());
          }
          write(
              connection.out(),
              "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n"
                  + "WWW-Authenticate: Bearer realm=\"http://"
                  + server.host()
                  + "/token\"\r\n\r\n");
        });

    failure(() -> client.tags(repository));
  }

  @Test
  void aBlobThatComesTooSlowly() {
    start(
        LONG,
        100_000,
        connection -> {
          connection.readHead();
          write(connection.out(), "HTTP/1.1 200 OK\r\nContent-Length: " + BLOB.length + "\r\n\r\n");
          drip(connection.out());
        });

    assertThat(failure(this::readBlob))
        .hasMessageContaining("fewer than 100000 bytes per second for 0.6 s");
  }

  @Test
  void aBlobThatGoesTooSlowly() {
    start(
        LONG,
        100_000_000,
        connection -> {
          readUploadHead(connection);
          while (connection.in().read() >= 0) {
            Thread.sleep(10);
          }
        });
    Descriptor large = Descriptor.of("application/octet-stream", LAYER.digest(), 1L << 40);

    assertThat(failure(() -> client.writeBlob(repository, large, new Endless())))
        .hasMessageContaining("fewer than 100000000 bytes per second for 0.6 s");
  }

  @Test
  void anUploadThatIsNeverAnswered() {
    start(
        SHORT,
        0,
        connection -> {
          readUploadHead(connection);
          connection.in().readNBytes(BLOB.length);
          hints(connection.out());
        });

    assertThat(failure(() -> client.writeBlob(repository, LAYER, new ByteArrayInputStream(BLOB))))
        .hasMessageContaining("did not complete its response");
  }

  @Test
  void aBlobMayTakeLongerThanARequest() throws IOException {
    start(
        SHORT,
        50_000,
        connection -> {
          connection.readHead();
          write(connection.out(), "HTTP/1.1 200 OK\r\nContent-Length: " + BLOB.length + "\r\n\r\n");
          for (int i = 0; i < 20; i++) {
            connection.out().write(BLOB, i * 10_000, 10_000);
            connection.out().flush();
            Thread.sleep(50);
          }
          connection.closed().await();
        });

    assertThat(readBlob()).isEqualTo(BLOB);
  }

  @Test
  void aSlowReaderIsNotASlowServer() throws Exception {
    start(
        SHORT,
        100_000_000,
        connection -> {
          connection.readHead();
          write(connection.out(), "HTTP/1.1 200 OK\r\nContent-Length: " + BLOB.length + "\r\n\r\n");
          connection.out().write(BLOB);
          connection.out().flush();
          connection.closed().await();
        });

    try (InputStream in = client.readBlob(repository, LAYER, 0)) {
      in.readNBytes(10);
      Thread.sleep(2 * SHORT.toMillis());
      assertThat(in.readAllBytes()).hasSize(BLOB.length - 10);
    }
  }

  @Test
  void aSlowSourceIsNotASlowServer() {
    start(
        LONG,
        100_000_000,
        connection -> {
          readUploadHead(connection);
          connection.in().readNBytes(BLOB.length);
          write(connection.out(), "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
          connection.closed().await();
        });
    InputStream slow =
        new ByteArrayInputStream(BLOB) {
          private boolean waited;

          @Override
          public synchronized int read(byte[] buffer, int offset, int length) {
            try {
              Thread.sleep(waited ? 0 : 2 * SHORT.toMillis());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            waited = true;
            return super.read(buffer, offset, length);
          }
        };

    client.writeBlob(repository, LAYER, slow);
  }

  @Test
  void wrongOptionsAreRefused() {
    HttpRegistryClient.Builder builder = HttpRegistryClient.builder();
    assertThatThrownBy(() -> builder.requestTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("requestTimeout");
    assertThatThrownBy(() -> builder.minimumRate(-1, SHORT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minimumRate");
    assertThatThrownBy(() -> builder.minimumRate(1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minimumRate");
    server = RawServer.start(connection -> {});
    client = builder.credentials(CredentialProvider.none()).build();
  }

  private static final class Endless extends InputStream {
    @Override
    public int read() {
      return 0;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return length;
    }
  }
}
