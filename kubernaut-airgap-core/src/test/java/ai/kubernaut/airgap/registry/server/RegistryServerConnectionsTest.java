package ai.kubernaut.airgap.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Addresses, connections and threads of the server. */
@Timeout(60)
final class RegistryServerConnectionsTest {
  private static final Repository APP = Repository.parse("harbor.corp/app");
  private static final String PING = "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n";

  private final MemoryRegistryClient content = MemoryRegistryClient.create();

  @AfterEach
  void close() {
    content.close();
  }

  private RegistryServer.Builder server() {
    return RegistryServer.builder(content, "harbor.corp");
  }

  private static int port(RegistryServer server) {
    return Integer.parseInt(server.host().substring(server.host().lastIndexOf(':') + 1));
  }

  private static String firstLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = socket.getInputStream();
    for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void listensOnOneLoopbackAddressOnly() {
    try (RegistryServer server = server().start()) {
      assertThat(server.host()).startsWith("127.0.0.1:");
      // A server on all addresses would accept this one.
      assertThatThrownBy(() -> new Socket("127.0.0.2", port(server)).close())
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void listensOnThePortThatIsAskedFor() {
    int port;
    try (RegistryServer server = server().start()) {
      port = port(server);
      assertThatThrownBy(() -> server().port(port).start())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("port " + port)
          .hasMessageContaining("choose another port");
    }
    try (RegistryServer server = server().port(port).start()) {
      assertThat(port(server)).isEqualTo(port);
    }
  }

  @Test
  void closingEndsEveryConnectionAndThread() throws Exception {
    byte[] large = new byte[64 << 20];
    Descriptor blob = Descriptor.of("application/octet-stream", Digest.sha256(large), large.length);
    content.writeBlob(APP, blob, new ByteArrayInputStream(large));
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Set<Thread> started = new HashSet<>();
    RegistryServer server = server().start();
    try (Socket idle = RawConnection.open(server.host());
        Socket silent = RawConnection.open(server.host());
        Socket sending = RawConnection.open(server.host());
        Socket receiving = RawConnection.open(server.host())) {
      send(idle, PING);
      assertThat(firstLine(idle)).isEqualTo("HTTP/1.1 200 OK");
      String upload =
          new Http(server.host())
              .send("POST", "/v2/app/blobs/uploads/", new byte[0])
              .header("Location");
      send(
          sending,
          "PATCH "
              + upload
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
      assertThat(firstLine(sending)).isEqualTo("HTTP/1.1 100 Continue");
      send(receiving, "GET /v2/app/blobs/" + blob.digest() + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(firstLine(receiving)).isEqualTo("HTTP/1.1 200 OK");

      started.addAll(Thread.getAllStackTraces().keySet());
      started.removeAll(before);
      started.removeIf(thread -> !thread.getName().startsWith("HTTP-"));
      assertThat(started).as("a listener, and a thread for each connection").hasSizeGreaterThan(4);

      server.close();
      server.close();

      for (Socket socket : List.of(idle, silent, sending, receiving)) {
        assertThat(isOver(socket)).isTrue();
      }
    }

    assertThatThrownBy(() -> RawConnection.open(server.host()).close())
        .isInstanceOf(ConnectException.class);
    for (Thread thread : started) {
      thread.join(Duration.ofSeconds(10).toMillis());
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  private static boolean isOver(Socket socket) {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aClientThatTriesTlsIsRefusedAtOnce() {
    try (RegistryServer server = server().start()) {
      // The beginning of a TLS handshake, after which a client waits for the server.
      try (Socket socket = RawConnection.open(server.host())) {
        send(socket, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
        assertThat(firstLine(socket)).startsWith("HTTP/1.1 400 ");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void moreConnectionsThanAllowedWaitForTheirTurn() throws Exception {
    try (RegistryServer server = server().maxConnections(2).start();
        Socket first = RawConnection.open(server.host());
        Socket second = RawConnection.open(server.host());
        Socket third = RawConnection.open(server.host())) {
      send(third, PING);
      third.setSoTimeout(100);
      assertThatThrownBy(() -> third.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      first.shutdownOutput();

      third.setSoTimeout(20_000);
      assertThat(firstLine(third)).isEqualTo("HTTP/1.1 200 OK");
      send(second, PING);
      assertThat(firstLine(second)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void manyClientsShareFewConnections() throws Exception {
    try (RegistryServer server = server().maxConnections(2).start()) {
      ExecutorService threads = Executors.newFixedThreadPool(16);
      try {
        List<Future<Integer>> statuses = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
          statuses.add(threads.submit(() -> new Http(server.host()).get("/v2/").status()));
        }
        for (Future<Integer> status : statuses) {
          assertThat(status.get()).isEqualTo(200);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }
}
