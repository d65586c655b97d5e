package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.Progress;
import ai.kubernaut.airgap.ProgressEvent.Step;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that sends all bytes of a blob and then breaks the connection. */
@Timeout(60)
final class UnfinishedAnswerTest {
  private static final byte[] CONTENT = TestImages.bytes(500_000, 3);
  private static final Descriptor BLOB =
      Descriptor.of("application/octet-stream", Digest.sha256(CONTENT), CONTENT.length);

  /** Sends chunked answers without their final chunk. */
  private static final class Server implements AutoCloseable {
    private final ServerSocket socket;
    private final byte[] content;
    private final List<String> ranges = new CopyOnWriteArrayList<>();

    Server(byte[] content) throws IOException {
      this.content = content;
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(this::serve, "unfinished-answers");
      thread.setDaemon(true);
      thread.start();
    }

    Repository repository() {
      return Repository.parse("127.0.0.1:" + socket.getLocalPort() + "/kubernaut/gateway");
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket connection = socket.accept()) {
          answer(connection);
        } catch (IOException e) {
          // Closed by the test, or by the client.
        }
      }
    }

    private void answer(Socket connection) throws IOException {
      BufferedReader request =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      int offset = 0;
      for (String line = request.readLine();
          line != null && !line.isEmpty();
          line = request.readLine()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("range:")) {
          ranges.add(line.substring(7));
          offset = Integer.parseInt(line.replaceAll("\\D", ""));
        }
      }
      int length = content.length - offset;
      String head =
          offset == 0
              ? "HTTP/1.1 200 OK\r\n"
              : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\n"
                  .formatted(offset, content.length - 1, content.length);
      OutputStream out = connection.getOutputStream();
      out.write(
          (head + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(length) + "\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.write(content, offset, length);
      out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static byte[] read(Server server, long offset) throws IOException {
    Repository repository = server.repository();
    try (HttpRegistryClient client =
            HttpRegistryClient.builder()
                .credentials(CredentialProvider.none())
                .plainHttp(repository.registry())
                .build();
        ResumingInput in =
            new ResumingInput(
                client,
                new Retries(
                    RetryPolicy.builder().build(),
                    new NoPauses(0),
                    Progress.of(Step.MIRROR, event -> {}),
                    new Contacts()),
                repository,
                BLOB,
                offset)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 200_000})
  void allBytesOfABlobAreEnough(int offset) throws IOException {
    try (Server server = new Server(CONTENT)) {
      assertThat(read(server, offset))
          .isEqualTo(Arrays.copyOfRange(CONTENT, offset, CONTENT.length));
      assertThat(server.ranges).hasSize(offset == 0 ? 0 : 1);
    }
  }

  @Test
  void wrongBytesAreStillADigestMismatch() throws IOException {
    byte[] damaged = CONTENT.clone();
    damaged[499_000]++;
    try (Server server = new Server(damaged)) {
      assertThat(catchThrowableOfType(RegistryException.class, () -> read(server, 0)).reason())
          .isEqualTo(RegistryException.Reason.DIGEST_MISMATCH);
    }
  }
}
