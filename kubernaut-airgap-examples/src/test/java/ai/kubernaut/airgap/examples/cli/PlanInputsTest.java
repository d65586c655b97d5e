package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans from lists of images, and what a plan will cost. */
final class PlanInputsTest {
  @TempDir Path directory;

  private Path write(String file, String text) throws IOException {
    return Files.writeString(directory.resolve(file), text);
  }

  private static CommandLineRun offline(Object... more) {
    List<Object> all = new ArrayList<>(List.of("plan", "--offline", "--target", "harbor.corp"));
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray());
  }

  private static void assertWrongUsage(CommandLineRun run, String... words) {
    assertThat(run.status()).as(run.toString()).isEqualTo(2);
    assertThat(run.err()).contains(words).doesNotContain("\tat ");
  }

  @Test
  void aListOfImages_becomesAPlan() throws IOException {
    Path list =
        write("images.txt", "# ours\nquay.io/acme/a:1\n\npostgres:16-alpine\nquay.io/acme/a:1\n");
    Path plan = directory.resolve("plan.yaml");

    CommandLineRun run =
        offline("--images", list, "--separator", "-", "--extra-image", "q.io/b/c:2", "--out", plan);

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(MirrorPlan.read(plan).entries())
        .extracting(entry -> entry.source() + " " + entry.target())
        .containsExactly(
            "quay.io/acme/a:1 harbor.corp/acme-a:1",
            "docker.io/library/postgres:16-alpine harbor.corp/library-postgres:16-alpine",
            "q.io/b/c:2 harbor.corp/b-c:2");
    assertThat(MirrorPlan.read(plan).chart()).isEmpty();
  }

  @Test
  void aPlanThatIsNotAsApproved_fails() throws IOException {
    Path approved = directory.resolve("plan.approved.yaml");
    Path before = write("before.txt", "quay.io/acme/a:1\n");
    Path after = write("after.txt", "quay.io/acme/a:2\n");

    CommandLineRun first = offline("--images", before, "--approved", approved);
    assertThat(first.status()).isEqualTo(1);
    assertThat(first.err()).contains(approved + ": there is no approved plan");

    offline("--images", before, "--out", approved);
    assertThat(offline("--images", before, "--approved", approved).status()).isZero();
    CommandLineRun changed = offline("--images", after, "--approved", approved, "--json");
    assertThat(changed.status()).isEqualTo(1);
    assertThat(changed.err())
        .contains("quay.io/acme/a:2: the approved plan has quay.io/acme/a:1 instead");
    assertThat(new ObjectMapper().readTree(changed.out()).findValuesAsText("code"))
        .containsExactly("PLAN_IMAGE_CHANGED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1alpha2", "v2alpha1"})
  void anImageSetConfiguration_becomesAPlan(String version) throws IOException {
    Path set =
        write(
            "imageset.yaml",
            """
            kind: ImageSetConfiguration
            apiVersion: mirror.openshift.io/%s
            mirror:
              additionalImages:
              - name: quay.io/kubernaut-ai/gateway:<VERSION>
              - name: quay.io/acme/b
            """
                .formatted(version));

    CommandLineRun run = offline("--imageset", set, "--imageset-release", "v1.1.0");

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("quay.io/kubernaut-ai/gateway:v1.1.0 → harbor.corp/kubernaut-ai/gateway:v1.1.0")
        .contains("quay.io/acme/b → harbor.corp/acme/b");
    CommandLineRun without = offline("--imageset", set);
    assertThat(without.status()).isEqualTo(7);
    assertThat(without.err()).contains("is a template with <VERSION> in it");
  }

  @Test
  void aBrokenList_isNamedWithItsLine() throws IOException {
    CommandLineRun run = offline("--images", write("images.txt", "a/b:1\nA/b:1:2\n"));

    assertThat(run.status()).isEqualTo(7);
    assertThat(run.err()).contains("line 2 of the image list", "images.txt");
  }

  @Test
  void inputsThatExcludeEachOther_orAreMissing_areWrongUsage() throws IOException {
    Path list = write("images.txt", "quay.io/acme/a:1\n");
    assertWrongUsage(offline(), "--chart is missing", "--images", "--imageset", "--plan");
    assertWrongUsage(
        offline("--images", list, "--chart", directory), "--chart and --images exclude each other");
    assertWrongUsage(
        offline("--images", list, "--imageset", list), "--images and --imageset exclude");
    assertWrongUsage(
        offline("--images", list, "--imageset-release", "v1"), "applies to --imageset");
    assertWrongUsage(CommandLineRun.of("plan", "--images", list), "--target is missing");
    assertWrongUsage(offline("--images", list, "--bandwidth", "10"), "--forecast");
    assertWrongUsage(
        offline("--images", list, "--forecast", "--bandwidth", "0"), "--bandwidth is 0.0");
    assertWrongUsage(offline("--images", list, "--forecast", "--bandwidth", "x"), "--bandwidth");
  }

  @Test
  void aForecast_saysHowMuchIsSent_andHowLongThatTakes() throws IOException {
    try (DockerRegistry server = DockerRegistry.start();
        RegistryClient registry = HttpRegistryClient.builder().plainHttp(server.host()).build()) {
      ImageRef image = ImageRef.parse(server.host() + "/acme/a:1");
      byte[] layer = new byte[1_000_000];
      Manifest manifest = OneLayerImage.push(registry, image, layer);
      Object[] arguments = {
        "plan",
        "--images",
        write("images.txt", image + "\n"),
        "--target",
        server.host() + "/mirror",
        "--plain-http",
        server.host(),
        "--authfile",
        write("none.json", "{}"),
        "--forecast",
        "--bandwidth",
        "8",
        "--json"
      };

      CommandLineRun asJson = CommandLineRun.of(arguments);
      CommandLineRun asText = CommandLineRun.of(Arrays.copyOf(arguments, arguments.length - 1));

      assertThat(asJson.status()).as(asJson.toString()).isZero();
      JsonNode forecast = new ObjectMapper().readTree(asJson.out()).path("forecast");
      long bytes = layer.length + 2L + manifest.size();
      assertThat(forecast.path("bytesToSend").asLong()).isEqualTo(bytes);
      assertThat(forecast.path("bytesPerImage").path(image.toString()).asLong()).isEqualTo(bytes);
      assertThat(forecast.path("seconds").asLong()).isEqualTo(2);
      assertThat(asText.out())
          .contains("1.0 MB  " + image)
          .contains("1.0 MB to send, which takes 0:00:02 at that bandwidth");
    }
  }
}
