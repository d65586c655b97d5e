package ai.kubernaut.airgap.registry.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent.Step;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.http.RawServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that sends all bytes of a blob and then breaks the connection. */
@Timeout(60)
final class UnfinishedAnswerTest {
  private static final byte[] CONTENT = TestImages.bytes(500_000, 3);
  private static final Pattern RANGE = Pattern.compile("(?i)\\r\\nrange: bytes=(\\d+)-");
  private static final Descriptor BLOB =
      Descriptor.of("application/octet-stream", Digest.sha256(CONTENT), CONTENT.length);

  private final List<String> ranges = new CopyOnWriteArrayList<>();

  /** Starts a server that sends chunked responses without their final chunk. */
  private RawServer serve(byte[] content) {
    return RawServer.start(
        connection -> {
          Matcher range = RANGE.matcher(connection.readHead());
          int offset = 0;
          if (range.find()) {
            ranges.add(range.group());
            offset = Integer.parseInt(range.group(1));
          }
          int length = content.length - offset;
          String head =
              offset == 0
                  ? "HTTP/1.1 200 OK\r\n"
                  : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\n"
                      .formatted(offset, content.length - 1, content.length);
          OutputStream out = connection.out();
          out.write(
              (head + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(length) + "\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
          out.write(content, offset, length);
          out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
        });
  }

  private static byte[] read(RawServer server, long offset) throws IOException {
    Repository repository = Repository.parse(server.host() + "/kubernaut/gateway");
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
                    new NoSleep(0),
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
    try (RawServer server = serve(CONTENT)) {
      assertThat(read(server, offset))
          .isEqualTo(Arrays.copyOfRange(CONTENT, offset, CONTENT.length));
      assertThat(ranges).hasSize(offset == 0 ? 0 : 1);
    }
  }

  @Test
  void wrongBytesAreStillADigestMismatch() throws IOException {
    byte[] damaged = CONTENT.clone();
    damaged[499_000]++;
    try (RawServer server = serve(damaged)) {
      assertThat(catchThrowableOfType(RegistryException.class, () -> read(server, 0)).reason())
          .isEqualTo(RegistryException.Reason.DIGEST_MISMATCH);
    }
  }
}
