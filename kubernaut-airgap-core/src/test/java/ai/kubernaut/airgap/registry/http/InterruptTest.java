package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that waits for a registry that says nothing can be stopped, with TLS and without. */
@Timeout(60)
final class InterruptTest {
  private static final Digest DIGEST = Digest.sha256(new byte[] {1});
  private static TestCertificates certificates;

  private final CountDownLatch waiting = new CountDownLatch(1);
  private ScriptedServer server;
  private HttpRegistryClient client;
  private Repository repository;

  @BeforeAll
  static void makeCertificates(@TempDir Path directory) {
    certificates = TestCertificates.create(directory);
  }

  @AfterAll
  static void forgetCertificates() {
    certificates = null;
  }

  private void start(boolean tls) {
    server = tls ? ScriptedServer.startTls(certificates) : ScriptedServer.start();
    HttpRegistryClient.Builder builder =
        HttpRegistryClient.builder()
            .credentials(CredentialProvider.none())
            .idleTimeout(Duration.ofMinutes(10))
            .connectionsPerRegistry(1);
    client =
        (tls
                ? builder.caFile(server.host(), certificates.authority())
                : builder.plainHttp(server.host()))
            .build();
    repository = Repository.parse(server.host() + "/app");
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private RegistryException stopped(Runnable call, Runnable stop) throws InterruptedException {
    AtomicReference<RegistryException> failure = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                call.run();
              } catch (RegistryException e) {
                failure.set(e);
              }
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
    if (stop == null) {
      thread.interrupt();
    } else {
      stop.run();
    }
    thread.join(5000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(interrupted).hasValue(stop == null);
    assertThat(failure.get()).isNotNull();
    assertThat(failure.get().reason()).isEqualTo(Reason.UNREACHABLE);
    return failure.get();
  }

  private void hangBeforeTheAnswer() {
    server.on(
        "GET /v2/",
        exchange -> {
          waiting.countDown();
          server.hang();
        });
  }

  private void hangWithinABlob() {
    server.on(
        "GET /v2/app/blobs/" + DIGEST,
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(new byte[10]);
          exchange.getResponseBody().flush();
          server.hang();
        });
  }

  private void readHalf() {
    Descriptor blob = Descriptor.of("application/octet-stream", DIGEST, 1000);
    InputStream in = client.readBlob(repository, blob, 0);
    byte[] buffer = new byte[100];
    try {
      int left = 10;
      while (left > 0) {
        left -= in.read(buffer);
      }
      waiting.countDown();
      in.read(buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whileWaitingForAnAnswer(boolean tls) throws Exception {
    start(tls);
    hangBeforeTheAnswer();

    assertThat(stopped(() -> client.ping(server.host()), null)).hasMessageContaining("interrupted");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whileReadingABlob(boolean tls) throws Exception {
    start(tls);
    hangWithinABlob();

    assertThat(stopped(this::readHalf, null)).hasMessageContaining("interrupted");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whileSendingABlob(boolean tls) throws Exception {
    start(tls);
    server
        .on("POST /v2/app/blobs/uploads/", ScriptedServer.status(202, "Location", "/upload"))
        .on(
            "PUT /upload",
            exchange -> {
              waiting.countDown();
              server.hang();
            });
    Descriptor blob = Descriptor.of("application/octet-stream", DIGEST, 1L << 40);
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            return length;
          }
        };

    assertThat(stopped(() -> client.writeBlob(repository, blob, endless), null))
        .hasMessageContaining("interrupted");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whileWaitingForAConnection(boolean tls) throws Exception {
    start(tls);
    server.on(
        "GET /v2/app/blobs/" + DIGEST,
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().flush();
          server.hang();
        });
    Descriptor blob = Descriptor.of("application/octet-stream", DIGEST, 1000);
    try (InputStream onlyConnection = client.readBlob(repository, blob, 0)) {
      assertThat(onlyConnection).isNotNull();
      waiting.countDown();
      assertThat(stopped(() -> client.ping(server.host()), null))
          .hasMessageContaining("interrupted");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void beforeAConnectionIsTaken() throws Exception {
    start(false);
    Thread caller = Thread.currentThread();
    ProxySelector ofJvm = ProxySelector.getDefault();
    // The proxy is chosen after the client has looked for an interrupt, and before it takes a
    // connection.
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            if (Thread.currentThread() == caller) {
              caller.interrupt();
            }
            return List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        });
    try {
      assertThatExceptionOfType(RegistryException.class)
          .isThrownBy(() -> client.ping(server.host()))
          .withMessageContaining("interrupted")
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      ProxySelector.setDefault(ofJvm);
      Thread.interrupted();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whenTheClientIsClosed(boolean tls) throws Exception {
    start(tls);
    hangBeforeTheAnswer();

    assertThat(stopped(() -> client.ping(server.host()), client::close))
        .hasMessageContaining("closed");
  }

  @Test
  void noThreadIsLeftWhenTheClientIsClosed() {
    start(false);
    server.on("GET /v2/", ScriptedServer.body(200, "{}"));
    client.ping(server.host());

    client.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("airgap-registry-interrupts"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whenTheClientIsClosedWithinABlob(boolean tls) throws Exception {
    start(tls);
    hangWithinABlob();

    assertThat(stopped(this::readHalf, client::close)).hasMessageContaining("closed");
  }
}
