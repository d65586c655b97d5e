package ai.kubernaut.airgap.registry.http;

import static ai.kubernaut.airgap.registry.http.ScriptedServer.afterBody;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.body;
import static ai.kubernaut.airgap.registry.http.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.common.LibraryVersion;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real registry does not do on demand. */
@Timeout(60)
final class HttpRegistryClientTest {
  private static final byte[] MANIFEST =
      "{\"schemaVersion\":2,\"config\":{}}".getBytes(StandardCharsets.UTF_8);
  private static final Digest MANIFEST_DIGEST = Digest.sha256(MANIFEST);
  private static final byte[] BLOB = randomBytes(200_000);
  private static final Descriptor LAYER =
      Descriptor.of("application/octet-stream", Digest.sha256(BLOB), BLOB.length);
  private static final String BLOB_PATH = "/v2/team/app/blobs/" + LAYER.digest();
  private static final String UPLOADS = "/v2/team/app/blobs/uploads/";
  private static final Credentials ALICE = Credentials.of("alice", "pässword");
  private static final String ALICE_BASIC =
      "Basic "
          + Base64.getEncoder().encodeToString("alice:pässword".getBytes(StandardCharsets.UTF_8));

  private ScriptedServer server;
  private ScriptedServer elsewhere;
  private HttpRegistryClient client;
  private Repository repository;

  private static byte[] randomBytes(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @BeforeEach
  void start() {
    server = ScriptedServer.start();
    elsewhere = ScriptedServer.start();
    repository = Repository.parse(server.host() + "/team/app");
    use(CredentialProvider.none());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    elsewhere.close();
  }

  private void use(CredentialProvider credentials) {
    if (client != null) {
      client.close();
    }
    client =
        HttpRegistryClient.builder()
            .plainHttp(server.host())
            .plainHttp(elsewhere.host())
            .credentials(credentials)
            .idleTimeout(Duration.ofSeconds(30))
            .build();
  }

  private void useAlice() {
    use(CredentialProvider.forRegistry(server.host(), ALICE));
  }

  private static RegistryException failure(ThrowingCallable call) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).isNotNull();
    return e;
  }

  private static RegistryException failure(Reason reason, ThrowingCallable call) {
    RegistryException e = failure(call);
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    return e;
  }

  private byte[] readBlob(long offset) throws IOException {
    try (InputStream in = client.readBlob(repository, LAYER, offset)) {
      return in.readAllBytes();
    }
  }

  private void writeBlob() {
    client.writeBlob(repository, LAYER, new ByteArrayInputStream(BLOB));
  }

  // Redirects

  @Test
  void aDownloadFollowsARedirectToAnotherHostWithoutCredentials() throws IOException {
    useAlice();
    server.on(
        "GET " + BLOB_PATH,
        exchange -> {
          if (exchange.getRequestHeaders().containsKey("Authorization")) {
            status(307, "Location", "http://" + elsewhere.host() + "/storage?sig=a%2Fb")
                .answer(exchange);
          } else {
            status(401, "WWW-Authenticate", "Basic realm=\"x\"").answer(exchange);
          }
        });
    elsewhere.on("GET /storage", body(200, BLOB));

    assertThat(readBlob(0)).isEqualTo(BLOB);

    assertThat(server.asked().get(1).header("Authorization")).isEqualTo(ALICE_BASIC);
    assertThat(elsewhere.requests()).containsExactly("GET /storage?sig=a%2Fb");
    assertThat(elsewhere.asked().get(0).header("Authorization")).isNull();
    assertThat(elsewhere.asked().get(0).header("Cookie")).isNull();
    assertThat(elsewhere.asked().get(0).header("User-Agent"))
        .isEqualTo("kubernaut-airgap/" + LibraryVersion.get());
  }

  @Test
  void credentialsStayOutWhenTheWayLeadsBack() throws IOException {
    useAlice();
    server
        .on("GET /v2/", challengeOr("Basic realm=x", body(200, "{}")))
        .on("GET " + BLOB_PATH, status(302, "Location", "http://" + elsewhere.host() + "/away"))
        .on("GET /back", body(200, BLOB));
    elsewhere.on("GET /away", status(302, "Location", "http://" + server.host() + "/back"));
    client.ping(server.host());

    assertThat(readBlob(0)).isEqualTo(BLOB);

    assertThat(server.asked().get(2).header("Authorization")).isEqualTo(ALICE_BASIC);
    assertThat(server.asked().get(3).toString()).isEqualTo("GET /back");
    assertThat(server.asked().get(3).header("Authorization")).isNull();
  }

  private static ScriptedServer.Handler challengeOr(String challenge, ScriptedServer.Handler good) {
    return exchange -> {
      if (exchange.getRequestHeaders().containsKey("Authorization")) {
        good.answer(exchange);
      } else {
        status(401, "WWW-Authenticate", challenge).answer(exchange);
      }
    };
  }

  @Test
  void aRedirectWithinTheRegistryKeepsCredentialsAndRange() throws IOException {
    useAlice();
    server
        .on(
            "GET " + BLOB_PATH,
            challengeOr("Basic realm=x", status(301, "Location", "/moved/" + LAYER.digest())))
        .on(
            "GET /moved/" + LAYER.digest(),
            exchange -> {
              assertThat(exchange.getRequestHeaders().getFirst("Range")).isEqualTo("bytes=150000-");
              body(
                      206,
                      Arrays.copyOfRange(BLOB, 150_000, BLOB.length),
                      "Content-Range",
                      "bytes 150000-199999/200000")
                  .answer(exchange);
            });

    assertThat(readBlob(150_000)).isEqualTo(Arrays.copyOfRange(BLOB, 150_000, BLOB.length));
    assertThat(server.asked().get(2).header("Authorization")).isEqualTo(ALICE_BASIC);
  }

  @Test
  void redirectsEnd() {
    server.on("GET " + BLOB_PATH, status(302, "Location", BLOB_PATH));

    assertThat(failure(Reason.PROTOCOL, () -> readBlob(0)))
        .hasMessageContaining("redirected more than 5 times");
    assertThat(server.asked()).hasSize(6);
  }

  @Test
  void aRedirectToPlainHttpElsewhereIsNotFollowed() {
    server.on("GET " + BLOB_PATH, status(302, "Location", "http://storage.example/x?secret=1"));

    assertThat(failure(Reason.PROTOCOL, () -> readBlob(0)))
        .hasMessageContaining("plainHttp(\"storage.example\")")
        .message()
        .doesNotContain("secret");
  }

  @Test
  void aRefusalOfTheStorageIsNotOneOfTheRegistry() {
    useAlice();
    server.on(
        "GET " + BLOB_PATH, status(302, "Location", "http://" + elsewhere.host() + "/storage"));
    elsewhere.on("GET /storage", status(401, "WWW-Authenticate", "Basic realm=x"));

    assertThat(failure(Reason.FORBIDDEN, () -> readBlob(0)))
        .hasMessageContaining(elsewhere.host() + ", where the registry sent the request");
    assertThat(elsewhere.asked()).hasSize(1);
  }

  // Challenges and tokens

  private void tokenService(ScriptedServer.Handler handler) {
    elsewhere.on("GET /token", handler).on("POST /token", afterBody(handler));
  }

  private String bearer(String rest) {
    return "Bearer realm=\"http://" + elsewhere.host() + "/token\"" + rest;
  }

  private static ScriptedServer.Handler wantsToken(
      String token, String challenge, ScriptedServer.Handler good) {
    return exchange -> {
      if (("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        good.answer(exchange);
      } else {
        status(401, "WWW-Authenticate", challenge).answer(exchange);
      }
    };
  }

  private ScriptedServer.Handler manifest() {
    return body(200, MANIFEST, "Content-Type", Manifest.OCI_MANIFEST);
  }

  @Test
  void anAnonymousPullTakesATokenTooAndUsesItAgain() {
    tokenService(body(200, "{\"access_token\":\"t1\"}"));
    server.on(
        "GET /v2/team/app/manifests/v1",
        wantsToken(
            "t1",
            bearer(",service=\"a \\\"registry\\\"\",scope=\"repository:team/app:pull\""),
            manifest()));

    client.readManifest(repository.tag("v1"));
    client.readManifest(repository.tag("v1"));

    assertThat(elsewhere.requests())
        .containsExactly(
            "GET /token?service=a+%22registry%22&scope=repository%3Ateam%2Fapp%3Apull");
    assertThat(elsewhere.asked().get(0).header("Authorization")).isNull();
    assertThat(server.asked()).hasSize(3);
  }

  @Test
  void aTokenIsFetchedAnewAfterOneRefusalAndOnlyOnce() {
    AtomicInteger number = new AtomicInteger();
    tokenService(
        exchange ->
            body(200, "{\"token\":\"t" + number.incrementAndGet() + "\"}").answer(exchange));
    server.on("GET /v2/team/app/manifests/v1", wantsToken("t1", bearer(""), manifest()));
    client.readManifest(repository.tag("v1"));
    server.on("GET /v2/team/app/manifests/v1", wantsToken("t2", bearer(""), manifest()));
    client.readManifest(repository.tag("v1"));
    assertThat(number).hasValue(2);

    server.on("GET /v2/team/app/manifests/v1", wantsToken("never", bearer(""), manifest()));
    failure(Reason.UNAUTHORIZED, () -> client.readManifest(repository.tag("v1")));
    assertThat(number).hasValue(3);
  }

  @Test
  void anExpiredTokenIsNotUsed() {
    AtomicInteger number = new AtomicInteger();
    tokenService(
        exchange ->
            body(200, "{\"token\":\"t" + number.incrementAndGet() + "\",\"expires_in\":0}")
                .answer(exchange));
    server.on("GET /v2/team/app/manifests/v1", wantsToken("t1", bearer(""), manifest()));
    client.readManifest(repository.tag("v1"));
    server.on("GET /v2/team/app/manifests/v1", wantsToken("t2", bearer(""), manifest()));

    client.readManifest(repository.tag("v1"));

    assertThat(server.asked()).hasSize(3);
  }

  @Test
  void aRegistryThatNamesItsRepositoriesOtherwiseGetsTheScopeItAsksFor() {
    tokenService(
        exchange ->
            body(
                    200,
                    String.valueOf(exchange.getRequestURI()).contains("remote%2Fteam")
                        ? "{\"token\":\"good\"}"
                        : "{\"token\":\"narrow\"}")
                .answer(exchange));
    String challenge = bearer(",scope=\"repository:remote/team/app:pull\"");
    server
        .on("GET /v2/", wantsToken("narrow", challenge, body(200, "{}")))
        .on("GET /v2/team/app/manifests/v1", wantsToken("good", challenge, manifest()));
    client.ping(server.host());

    client.readManifest(repository.tag("v1"));
    client.readManifest(repository.tag("v1"));

    assertThat(server.requests().stream().filter(r -> r.contains("manifests"))).hasSize(3);
  }

  @Test
  void anIdentityTokenIsPostedAndNeverSentToTheRegistry() {
    use(CredentialProvider.forRegistry(server.host(), Credentials.of("<token>", "refresh/me")));
    String[] form = new String[1];
    elsewhere.on(
        "POST /token",
        exchange -> {
          form[0] = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          body(200, "{\"access_token\":\"t1\",\"expires_in\":300}").answer(exchange);
        });
    server.on("GET /v2/team/app/manifests/v1", wantsToken("t1", bearer(",service=s"), manifest()));

    client.readManifest(repository.tag("v1"));

    assertThat(form[0])
        .isEqualTo(
            "service=s&grant_type=refresh_token&client_id=kubernaut-airgap&scope=repository%3Ateam%2Fapp%3Apull&refresh_token=refresh%2Fme");
  }

  @Test
  void aTokenServiceThatRefusesIsNamed() {
    useAlice();
    tokenService(body(401, "{\"details\":\"incorrect username or password\"}"));
    server.on("GET /v2/team/app/manifests/v1", wantsToken("t1", bearer(""), manifest()));

    assertThat(failure(Reason.UNAUTHORIZED, () -> client.readManifest(repository.tag("v1"))))
        .hasMessageContaining("the token service " + elsewhere.host())
        .hasMessageContaining("incorrect username or password")
        .hasMessageContaining("'alice'")
        .message()
        .doesNotContain("pässword");
  }

  @Test
  void aTokenAnswerHasALimitAndNeverShowsInAMessage() {
    server.on("GET /v2/team/app/manifests/v1", wantsToken("t1", bearer(""), manifest()));

    tokenService(body(200, "{\"token\":\"" + "a".repeat(2 << 20) + "\"}"));
    failure(Reason.PROTOCOL, () -> client.readManifest(repository.tag("v1")));
    tokenService(body(200, "secret-token"));
    assertThat(failure(Reason.PROTOCOL, () -> client.readManifest(repository.tag("v1"))))
        .hasStackTraceContaining("answered no JSON")
        .extracting(Throwables::getStackTrace)
        .asString()
        .doesNotContain("secret");
    tokenService(body(200, "{\"token\":\"a\\r\\nX-Evil: b\"}"));
    failure(Reason.PROTOCOL, () -> client.readManifest(repository.tag("v1")));
    tokenService(body(200, "{}"));
    failure(Reason.PROTOCOL, () -> client.readManifest(repository.tag("v1")));
  }

  @Test
  void ofSeveralChallengesTheOneThatCanBeAnsweredIsTaken() {
    useAlice();
    server.on(
        "GET /v2/team/app/manifests/v1",
        challengeOr(
            "Negotiate abc==, Digest qop=\"auth, int\", BASIC Realm = \"a, b\"", manifest()));

    client.readManifest(repository.tag("v1"));

    assertThat(server.asked().get(1).header("Authorization")).isEqualTo(ALICE_BASIC);
  }

  @Test
  void wrongCredentialsAreSentOnceAndTheUserIsNamed() {
    useAlice();
    server.on(
        "GET /v2/team/app/manifests/v1",
        body(
            401,
            "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"bad\\u0007 user\\nor password\"}]}",
            "WWW-Authenticate",
            "Basic realm=x"));

    assertThat(failure(Reason.UNAUTHORIZED, () -> client.readManifest(repository.tag("v1"))))
        .hasMessageContaining("reading manifest " + repository + ":v1 failed: ")
        .hasMessageContaining("401 (UNAUTHORIZED: bad user or password)")
        .hasMessageContaining("user 'alice'");
    assertThat(server.asked()).hasSize(2);
  }

  @Test
  void changedCredentialsAreTakenUp() {
    AtomicInteger asked = new AtomicInteger();
    use(
        where ->
            Optional.of(asked.getAndIncrement() == 0 ? Credentials.of("alice", "old") : ALICE));
    server.on(
        "GET /v2/team/app/manifests/v1",
        exchange -> {
          String sent = exchange.getRequestHeaders().getFirst("Authorization");
          (ALICE_BASIC.equals(sent) ? manifest() : status(401, "WWW-Authenticate", "Basic realm=x"))
              .answer(exchange);
        });

    failure(Reason.UNAUTHORIZED, () -> client.readManifest(repository.tag("v1")));
    client.readManifest(repository.tag("v1"));

    assertThat(server.asked()).hasSize(4);
  }

  @Test
  void withoutCredentialsTheMessageSaysHowToGiveSome() {
    client.close();
    client =
        HttpRegistryClient.builder()
            .plainHttp(server.host())
            .credentials(DockerConfig.standard(name -> null, Path.of("/nonexistent")))
            .build();
    server.on("GET /v2/", status(401, "WWW-Authenticate", "Basic realm=x"));

    assertThat(failure(Reason.UNAUTHORIZED, () -> client.ping(server.host())))
        .hasMessageContaining("No credentials were found; add an entry for " + server.host())
        .hasMessageContaining("looked in /nonexistent/.docker/config.json");
    use(CredentialProvider.none());
    assertThat(failure(Reason.UNAUTHORIZED, () -> client.ping(server.host())))
        .hasMessageContaining("credentials(…)");
  }

  // Endpoints

  @Test
  void anEndpointStandsInForARegistryWithItsOwnCredentials() {
    String proxy = server.host() + "/cache/quay";
    client.close();
    client =
        HttpRegistryClient.builder()
            .plainHttp(server.host())
            .endpoint("quay.io", proxy)
            .credentials(
                where ->
                    where.registry().equals("quay.io")
                        ? Optional.of(Credentials.of("quay-user", "quay-secret"))
                        : where.toString().equals(proxy + "/team/app")
                            ? Optional.of(ALICE)
                            : Optional.empty())
            .build();
    server.on("GET /v2/cache/quay/team/app/manifests/v1", challengeOr("Basic realm=x", manifest()));

    client.readManifest(ImageRef.parse("quay.io/team/app:v1"));

    assertThat(server.asked().get(1).header("Authorization")).isEqualTo(ALICE_BASIC);
    RegistryException e =
        failure(Reason.NOT_FOUND, () -> client.readManifest(ImageRef.parse("quay.io/team/app:v2")));
    assertThat(e.registry()).isEqualTo("quay.io");
    assertThat(e).hasMessageContaining("quay.io (asked for at " + proxy + ")");
  }

  // Manifests

  @Test
  void aManifestThatIsTooLargeIsNotReadToItsEnd() {
    server.on(
        "GET /v2/team/app/manifests/v1",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", Manifest.OCI_MANIFEST);
          exchange.sendResponseHeaders(200, 0);
          endless(exchange);
        });

    assertThatThrownBy(() -> client.readManifest(repository.tag("v1")))
        .isInstanceOf(InvalidManifestException.class)
        .hasMessageContaining("reading manifest " + repository + ":v1")
        .hasMessageContaining("4194304");
  }

  private static void endless(HttpExchange exchange) throws IOException {
    byte[] buffer = new byte[64 << 10];
    Arrays.fill(buffer, (byte) ' ');
    try (OutputStream out = exchange.getResponseBody()) {
      while (true) {
        out.write(buffer);
      }
    }
  }

  @Test
  void aManifestWithAnotherDigestIsNoResult() {
    Digest other = Digest.sha256(new byte[] {1});
    server
        .on("GET /v2/team/app/manifests/" + other, manifest())
        .on(
            "GET /v2/team/app/manifests/v1",
            body(
                200,
                MANIFEST,
                "Content-Type",
                Manifest.OCI_MANIFEST,
                "Docker-Content-Digest",
                other.toString()));

    failure(Reason.DIGEST_MISMATCH, () -> client.readManifest(repository.digest(other)));
    failure(Reason.DIGEST_MISMATCH, () -> client.readManifest(repository.tag("v1")));
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, true",
    "false, true, true",
    "true, false, true",
    "true, true, false",
    "false, false, false"
  })
  void whatAHeadDoesNotSayAGetFindsOut(boolean digest, boolean type, boolean length) {
    server
        .on(
            "HEAD /v2/team/app/manifests/v1",
            exchange -> {
              if (digest) {
                exchange
                    .getResponseHeaders()
                    .add("Docker-Content-Digest", MANIFEST_DIGEST.toString());
              }
              if (type) {
                exchange.getResponseHeaders().add("Content-Type", Manifest.OCI_MANIFEST);
              }
              if (length) {
                exchange.getResponseHeaders().add("Content-Length", "" + MANIFEST.length);
              }
              exchange.sendResponseHeaders(200, -1);
            })
        .on("GET /v2/team/app/manifests/v1", manifest());

    assertThat(client.findManifest(repository.tag("v1")))
        .hasValue(Descriptor.of(Manifest.OCI_MANIFEST, MANIFEST_DIGEST, MANIFEST.length));
    assertThat(server.asked().get(0).header("Accept"))
        .contains(
            Manifest.OCI_INDEX,
            Manifest.OCI_MANIFEST,
            Manifest.DOCKER_LIST,
            Manifest.DOCKER_MANIFEST);
  }

  @Test
  void aManifestOfAGeneralTypeIsNamedByItsContent() {
    byte[] list =
        ("{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.DOCKER_LIST + "\",\"manifests\":[]}")
            .getBytes(StandardCharsets.UTF_8);
    server
        .on("GET /v2/team/app/manifests/list", body(200, list, "Content-Type", "application/json"))
        .on("GET /v2/team/app/manifests/image", body(200, MANIFEST))
        .on(
            "GET /v2/team/app/manifests/index",
            body(200, "{\"schemaVersion\":2,\"manifests\":[]}", "Content-Type", "text/plain; x=y"));

    assertThat(client.readManifest(repository.tag("list")).mediaType())
        .isEqualTo(Manifest.DOCKER_LIST);
    assertThat(client.readManifest(repository.tag("image")).mediaType())
        .isEqualTo(Manifest.OCI_MANIFEST);
    assertThat(client.readManifest(repository.tag("index")).mediaType())
        .isEqualTo(Manifest.OCI_INDEX);
  }

  @Test
  void schemaOneIsInvalidAndTheImageIsNamed() {
    server.on(
        "GET /v2/team/app/manifests/v1",
        body(
            200,
            "{\"schemaVersion\":1}",
            "Content-Type",
            "application/vnd.docker.distribution.manifest.v1+prettyjws"));

    assertThatThrownBy(() -> client.readManifest(repository.tag("v1")))
        .isInstanceOf(InvalidManifestException.class)
        .hasMessageContaining(repository + ":v1")
        .hasMessageContaining("schema 1");
  }

  @Test
  void aManifestStoredUnderAnotherDigestIsNoticed() {
    server.on(
        "PUT /v2/team/app/manifests/v1",
        afterBody(status(201, "Docker-Content-Digest", Digest.sha256(new byte[] {1}).toString())));
    Manifest manifest = Manifest.of(Manifest.OCI_MANIFEST, MANIFEST);

    failure(Reason.DIGEST_MISMATCH, () -> client.writeManifest(repository.tag("v1"), manifest));
    assertThat(server.asked().get(0).header("Content-Type")).isEqualTo(Manifest.OCI_MANIFEST);
  }

  // Downloads

  @Test
  void aTruncatedBlobIsUnreachable() {
    server.on(
        "GET " + BLOB_PATH,
        exchange -> {
          exchange.sendResponseHeaders(200, BLOB.length);
          exchange.getResponseBody().write(BLOB, 0, 1000);
          exchange.getResponseBody().flush();
        });
    assertThat(failure(Reason.UNREACHABLE, () -> readBlob(0)).getMessage()).contains("broke");

    server.on("GET " + BLOB_PATH, chunked(Arrays.copyOf(BLOB, 1000)));
    assertThat(failure(Reason.UNREACHABLE, () -> readBlob(0)))
        .hasMessageContaining("ended after 1000 of 200000 bytes");
  }

  private static ScriptedServer.Handler chunked(byte[] content) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(content);
    };
  }

  @Test
  void aDamagedBlobIsNoticedBeforeItsLastBytesAreHandedOut() throws IOException {
    byte[] damaged = BLOB.clone();
    damaged[5] ^= 1;
    server.on("GET " + BLOB_PATH, body(200, damaged));

    try (InputStream in = client.readBlob(repository, LAYER, 0)) {
      RegistryException e = failure(Reason.DIGEST_MISMATCH, () -> in.readNBytes(BLOB.length));
      assertThat(e).hasMessageContaining(Digest.sha256(damaged).toString());
    }
  }

  @Test
  void aBlobOfAnotherLengthIsNoticed() {
    server.on("GET " + BLOB_PATH, body(200, Arrays.copyOf(BLOB, 1000)));
    failure(Reason.DIGEST_MISMATCH, () -> readBlob(0));
    server.on("GET " + BLOB_PATH, chunked(Arrays.copyOf(BLOB, BLOB.length + 1)));
    failure(Reason.DIGEST_MISMATCH, () -> readBlob(0));
  }

  @Test
  void aRegistryWithoutRangesIsReadFromTheStart() throws IOException {
    server.on("GET " + BLOB_PATH, body(200, BLOB));

    assertThat(readBlob(150_000)).isEqualTo(Arrays.copyOfRange(BLOB, 150_000, BLOB.length));
  }

  @Test
  void aRangeThatBeginsElsewhereIsNoResult() {
    server.on(
        "GET " + BLOB_PATH,
        body(
            206,
            Arrays.copyOfRange(BLOB, 5, BLOB.length),
            "Content-Range",
            "bytes 5-199999/200000"));

    failure(Reason.PROTOCOL, () -> readBlob(150_000));
  }

  @Test
  void closingEarlyDoesNotReadTheRest() throws IOException {
    long huge = 1L << 40;
    Descriptor blob = Descriptor.of("application/octet-stream", LAYER.digest(), huge);
    server.on(
        "GET " + BLOB_PATH,
        exchange -> {
          exchange.sendResponseHeaders(200, huge);
          endless(exchange);
        });

    try (InputStream in = client.readBlob(repository, blob, 0)) {
      assertThat(in.read()).isEqualTo(' ');
    }
  }

  @Test
  void theSizeOfABlobIsFoundWithoutHead() {
    server.on("HEAD " + BLOB_PATH, status(405)).on("GET " + BLOB_PATH, body(200, BLOB));

    assertThat(client.findBlob(repository, LAYER.digest())).hasValue(BLOB.length);
  }

  // Uploads

  @Test
  void anUploadGoesToWhereTheRegistrySaysWithoutCredentialsElsewhere() {
    useAlice();
    server.on(
        "POST " + UPLOADS,
        challengeOr(
            "Basic realm=x",
            status(202, "Location", "http://" + elsewhere.host() + "/upload?state=a%3D%3D")));
    elsewhere.on("PUT /upload", afterBody(status(201)));

    writeBlob();

    ScriptedServer.Asked put = elsewhere.asked().get(0);
    assertThat(put.uri())
        .isEqualTo("/upload?state=a%3D%3D&digest=sha256%3A" + LAYER.digest().hex());
    assertThat(put.header("Authorization")).isNull();
    assertThat(put.header("Content-Length")).isEqualTo("" + BLOB.length);
  }

  @Test
  void anUploadWithoutALocationBreaksTheProtocol() {
    server.on("POST " + UPLOADS, status(202));
    failure(Reason.PROTOCOL, this::writeBlob);
    server.on("POST " + UPLOADS, status(202, "Location", "http://[bad"));
    failure(Reason.PROTOCOL, this::writeBlob);
    server.on("POST " + UPLOADS, status(200));
    failure(Reason.PROTOCOL, this::writeBlob);
  }

  @Test
  void anUploadThatIsRefusedBeforeItIsSentSaysWhy() {
    // More than the buffers of the connection hold.
    byte[] large = new byte[32 << 20];
    Descriptor blob = Descriptor.of("application/octet-stream", Digest.sha256(large), large.length);
    server.on("POST " + UPLOADS, status(202, "Location", "/upload")).on("PUT /upload", status(413));

    RegistryException e =
        failure(() -> client.writeBlob(repository, blob, new ByteArrayInputStream(large)));

    // The server may also break the connection before its answer is read.
    assertThat(e.reason()).isIn(Reason.REFUSED, Reason.UNREACHABLE);
    assertThat(server.requests()).contains("DELETE /upload");
  }

  @Test
  void anUploadThatIsRefusedForItsDigestIsAMismatch() {
    server
        .on("POST " + UPLOADS, status(202, "Location", "upload/1"))
        .on(
            "PUT " + UPLOADS + "upload/1",
            afterBody(
                body(400, "{\"errors\":[{\"code\":\"DIGEST_INVALID\",\"message\":\"no\"}]}")));

    failure(Reason.DIGEST_MISMATCH, this::writeBlob);
    assertThat(server.requests()).contains("DELETE " + UPLOADS + "upload/1");
  }

  @Test
  void aMountThatBecomesAnUploadIsEndedAndNoMount() {
    server
        .on("POST " + UPLOADS, status(202, "Location", "/upload?x=1"))
        .on("DELETE /upload", status(204));

    assertThat(
            client.mountBlob(
                repository, LAYER.digest(), Repository.parse(server.host() + "/team/other")))
        .isFalse();

    assertThat(server.requests())
        .containsExactly(
            "POST " + UPLOADS + "?mount=sha256%3A" + LAYER.digest().hex() + "&from=team%2Fother",
            "DELETE /upload?x=1");
  }

  @ParameterizedTest
  @CsvSource({"400", "401", "403", "404", "405"})
  void aMountThatIsRefusedIsNoMount(int status) {
    server.on("POST " + UPLOADS, status(status));

    assertThat(
            client.mountBlob(
                repository, LAYER.digest(), Repository.parse(server.host() + "/team/other")))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({"429, RATE_LIMITED", "503, SERVER"})
  void aMountThatCannotBeAskedForFails(int status, Reason reason) {
    server.on("POST " + UPLOADS, status(status));

    failure(
        reason,
        () ->
            client.mountBlob(
                repository, LAYER.digest(), Repository.parse(server.host() + "/team/other")));
  }

  // Tags

  @Test
  void tagsComeFromEveryPage() {
    server.on(
        "GET /v2/team/app/tags/list",
        exchange -> {
          String query = String.valueOf(exchange.getRequestURI().getQuery());
          (switch (query) {
                case "last=b" ->
                    body(
                        200,
                        "{\"tags\":[\"c\"]}",
                        "Link",
                        "<http://" + server.host() + "/v2/team/app/tags/list?last=c>; rel=next");
                case "last=c" -> body(200, "{\"tags\":null}");
                default ->
                    body(
                        200,
                        "{\"name\":\"team/app\",\"tags\":[\"b\",\"a\"]}",
                        "Link",
                        "</v2/x>; rel=\"prev\", </v2/team/app/tags/list?last=b>; rel=\"next\"");
              })
              .answer(exchange);
        });

    assertThat(client.tags(repository)).containsExactly("b", "a", "c");
  }

  @Test
  void pagesThatGoInACircleEnd() {
    server.on(
        "GET /v2/team/app/tags/list",
        body(200, "{\"tags\":[\"a\"]}", "Link", "</v2/team/app/tags/list>; rel=\"next\""));

    failure(Reason.PROTOCOL, () -> client.tags(repository));
  }

  // Refusals

  @ParameterizedTest
  @CsvSource({
    "400, REFUSED",
    "403, FORBIDDEN",
    "404, NOT_FOUND",
    "408, SERVER",
    "416, REFUSED",
    "429, RATE_LIMITED",
    "500, SERVER",
    "502, SERVER",
    "503, SERVER",
    "300, PROTOCOL"
  })
  void eachStatusHasItsReason(int status, Reason reason) {
    server.on(
        "GET /v2/team/app/manifests/v1",
        body(status, "<html>" + "x".repeat(100_000), "Content-Type", "text/html"));

    RegistryException e = failure(reason, () -> client.readManifest(repository.tag("v1")));

    assertThat(e.status()).hasValue(status);
    assertThat(e.getMessage()).contains(" " + status).hasSizeLessThan(500).doesNotContain("xxxx");
  }

  @Test
  void aRateLimitSaysWhenToComeBack() {
    server.on(
        "GET /v2/team/app/manifests/v1",
        body(
            429,
            "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}",
            "Retry-After",
            "30"));

    assertThat(failure(Reason.RATE_LIMITED, () -> client.readManifest(repository.tag("v1"))))
        .hasMessageContaining("slow down")
        .hasMessageContaining("30");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void whatIsNoRegistryIsToldFromOne() {
    server.on("GET /v2/", body(200, "<html>hello</html>", "Content-Type", "text/html"));
    failure(Reason.NOT_A_REGISTRY, () -> client.ping(server.host()));
    server.on("GET /v2/", body(404, "<html>hello</html>", "Content-Type", "text/html"));
    failure(Reason.NOT_A_REGISTRY, () -> client.ping(server.host()));
    server.on("GET /v2/", body(200, "plain words"));
    failure(Reason.NOT_A_REGISTRY, () -> client.ping(server.host()));
    server.on("GET /v2/", body(503, "starting"));
    failure(Reason.SERVER, () -> client.ping(server.host()));
    server.on("GET /v2/", body(403, ""));
    failure(Reason.FORBIDDEN, () -> client.ping(server.host()));
    server.on("GET /v2/", body(200, ""));
    client.ping(server.host());
    server.on(
        "GET /v2/",
        body(
            200,
            "true",
            "Content-Type",
            "text/html; charset=utf-8",
            "Docker-Distribution-API-Version",
            "registry/2.0"));
    client.ping(server.host());

    server.on("GET /v2/team/app/manifests/v1", body(200, "<html>", "Content-Type", "text/html"));
    failure(Reason.NOT_A_REGISTRY, () -> client.readManifest(repository.tag("v1")));
  }

  @Test
  void anAnonymousPingOfATokenRegistryNeedsNoMoreThanAToken() {
    tokenService(body(200, "{\"token\":\"t\"}"));
    server.on("GET /v2/", wantsToken("never", bearer(""), body(200, "{}")));
    client.ping(server.host());

    use(CredentialProvider.forRegistry(server.host(), ALICE));
    failure(Reason.UNAUTHORIZED, () -> client.ping(server.host()));
  }

  @Test
  void aClosedServerIsUnreachable() {
    String host = server.host();
    server.close();

    assertThat(failure(Reason.UNREACHABLE, () -> client.ping(host)))
        .hasMessageContaining(host + " refused the connection");
  }

  @Test
  void anUnknownHostIsUnreachable() {
    assertThat(failure(Reason.UNREACHABLE, () -> client.ping("registry.invalid")))
        .hasMessageContaining("registry.invalid is unknown");
  }

  @Test
  void aSilentRegistryIsUnreachable() {
    server.on("GET /v2/", exchange -> server.hang());
    try (HttpRegistryClient hasty =
        HttpRegistryClient.builder()
            .plainHttp(server.host())
            .credentials(CredentialProvider.none())
            .idleTimeout(Duration.ofSeconds(1))
            .build()) {
      assertThat(failure(Reason.UNREACHABLE, () -> hasty.ping(server.host())))
          .hasMessageContaining("sent nothing for 1 s");
    }
  }

  @Test
  void wrongOptionsAreRefused() {
    HttpRegistryClient.Builder builder = HttpRegistryClient.builder();
    assertThatThrownBy(() -> builder.connectionsPerRegistry(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.idleTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.plainHttp("host.corp/path"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
