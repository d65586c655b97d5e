package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.examples.lab.LabCharts;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JSON of {@code plan}, for the lab's chart 1.5, which has an image for OpenShift only. */
class PlanReportTest {
  private static final String CONSOLE = "quay.io/kubernaut-ai/console:v1.5.0";

  @TempDir Path directory;
  private List<Object> chart = List.of();

  @BeforeEach
  void unpack() throws Exception {
    chart = LabCharts.arguments(directory, "1.5");
  }

  private JsonNode plan(Object... more) throws Exception {
    List<Object> all =
        new ArrayList<>(List.of("plan", "--offline", "--json", "--target", "harbor.corp"));
    all.addAll(chart);
    all.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.of(all.toArray());
    assertThat(run.status()).as(run.toString()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  private static JsonNode image(JsonNode plan, String source) {
    for (JsonNode image : plan.get("images")) {
      if (image.get("source").asText().equals(source)) {
        return image;
      }
    }
    throw new AssertionError(source + " is not in " + plan);
  }

  @Test
  void anImageForOpenShiftOnlyIsPlannedWithoutAnyOption() throws Exception {
    JsonNode plan = plan();
    assertThat(texts(plan.get("branches"))).contains("default", "API route.openshift.io/v1");
    JsonNode console = image(plan, CONSOLE);
    assertThat(console.get("target").asText()).isEqualTo("harbor.corp/kubernaut-ai/console:v1.5.0");
    assertThat(console.get("digest").isNull()).as("no registry was asked").isTrue();
    assertThat(texts(console.get("branches"))).containsExactly("API route.openshift.io/v1");
    assertThat(texts(image(plan, "quay.io/kubernaut-ai/gateway:v1.5.0").get("branches")))
        .as("every branch")
        .isEqualTo(texts(plan.get("branches")));
  }

  @Test
  void theOverlayAndTheProblemsAreThere() throws Exception {
    JsonNode plan = plan();
    assertThat(plan.get("proven").asBoolean()).isTrue();
    assertThat(plan.at("/overlay/values/global/image/registry").asText()).isEqualTo("harbor.corp");
    JsonNode rewrite = plan.at("/overlay/rewrites/0");
    assertThat(rewrite.get("from").asText()).isEqualTo("registry.redhat.io/ubi10/ubi-minimal:10.1");
    assertThat(rewrite.get("to").asText()).isEqualTo("harbor.corp/ubi10/ubi-minimal:10.1");
    assertThat(rewrite.get("reason").asText()).isEqualTo("VALUE_WITHOUT_EFFECT");
    for (JsonNode problem : plan.get("problems")) {
      assertThat(problem.get("code").asText()).isEqualTo("LOOKUP_BRANCH_NOT_RENDERED");
      assertThat(problem.get("severity").asText()).isEqualTo("INFO");
      assertThat(problem.get("subject").asText()).startsWith("lookup ");
    }
    assertThat(plan.get("problems")).as("the chart asks for Secrets in a cluster").isNotEmpty();
  }

  @Test
  void theFactsOfTheClusterLimitThePlan() throws Exception {
    assertThat(plan("--openshift").toString()).contains(CONSOLE);
    assertThat(plan("--api-versions", "example.com/v1").toString()).doesNotContain(CONSOLE);
    Path facts =
        Files.writeString(
            directory.resolve("facts.yaml"),
            ClusterVersions.of("v1.31.2", List.of("v1", "apps/v1")).toYaml());
    assertThat(plan("--cluster-facts", facts).toString()).doesNotContain(CONSOLE);
  }
}
