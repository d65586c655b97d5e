package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.registry.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Every local user can connect to the lab's registries, so nobody may guess their passwords. */
class LabPasswordsTest {
  @Test
  void eachLabHasPasswordsOfItsOwn_andItsApiServerListensOnLoopbackAlone() throws Exception {
    try (Lab first = Lab.builder().withoutSource().start();
        Lab second = Lab.builder().withoutSource().withoutCluster().start()) {
      assertThat(first.mirrorCredentials().password())
          .isNotEqualTo(second.mirrorCredentials().password());
      assertThat(status(first, first.mirrorCredentials())).isEqualTo(200);
      assertThat(status(first, second.mirrorCredentials())).isEqualTo(401);
      assertThat(status(first, Credentials.of("mirror", "lab-mirror-password"))).isEqualTo(401);
      assertThat(Files.readString(first.kubeconfig()))
          .contains("https://" + InetAddress.getLoopbackAddress().getHostAddress() + ":");
    }
  }

  private static int status(Lab lab, Credentials credentials)
      throws IOException, InterruptedException {
    String pair = credentials.username() + ":" + credentials.password().reveal();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + lab.target(Separator.SLASH).address() + "/v2/"))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
