package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.examples.lab.cluster.LabCluster;
import ai.kubernaut.airgap.examples.lab.cluster.PulledImage;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands that {@link HelmCli} uses, against output that was recorded from Helm 3.10.1: by the
 * binary of {@code -Dairgap.it.helm=FILE}, or else by {@link HelmStandIn}.
 */
class HelmOutputTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;
  @TempDir Path work;

  private static LabCluster cluster;
  private static String kubeconfig;

  private record Output(int status, String out, String error) {}

  @BeforeAll
  static void startCluster() {
    cluster = LabCluster.builder((image, configs) -> new PulledImage(image)).start();
    Path file = cluster.writeKubeconfig(directory);
    kubeconfig = file.toString();
    try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(file)) {
      client.create(
          ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, "recorded"));
    }
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void writeChart() throws IOException {
    Path templates = Files.createDirectories(work.resolve("chart/templates"));
    Files.writeString(
        work.resolve("chart/Chart.yaml"),
        "apiVersion: v2\nname: recorded\nversion: 1.0.0\nappVersion: \"7\"\n");
    Files.writeString(work.resolve("chart/values.yaml"), "message: \"\"\n");
    Files.writeString(
        templates.resolve("map.yaml"),
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-map
        data:
          message: {{ required "message is needed" .Values.message | quote }}
        """);
  }

  private Output helm(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(HelmStandIn.binary(directory).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    HelmEnvironment.withCluster(builder.environment(), work);
    Path out = work.resolve("out");
    Path error = work.resolve("error");
    Process process = builder.redirectOutput(out.toFile()).redirectError(error.toFile()).start();
    return new Output(process.waitFor(), Files.readString(out), Files.readString(error));
  }

  private Output onCluster(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--namespace", "recorded", "--kubeconfig", kubeconfig));
    return helm(all.toArray(String[]::new));
  }

  private String chart() {
    return work.resolve("chart").toString();
  }

  @Test
  void template() throws Exception {
    assertThat(helm("template", "r", chart(), "--kube-version", "1.33.0", "--set", "message=hi"))
        .isEqualTo(
            new Output(
                0,
                """
                ---
                # Source: recorded/templates/map.yaml
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: r-map
                data:
                  message: "hi"
                """,
                ""));
  }

  @Test
  void templateWithARefusedValue() throws Exception {
    Output refused = helm("template", "r", chart(), "--kube-version", "1.33.0");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.error())
        .startsWith("Error: execution error at (recorded/templates/map.yaml:6:14)")
        .contains("message is needed");
  }

  @Test
  void templateOfAMissingChartOrWithAMissingFile() throws Exception {
    assertThat(helm("template", "r", "missing", "--kube-version", "1.33.0"))
        .isEqualTo(
            new Output(
                1,
                "",
                "Error: non-absolute URLs should be in form of repo_name/path_to_chart, got: missing\n"));
    Output missing = helm("template", "r", chart(), "--values", "missing.yaml");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.error()).startsWith("Error: open ").contains("missing.yaml: no such file");
  }

  @Test
  void showChart() throws Exception {
    assertThat(helm("show", "chart", chart()))
        .isEqualTo(
            new Output(
                0, "apiVersion: v2\nappVersion: \"7\"\nname: recorded\nversion: 1.0.0\n\n", ""));
  }

  @Test
  void version() throws Exception {
    Output version = helm("version", "--template", "{{ .Version }}");
    assertThat(version.status()).isZero();
    assertThat(version.out()).matches("v[34]\\.\\d+\\.\\d+");
  }

  @Test
  void aRelease() throws Exception {
    Output none = onCluster("history", "r", "--output", "json");
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.error()).endsWith("Error: release: not found\n");

    Output installed =
        onCluster("install", "r", chart(), "--output", "json", "--set", "message=hi");
    assertThat(release(installed)).isEqualTo("r recorded 1 deployed recorded 1.0.0");
    Output again = onCluster("install", "r", chart(), "--output", "json", "--set", "message=hi");
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.error())
        .endsWith("Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n");
    Output upgraded =
        onCluster(
            "upgrade", "r", chart(), "--reset-values", "--output", "json", "--set", "message=2");
    assertThat(release(upgraded)).isEqualTo("r recorded 2 deployed recorded 1.0.0");
    assertThat(onCluster("rollback", "r", "1"))
        .isEqualTo(new Output(0, "Rollback was a success! Happy Helming!\n", ""));
    Output history = onCluster("history", "r", "--output", "json");
    List<String> revisions = new ArrayList<>();
    for (JsonNode one : JSON.readTree(history.out())) {
      revisions.add(
          one.at("/revision").asInt()
              + " "
              + one.at("/status").asText()
              + " "
              + one.at("/chart").asText());
    }
    assertThat(revisions)
        .containsExactly(
            "1 superseded recorded-1.0.0",
            "2 superseded recorded-1.0.0",
            "3 deployed recorded-1.0.0");
    assertThat(onCluster("uninstall", "r"))
        .isEqualTo(new Output(0, "release \"r\" uninstalled\n", ""));
  }

  private static String release(Output output) throws IOException {
    JsonNode release = JSON.readTree(output.out());
    return String.join(
        " ",
        release.at("/name").asText(),
        release.at("/namespace").asText(),
        String.valueOf(release.at("/version").asInt()),
        release.at("/info/status").asText(),
        release.at("/chart/metadata/name").asText(),
        release.at("/chart/metadata/version").asText());
  }
}
