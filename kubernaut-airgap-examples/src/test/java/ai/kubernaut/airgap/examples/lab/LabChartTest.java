package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabChartTest {
  private static final Pattern IMAGE = Pattern.compile("(?m)^\\s*(?:- )?image: \"?([^\"\\s]+)\"?$");

  @TempDir Path directory;

  @Test
  void indexNamesEveryFile() throws Exception {
    URI index = LabChart.class.getResource("/lab/index.txt").toURI();
    Path root = Path.of(index).getParent();
    try (Stream<Path> files = Files.walk(root)) {
      assertThat(LabChart.files())
          .containsExactlyElementsOf(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> root.relativize(file).toString())
                  .filter(file -> !file.equals("index.txt"))
                  .sorted()
                  .toList());
    }
  }

  @Test
  void migrationsAreALinkThatLeavesTheChart() {
    Path chart = LabChart.unpack(directory);
    assertThat(chart.resolve("migrations")).isSymbolicLink().isDirectory();
    assertThat(chart.resolve("migrations").resolve("001_create_audit_events.sql")).isRegularFile();
  }

  @Test
  void rendersTheImagesOfKubernaut() throws IOException {
    assertThat(images(render().set("holmesgptApi.sdkConfigContent", "llm: {}")))
        .containsExactlyInAnyOrder(
            "quay.io/kubernaut-ai/gateway:v1.1.0",
            "quay.io/kubernaut-ai/datastorage:v1.1.0",
            "quay.io/kubernaut-ai/aianalysis:v1.1.0",
            "quay.io/kubernaut-ai/signalprocessing:v1.1.0",
            "quay.io/kubernaut-ai/remediationorchestrator:v1.1.0",
            "quay.io/kubernaut-ai/workflowexecution:v1.1.0",
            "quay.io/kubernaut-ai/notification:v1.1.0",
            "quay.io/kubernaut-ai/effectivenessmonitor:v1.1.0",
            "quay.io/kubernaut-ai/holmesgpt-api:v1.1.0",
            "quay.io/kubernaut-ai/authwebhook:v1.1.0",
            "quay.io/kubernaut-ai/db-migrate:v1.1.0",
            "registry.redhat.io/rhel10/postgresql-16",
            "registry.redhat.io/rhel10/valkey-8",
            "registry.redhat.io/openshift4/ose-cli-rhel9:v4.17");
  }

  @Test
  void namesImagesAsTheRegistryWantsThem() throws IOException {
    String digest = "sha256:" + "a".repeat(64);
    assertThat(
            images(
                render()
                    .set("holmesgptApi.sdkConfigContent", "llm: {}")
                    .set("global.image.registry", "quay.io/myorg")
                    .set("global.image.separator", "-")
                    .set("global.image.digest", digest)))
        .contains("quay.io/myorg/kubernaut-ai-gateway@" + digest);
    assertThat(
            images(
                render()
                    .set("holmesgptApi.sdkConfigContent", "llm: {}")
                    .set("global.image.namespace", "")))
        .contains("quay.io/gateway:v1.1.0");
  }

  @Test
  void wantsAnLlm() throws IOException {
    TemplateCommand render = render();
    assertThatThrownBy(render::call)
        .hasMessageContaining("holmesgptApi.sdkConfigContent")
        .hasMessageContaining("holmesgptApi.llm.provider");
  }

  @Test
  void refusesUnknownValues() throws IOException {
    TemplateCommand render =
        render().set("holmesgptApi.sdkConfigContent", "llm: {}").set("gateway.imagge", "typo");
    assertThatThrownBy(render::call).hasMessageContaining("imagge");
  }

  /** The chart as Helm's template command takes it: without lookups, hooks like other objects. */
  private TemplateCommand render() throws IOException {
    Path chart = LabChart.unpack(directory);
    try (Stream<Path> templates = Files.walk(chart.resolve("templates"))) {
      for (Path template : templates.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(template);
        Files.writeString(
            template,
            text.replaceAll("\\blookup \"", "omit (dict) \"").replace("helm.sh/hook", "lab/hook"));
      }
    }
    return new Helm(chart)
        .template()
        .withName("kubernaut")
        .withNamespace("kubernaut-system")
        .withValuesFile(chart.resolve("values-ocp.yaml"))
        .set("global.image.tag", "v1.1.0");
  }

  private static Set<String> images(TemplateCommand render) {
    return IMAGE
        .matcher(render.call())
        .results()
        .map(MatchResult::group)
        .map(line -> line.replaceAll(".*image: \"?([^\"\\s]+)\"?", "$1").strip())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
