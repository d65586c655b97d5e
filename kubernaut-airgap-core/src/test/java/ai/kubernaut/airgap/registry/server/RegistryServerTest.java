package ai.kubernaut.airgap.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API of the server, request by request. */
@Timeout(60)
final class RegistryServerTest {
  private static final Repository APP = Repository.parse("harbor.corp/team/app");
  private static final String ABSENT = "sha256:" + "0".repeat(64);
  private static final byte[] EMPTY = {};

  private final MemoryRegistryClient content = MemoryRegistryClient.create();
  private final RegistryServer server = RegistryServer.builder(content, "harbor.corp").start();
  private final Http http = new Http(server.host());

  @AfterEach
  void close() {
    server.close();
    content.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Descriptor storeBlob(byte[] bytes) {
    Descriptor blob = Descriptor.of("application/octet-stream", Digest.sha256(bytes), bytes.length);
    content.writeBlob(APP, blob, new ByteArrayInputStream(bytes));
    return blob;
  }

  private static Manifest manifest(Descriptor config, String more) {
    return Manifest.of(
        Manifest.OCI_MANIFEST,
        bytes(
            "{ \"schemaVersion\":2, \"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},\"layers\":[]%s}\n"
                .formatted(
                    Manifest.OCI_MANIFEST,
                    config.mediaType(),
                    config.digest(),
                    config.size(),
                    more)));
  }

  private Manifest storeManifest(String tag) {
    Manifest manifest = manifest(storeBlob(bytes("{}")), "");
    content.writeManifest(APP.tag(tag), manifest);
    return manifest;
  }

  @Test
  void theBaseEndpointAnnouncesTheApi() {
    Http.Response response = http.get("/v2/");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    assertThat(response.json().isObject()).isTrue();
    assertThat(http.send("POST", "/v2/", EMPTY).error()).isEqualTo("405 UNSUPPORTED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/", "/v2/_catalog", "/v2/team/app", "//v2/", "/%zz"})
  void otherPathsAreNotFound(String path) {
    assertThat(rawGet(path)).startsWith("HTTP/1.1 404 ");
  }

  private String rawGet(String path) {
    return RawConnection.exchange(
        server.host(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  @Test
  void namesAreRepositoriesOfTheRegistryThatTheBuilderNames() {
    Manifest manifest = storeManifest("v1");

    assertThat(http.get("/v2/team/app/manifests/v1").body()).isEqualTo(manifest.content());
    assertThat(http.get("/v2/app/manifests/v1").error()).isEqualTo("404 MANIFEST_UNKNOWN");
  }

  @Test
  void aManifestIsServedAsItsExactBytes() {
    Manifest manifest = storeManifest("v1");
    for (String reference : List.of("v1", manifest.digest().toString())) {
      Http.Response response = http.get("/v2/team/app/manifests/" + reference);
      Http.Response head =
          http.send("HEAD", "/v2/team/app/manifests/" + reference, BodyPublishers.noBody());

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(manifest.content());
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      for (Http.Response each : List.of(response, head)) {
        assertThat(each.header("Content-Type")).isEqualTo(Manifest.OCI_MANIFEST);
        assertThat(each.header("Content-Length")).isEqualTo("" + manifest.size());
        assertThat(each.header("Docker-Content-Digest")).isEqualTo(manifest.digest().toString());
      }
    }
  }

  @Test
  void aManifestIsStoredUnderTagOrDigest() {
    Manifest manifest = manifest(storeBlob(bytes("{}")), "");

    for (String reference : List.of("v1", manifest.digest().toString())) {
      Http.Response response =
          http.send(
              "PUT",
              "/v2/team/app/manifests/" + reference,
              manifest.content(),
              "Content-Type",
              Manifest.OCI_MANIFEST);

      assertThat(response.status()).isEqualTo(201);
      assertThat(response.header("Location")).isEqualTo("/v2/team/app/manifests/" + reference);
      assertThat(response.header("Docker-Content-Digest")).isEqualTo("" + manifest.digest());
    }
    assertThat(content.readManifest(APP.tag("v1"))).isEqualTo(manifest);
  }

  @Test
  void aManifestIsRefusedForWhatIsWrongWithIt() {
    Descriptor missing = Descriptor.of("text/plain", Digest.parse(ABSENT), 3);
    Manifest incomplete = manifest(missing, "");
    byte[] tooLarge = new byte[Manifest.MAX_SIZE + 1];

    assertThat(put("v1", incomplete.content())).isEqualTo("400 MANIFEST_BLOB_UNKNOWN");
    assertThat(put(ABSENT, incomplete.content())).isEqualTo("400 DIGEST_INVALID");
    assertThat(put("v1", bytes("no JSON"))).isEqualTo("400 MANIFEST_INVALID");
    assertThat(put("v1", bytes("{\"config\":{\"digest\":\"x\"}}")))
        .isEqualTo("400 MANIFEST_INVALID");
    assertThat(put("v1", tooLarge)).isEqualTo("413 SIZE_INVALID");
    assertThat(content.tags(APP)).isEmpty();
  }

  private String put(String reference, byte[] manifest) {
    return http.send("PUT", "/v2/team/app/manifests/" + reference, manifest).error();
  }

  @Test
  void nothingCanBeDeleted() {
    Manifest manifest = storeManifest("v1");

    Http.Response response = http.send("DELETE", "/v2/team/app/manifests/v1", EMPTY);
    assertThat(response.error()).isEqualTo("405 UNSUPPORTED");
    assertThat(response.header("Allow")).isEqualTo("GET, HEAD, PUT");
    assertThat(
            http.send("DELETE", "/v2/team/app/blobs/" + manifest.blobs().get(0).digest(), EMPTY)
                .error())
        .isEqualTo("405 UNSUPPORTED");
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/Team/App/manifests/v1, 400 NAME_INVALID",
    "/v2/team//app/manifests/v1, 400 NAME_INVALID",
    "/v2/../../etc/passwd/manifests/v1, 400 NAME_INVALID",
    "/v2/team%0Aapp/tags/list, 400 NAME_INVALID",
    "/v2/team:v1/tags/list, 400 NAME_INVALID",
    "/v2/team/app/manifests/-v1, 400 NAME_INVALID",
    "/v2/team/app/manifests/, 400 NAME_INVALID",
    "/v2/team/app/manifests/sha256:123, 400 DIGEST_INVALID",
    "/v2/team/app/manifests/md5:d41d8cd98f00b204e9800998ecf8427e, 400 DIGEST_INVALID",
    "/v2/team/app/blobs/v1, 400 DIGEST_INVALID",
    "/v2/team/app/blobs/, 400 DIGEST_INVALID",
    "/v2/team/app/referrers/v1, 400 DIGEST_INVALID",
    "/v2/team/app/blobs/uploads/x, 404 BLOB_UPLOAD_UNKNOWN",
    "/v2/team/app/blobs/uploads/%ff, 404 BLOB_UPLOAD_UNKNOWN",
    "/v2/team/app/tags/list?n=x, 400 UNSUPPORTED",
    "/v2/team/app/tags/list?n=-1, 400 UNSUPPORTED"
  })
  void malformedNamesAndDigestsAreErrorsOfTheClient(String path, String error) {
    assertThat(http.get(path).error()).isEqualTo(error);
  }

  @ParameterizedTest
  @CsvSource({
    "?digest=x, 400 DIGEST_INVALID",
    "?mount=x&from=team/base, 400 DIGEST_INVALID",
    "?mount=sha256:0000000000000000000000000000000000000000000000000000000000000000&from=T, 400 NAME_INVALID"
  })
  void malformedUploadsAreErrorsOfTheClient(String query, String error) {
    assertThat(http.send("POST", "/v2/team/app/blobs/uploads/" + query, EMPTY).error())
        .isEqualTo(error);
  }

  @Test
  void aBlobIsServedWholeOrInPart() {
    byte[] bytes = bytes("0123456789");
    String path = "/v2/team/app/blobs/" + storeBlob(bytes).digest();

    Http.Response whole = http.get(path);
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(bytes);
    assertThat(whole.header("Accept-Ranges")).isEqualTo("bytes");
    Http.Response head = http.send("HEAD", path, BodyPublishers.noBody());
    assertThat(head.header("Content-Length")).isEqualTo("10");
    assertThat(head.body()).isEmpty();

    assertThat(part(path, "bytes=2-4")).isEqualTo("206 bytes 2-4/10 234");
    assertThat(part(path, "bytes=7-")).isEqualTo("206 bytes 7-9/10 789");
    assertThat(part(path, "bytes=7-99")).isEqualTo("206 bytes 7-9/10 789");
    assertThat(part(path, "bytes=-3")).isEqualTo("206 bytes 7-9/10 789");
    assertThat(part(path, "bytes=-99")).isEqualTo("206 bytes 0-9/10 0123456789");
    assertThat(part(path, "bytes=0-1,4-5")).isEqualTo("200 null 0123456789");
    assertThat(part(path, "lines=1-2")).isEqualTo("200 null 0123456789");
  }

  private String part(String path, String range) {
    Http.Response response = http.get(path, "Range", range);
    return response.status()
        + " "
        + response.header("Content-Range")
        + " "
        + new String(response.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=10-",
        "bytes=10-12",
        "bytes=4-2",
        "bytes=-0",
        "bytes=-",
        "bytes=",
        "bytes=a-b",
        "bytes=99999999999999999999-"
      })
  void aRangeThatIsMalformedOrOutsideIsNotSatisfiable(String range) {
    String path = "/v2/team/app/blobs/" + storeBlob(bytes("0123456789")).digest();

    Http.Response response = http.get(path, "Range", range);

    assertThat(response.error()).isEqualTo("416 SIZE_INVALID");
    assertThat(response.header("Content-Range")).isEqualTo("bytes */10");
  }

  @Test
  void anAbsentBlobIsUnknown() {
    assertThat(http.get("/v2/team/app/blobs/" + ABSENT).error()).isEqualTo("404 BLOB_UNKNOWN");
  }

  @Test
  void anUploadTakesChunksInOrder() {
    byte[] bytes = bytes("0123456789");
    Http.Response begun = http.send("POST", "/v2/team/app/blobs/uploads/", EMPTY);
    assertThat(begun.status()).isEqualTo(202);
    String upload = begun.header("Location");

    Http.Response first = patch(upload, "0123", "Content-Range", "0-3");
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.header("Range")).isEqualTo("0-3");

    Http.Response wrong = patch(upload, "89", "Content-Range", "8-9");
    assertThat(wrong.error()).isEqualTo("416 BLOB_UPLOAD_INVALID");
    assertThat(wrong.header("Range")).isEqualTo("0-3");
    assertThat(patch(upload, "45", "Content-Range", "4-9").error()).isEqualTo("400 SIZE_INVALID");
    assertThat(patch(upload, "45", "Content-Range", "four").error())
        .isEqualTo("400 BLOB_UPLOAD_INVALID");

    // Without a range, and as skopeo does it without a length.
    Http.Response second =
        http.send(
            "PATCH",
            upload,
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes("4567"))));
    assertThat(second.header("Range")).isEqualTo("0-7");
    Http.Response status = http.get(upload);
    assertThat(status.status()).isEqualTo(204);
    assertThat(status.header("Range")).isEqualTo("0-7");

    Digest digest = Digest.sha256(bytes);
    Http.Response stored = http.send("PUT", upload + "?digest=" + digest, bytes("89"));
    assertThat(stored.status()).isEqualTo(201);
    assertThat(stored.header("Location")).isEqualTo("/v2/team/app/blobs/" + digest);
    assertThat(stored.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(content.findBlob(APP, digest)).hasValue(10);
    assertThat(http.get(upload).error()).isEqualTo("404 BLOB_UPLOAD_UNKNOWN");
  }

  private Http.Response patch(String upload, String body, String... headers) {
    return http.send("PATCH", upload, bytes(body), headers);
  }

  @Test
  void anUploadIsFinishedWithTheRightDigestOnly() {
    String wrong = http.send("POST", "/v2/team/app/blobs/uploads/", EMPTY).header("Location");

    assertThat(http.send("PUT", wrong, bytes("x")).error()).isEqualTo("400 DIGEST_INVALID");
    assertThat(http.send("PUT", wrong + "?digest=" + ABSENT, bytes("x")).error())
        .isEqualTo("400 DIGEST_INVALID");
    assertThat(content.findBlob(APP, Digest.parse(ABSENT))).isEmpty();
  }

  @Test
  void aCancelledUploadIsUnknown() {
    String upload = http.send("POST", "/v2/team/app/blobs/uploads/", EMPTY).header("Location");

    assertThat(http.send("DELETE", upload, EMPTY).status()).isEqualTo(204);
    assertThat(http.send("DELETE", upload, EMPTY).error()).isEqualTo("404 BLOB_UPLOAD_UNKNOWN");
    assertThat(patch(upload, "0123").error()).isEqualTo("404 BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void anUploadMayBeOneRequest() {
    byte[] bytes = bytes("whole");
    String path = "/v2/team/app/blobs/uploads/?digest=" + Digest.sha256(bytes);

    assertThat(http.send("POST", path, bytes("other")).error()).isEqualTo("400 DIGEST_INVALID");
    assertThat(content.findBlob(APP, Digest.sha256(bytes))).isEmpty();
    assertThat(http.send("POST", path, bytes).status()).isEqualTo(201);
    assertThat(content.findBlob(APP, Digest.sha256(bytes))).hasValue(5);
  }

  @Test
  void whatArrivedBeforeABrokenConnectionIsKept() {
    String upload = http.send("POST", "/v2/team/app/blobs/uploads/", EMPTY).header("Location");

    String response =
        RawConnection.exchange(
            server.host(),
            "PATCH " + upload + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234");

    assertThat(response).as("the server closes the connection").isEmpty();
    assertThat(http.get(upload).header("Range")).isEqualTo("0-4");
  }

  @Test
  void aBlobIsMountedOrElseUploaded() {
    Descriptor blob = storeBlob(bytes("shared"));
    String mount = "/v2/team/other/blobs/uploads/?mount=" + blob.digest() + "&from=";

    assertThat(http.send("POST", mount + "team/none", EMPTY).status()).isEqualTo(202);
    Http.Response mounted = http.send("POST", mount + "team%2Fapp", EMPTY);

    assertThat(mounted.status()).isEqualTo(201);
    assertThat(mounted.header("Location")).isEqualTo("/v2/team/other/blobs/" + blob.digest());
    assertThat(content.findBlob(Repository.parse("harbor.corp/team/other"), blob.digest()))
        .hasValue(6);
  }

  @Test
  void tagsAreListedInPages() {
    for (String tag : List.of("v2", "V1", "latest", "v10")) {
      storeManifest(tag);
    }

    assertThat(tags(http.get("/v2/team/app/tags/list"))).isEqualTo("latest V1 v10 v2");
    Http.Response first = http.get("/v2/team/app/tags/list?n=3");
    assertThat(tags(first)).isEqualTo("latest V1 v10");
    assertThat(first.header("Link"))
        .isEqualTo("</v2/team/app/tags/list?n=3&last=v10>; rel=\"next\"");
    Http.Response second = http.get("/v2/team/app/tags/list?n=3&last=v10");
    assertThat(tags(second)).isEqualTo("v2");
    assertThat(second.header("Link")).isNull();
    assertThat(tags(http.get("/v2/team/app/tags/list?n=0"))).isEmpty();
  }

  private static String tags(Http.Response response) {
    assertThat(response.json().path("name").asText()).isEqualTo("team/app");
    return String.join(
        " ",
        StreamSupport.stream(response.json().path("tags").spliterator(), false)
            .map(JsonNode::asText)
            .toList());
  }

  @Test
  void referrersAreDescribedAndFiltered() {
    Manifest image = storeManifest("v1");
    String subject =
        ",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
            .formatted(image.mediaType(), image.digest(), image.size());
    Manifest sbom =
        manifest(
            storeBlob(bytes("{}")),
            ",\"artifactType\":\"text/spdx\",\"annotations\":{\"made\":\"today\"}" + subject);
    Http.Response stored = http.send("PUT", "/v2/team/app/manifests/sbom", sbom.content());
    assertThat(stored.status()).isEqualTo(201);
    assertThat(stored.header("OCI-Subject")).isEqualTo(image.digest().toString());

    String path = "/v2/team/app/referrers/" + image.digest();
    Http.Response all = http.get(path);
    assertThat(all.header("Content-Type")).isEqualTo(Manifest.OCI_INDEX);
    JsonNode found = all.json().path("manifests").path(0);
    assertThat(found.path("digest").asText()).isEqualTo(sbom.digest().toString());
    assertThat(found.path("artifactType").asText()).isEqualTo("text/spdx");
    assertThat(found.path("annotations").path("made").asText()).isEqualTo("today");

    Http.Response other = http.get(path + "?artifactType=text%2Fother");
    assertThat(other.json().path("manifests")).isEmpty();
    assertThat(other.header("OCI-Filters-Applied")).isEqualTo("artifactType");
    assertThat(http.get(path + "?artifactType=text%2Fspdx").json().path("manifests")).hasSize(1);
    assertThat(http.get("/v2/team/app/referrers/" + ABSENT).json().path("manifests")).isEmpty();
  }

  @Test
  void aReadOnlyServerAnswersReadsOnly() {
    Manifest manifest = storeManifest("v1");
    try (RegistryServer readOnly =
        RegistryServer.builder(content, "harbor.corp").readOnly(true).start()) {
      Http reader = new Http(readOnly.host());
      assertThat(reader.get("/v2/team/app/manifests/v1").body()).isEqualTo(manifest.content());
      assertThat(reader.send("PUT", "/v2/team/app/manifests/v2", manifest.content()).error())
          .isEqualTo("405 UNSUPPORTED");
      for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
        assertThat(reader.send(method, "/v2/team/app/blobs/uploads/", EMPTY).error())
            .isEqualTo("405 UNSUPPORTED");
      }
    }
    assertThat(content.tags(APP)).containsExactly("v1");
  }

  @Test
  void credentialsAreRequiredEverywhere() {
    Manifest manifest = storeManifest("v1");
    try (RegistryServer secured =
        RegistryServer.builder(content, "harbor.corp")
            .credentials(Credentials.of("robot", "p:w"))
            .start()) {
      Http client = new Http(secured.host());
      for (String path : List.of("/v2/", "/v2/team/app/manifests/v1", "/else")) {
        Http.Response response = client.get(path);
        assertThat(response.error()).isEqualTo("401 UNAUTHORIZED");
        assertThat(response.header("WWW-Authenticate")).startsWith("Basic realm=");
        for (String wrong : List.of("robot:other", "other:p:w", "robot:p:w2", "robot", "")) {
          assertThat(client.get(path, "Authorization", basic(wrong)).error())
              .isEqualTo("401 UNAUTHORIZED");
        }
        for (String malformed : List.of("Basic ***", "Basic", "Bearer x")) {
          assertThat(client.get(path, "Authorization", malformed).error())
              .isEqualTo("401 UNAUTHORIZED");
        }
      }
      assertThat(
              client.get("/v2/team/app/manifests/v1", "Authorization", basic("robot:p:w")).body())
          .isEqualTo(manifest.content());
    }
  }

  private static String basic(String userAndPassword) {
    return "Basic " + Base64.getEncoder().encodeToString(bytes(userAndPassword));
  }

  @Test
  void closedContentIsNotAvailable() {
    content.close();

    assertThat(http.get("/v2/team/app/manifests/v1").error()).isEqualTo("503 UNAVAILABLE");
  }

  @Test
  void aLargeBlobPassesUnchanged() {
    byte[] bytes = new byte[5 << 20];
    new Random(9).nextBytes(bytes);
    String path = "/v2/team/app/blobs/uploads/?digest=" + Digest.sha256(bytes);

    assertThat(
            http.send(
                    "POST",
                    path,
                    BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)))
                .status())
        .isEqualTo(201);
    assertThat(http.get("/v2/team/app/blobs/" + Digest.sha256(bytes)).body()).isEqualTo(bytes);
  }

  @Test
  void theBuilderChecksItsParameters() {
    assertThatThrownBy(() -> RegistryServer.builder(content, "harbor.corp/team"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("harbor.corp/team");
    assertThatThrownBy(() -> RegistryServer.builder(content, "not a host"))
        .isInstanceOf(InvalidReferenceException.class);
    RegistryServer.Builder builder = RegistryServer.builder(content, "harbor.corp");
    assertThatThrownBy(() -> builder.port(65536)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.maxConnections(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theHostIsPartOfAReference() {
    assertThat(ImageRef.parse(server.host() + "/team/app:v1").registry()).isEqualTo(server.host());
  }
}
