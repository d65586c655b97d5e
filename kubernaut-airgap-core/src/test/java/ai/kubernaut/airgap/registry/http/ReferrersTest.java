package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReferrersTest {
  private static final Digest SUBJECT = Digest.sha256(new byte[] {1});
  private static final Descriptor FIRST =
      Descriptor.of(Manifest.OCI_MANIFEST, Digest.sha256(new byte[] {2}), 100);
  private static final Descriptor SECOND =
      Descriptor.of(Manifest.OCI_MANIFEST, Digest.sha256(new byte[] {3}), 200);

  private final ScriptedServer server = ScriptedServer.start();
  private final HttpRegistryClient client =
      HttpRegistryClient.builder()
          .plainHttp(server.host())
          .credentials(CredentialProvider.none())
          .build();
  private final Repository repository = Repository.parse(server.host() + "/app");
  private final String path = "/v2/app/referrers/" + SUBJECT;

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private static String index(Descriptor descriptor) {
    return "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"artifactType\":\"text/spdx\"}]}"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  @Test
  void everyPageIsRead() {
    server
        .on(
            "GET " + path,
            ScriptedServer.body(
                200,
                index(FIRST),
                "Content-Type",
                Manifest.OCI_INDEX,
                "Link",
                "</v2/app/referrers/page2>; rel=\"next\""))
        .on(
            "GET /v2/app/referrers/page2",
            ScriptedServer.body(200, index(SECOND), "Content-Type", Manifest.OCI_INDEX));

    assertThat(client.referrers(repository, SUBJECT).orElseThrow()).containsExactly(FIRST, SECOND);
  }

  @Test
  void registriesWithoutTheApiAnswerInManyWays() {
    for (int status : new int[] {400, 404, 405, 406}) {
      server.on("GET " + path, ScriptedServer.status(status));
      assertThat(client.referrers(repository, SUBJECT)).isEmpty();
    }
    server.on(
        "GET " + path,
        ScriptedServer.body(200, "<html>Welcome</html>", "Content-Type", "text/html"));
    assertThat(client.referrers(repository, SUBJECT)).isEmpty();
  }

  @Test
  void whatMayPassOrIsForbiddenIsNoAnswer() {
    for (int status : new int[] {403, 429, 503}) {
      server.on("GET " + path, ScriptedServer.status(status));
      RegistryException e =
          catchThrowableOfType(
              RegistryException.class, () -> client.referrers(repository, SUBJECT));
      assertThat(e).isNotNull();
      assertThat(e.reason()).isIn(Reason.FORBIDDEN, Reason.RATE_LIMITED, Reason.SERVER);
    }
  }
}
