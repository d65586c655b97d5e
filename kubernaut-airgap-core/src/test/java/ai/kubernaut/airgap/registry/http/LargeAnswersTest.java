package ai.kubernaut.airgap.registry.http;

import static ai.kubernaut.airgap.registry.http.ScriptedServer.body;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No registry can fill the memory of this process with what is read whole. */
@Timeout(60)
final class LargeAnswersTest {
  private static final Digest SUBJECT = Digest.sha256(new byte[] {1});
  private static final String TAGS = "/v2/app/tags/list";
  private static final String REFERRERS = "/v2/app/referrers/" + SUBJECT;

  private final ScriptedServer server = ScriptedServer.start();
  private final HttpRegistryClient client = builder().build();
  private final Repository repository = Repository.parse(server.host() + "/app");

  private HttpRegistryClient.Builder builder() {
    return HttpRegistryClient.builder()
        .plainHttp(server.host())
        .credentials(CredentialProvider.none());
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private static RegistryException tooLarge(ThrowingCallable call) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.TOO_LARGE);
    assertThat(e.reason().retryable()).isFalse();
    return e;
  }

  /** Each page names another one. */
  private void endless(String path, String page) {
    AtomicInteger number = new AtomicInteger();
    server.on(
        "GET " + path,
        exchange ->
            body(
                    200,
                    page,
                    "Content-Type",
                    Manifest.OCI_INDEX,
                    "Link",
                    "<" + path + "?last=" + number.incrementAndGet() + ">; rel=\"next\"")
                .answer(exchange));
  }

  private static String tagsPage(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"" + "t".repeat(100) + i + "\"")
        .collect(Collectors.joining(",", "{\"tags\":[", "]}"));
  }

  @Test
  void pagesOfTagsThatNeverEnd() {
    endless(TAGS, tagsPage(10_000));

    assertThat(tooLarge(() -> client.tags(repository)))
        .hasMessageContaining("listing the tags of " + repository + " failed")
        .hasMessageContaining("8388608 bytes")
        .hasMessageContaining("maxListBytes(");
    assertThat(server.asked()).hasSizeLessThan(10);
  }

  @Test
  void emptyPagesThatNeverEnd() {
    endless(TAGS, "{\"tags\":[]}");

    try (HttpRegistryClient small = builder().maxListBytes(100_000).build()) {
      tooLarge(() -> small.tags(repository));
    }
    assertThat(server.asked()).hasSizeBetween(10, 25);
  }

  @Test
  void shortTagsCountForWhatTheyTakeInMemory() {
    server.on("GET " + TAGS, body(200, "{\"tags\":[\"\"" + ",\"\"".repeat(200_000) + "]}"));

    tooLarge(() -> client.tags(repository));
  }

  @Test
  void oneLongPageOfTags() {
    server.on("GET " + TAGS, body(200, "{\"tags\":[]," + " ".repeat(9 << 20) + "\"more\":1}"));

    tooLarge(() -> client.tags(repository));
  }

  @Test
  void theLimitCanBeChosen() {
    server.on("GET " + TAGS, body(200, tagsPage(1000)));

    assertThat(client.tags(repository)).hasSize(1000);
    try (HttpRegistryClient small = builder().maxListBytes(10_000).build()) {
      tooLarge(() -> small.tags(repository));
    }
    assertThatThrownBy(() -> builder().maxListBytes(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void referrersThatNeverEnd() {
    String page =
        IntStream.range(0, 2000)
            .mapToObj(
                i ->
                    "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}"
                        .formatted(
                            Manifest.OCI_MANIFEST,
                            Digest.sha256(("" + i).getBytes(StandardCharsets.US_ASCII))))
            .collect(Collectors.joining(",", "{\"schemaVersion\":2,\"manifests\":[", "]}"));
    endless(REFERRERS, page);

    tooLarge(() -> client.referrers(repository, SUBJECT));
    assertThat(server.asked()).hasSizeLessThan(40);
  }

  @Test
  void pagesOfReferrersThatGoInACircle() {
    server.on(
        "GET " + REFERRERS,
        body(
            200,
            "{\"schemaVersion\":2,\"manifests\":[]}",
            "Content-Type",
            Manifest.OCI_INDEX,
            "Link",
            "<" + REFERRERS + ">; rel=\"next\""));

    RegistryException e =
        catchThrowableOfType(RegistryException.class, () -> client.referrers(repository, SUBJECT));

    assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void aManifestOfNothingButBrackets() {
    server.on(
        "GET /v2/app/manifests/v1",
        body(
            200,
            "{\"x\":[" + "[],".repeat(1_000_000) + "[]]}",
            "Content-Type",
            Manifest.OCI_MANIFEST));

    assertThatThrownBy(() -> client.readManifest(repository.tag("v1")))
        .isInstanceOf(InvalidManifestException.class);
  }

  @Test
  void aTokenThatFitsIntoNoHeader() {
    server
        .on("GET /token", body(200, "{\"token\":\"" + "a".repeat(100_000) + "\"}"))
        .on(
            "GET " + TAGS,
            status(401, "WWW-Authenticate", "Bearer realm=\"http://" + server.host() + "/token\""));

    RegistryException e =
        catchThrowableOfType(RegistryException.class, () -> client.tags(repository));

    assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void headersThatNeverEnd() {
    String line = "a".repeat(1024);
    for (boolean oneLine : new boolean[] {true, false}) {
      try (RawServer endless =
              RawServer.start(
                  connection -> {
                    connection.readHead();
                    connection
                        .out()
                        .write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                    byte[] more =
                        (oneLine ? line : line + "\r\nX: ").getBytes(StandardCharsets.US_ASCII);
                    while (true) {
                      connection.out().write(more);
                    }
                  });
          HttpRegistryClient victim =
              HttpRegistryClient.builder()
                  .plainHttp(endless.host())
                  .credentials(CredentialProvider.none())
                  .build()) {
        tooLarge(() -> victim.ping(endless.host()));
      }
    }
  }
}
