package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmClientContract;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Without a cluster: the lab of the examples runs the same contract with one. */
final class HelmJavaClientTest extends HelmClientContract {
  @Override
  protected HelmClient open() {
    return HelmJavaClient.create();
  }

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.CLUSTER));
  }

  private static Path chart(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("templates"));
    Files.writeString(
        directory.resolve("Chart.yaml"), "apiVersion: v2\nname: tiny\nversion: 0.1.0\n");
    Files.writeString(
        directory.resolve("templates/config.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tiny}\ndata: {password: {{ .Values.password | quote }}}\n");
    return directory;
  }

  @Test
  void aClusterThatIsNotThereIsSaidToBeSo(@TempDir Path directory) throws IOException {
    Path kubeconfig =
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            users: [{name: u, user: {}}]
            """);
    Chart chart = Chart.at(chart(directory.resolve("tiny"))).set("password", "hunter2");
    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig)) {
      assertThat(helm).hasToString("HelmJavaClient[" + kubeconfig + "]");
      assertThatThrownBy(() -> helm.status(ReleaseName.defaultRelease()))
          .isInstanceOf(HelmException.class)
          .hasMessageContaining("The release kubernaut could not be read")
          .hasMessageContaining("the API server of the kubeconfig cannot be reached");
      assertThatThrownBy(
              () -> helm.install(chart, ReleaseName.defaultRelease(), Duration.ofSeconds(5)))
          .isInstanceOf(HelmException.class)
          .hasMessageContaining("The release kubernaut could not be installed in kubernaut-system")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void renderingNeedsNoClusterAndSeesAKubernetesOfToday(@TempDir Path directory)
      throws IOException {
    Path chart = chart(directory.resolve("tiny"));
    Files.writeString(
        chart.resolve("Chart.yaml"),
        "apiVersion: v2\nname: tiny\nversion: 0.1.0\nkubeVersion: '>= 1.30.0-0'\n");
    try (HelmClient helm = HelmJavaClient.withKubeconfig(directory.resolve("no-kubeconfig"))) {
      assertThat(helm.render(Chart.at(chart).set("password", "x"), ReleaseName.defaultRelease()))
          .contains("# Source: tiny/templates/config.yaml")
          .contains("password: \"x\"");
    }
  }

  private static void template(Path chart, String name, String image) throws IOException {
    Files.writeString(
        chart.resolve("templates").resolve(name),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Chart.Name }}}\ndata: {image: '"
            + image
            + "'}\n");
  }

  @Test
  void subchartsAreRewrittenToo_packedOrUnderAnAlias(@TempDir Path directory) throws IOException {
    Path chart = chart(directory.resolve("tiny"));
    Files.writeString(
        chart.resolve("Chart.yaml"),
        """
        apiVersion: v2
        name: tiny
        version: 0.1.0
        dependencies:
        - {name: other, version: 0.1.0, alias: first}
        - {name: other, version: 0.1.0, alias: second}
        - {name: packed, version: 0.1.0}
        """);
    Path other = chart(chart.resolve("charts/other"));
    Files.writeString(other.resolve("Chart.yaml"), "apiVersion: v2\nname: other\nversion: 0.1.0\n");
    Files.delete(other.resolve("templates/config.yaml"));
    template(other, "image.yaml", "quay.io/a/b:1");
    Path inner = chart(other.resolve("charts/inner"));
    Files.writeString(inner.resolve("Chart.yaml"), "apiVersion: v2\nname: inner\nversion: 0.1.0\n");
    Files.delete(inner.resolve("templates/config.yaml"));
    template(inner, "image.yaml", "quay.io/a/b:1");
    ChartCopyTest.pack(
        chart.resolve("charts/packed-0.1.0.tgz"),
        "packed/Chart.yaml",
        "apiVersion: v2\nname: packed\nversion: 0.1.0\n",
        "packed/templates/image.yaml",
        "kind: ConfigMap\nmetadata: {name: packed}\ndata: {image: quay.io/a/b:1}\n");
    try (HelmClient helm = HelmJavaClient.create()) {
      String rendered =
          helm.render(
              Chart.at(chart)
                  .set("password", "x")
                  .rewriting(Map.of("quay.io/a/b:1", "harbor.corp/a/b:1")),
              ReleaseName.defaultRelease());
      assertThat(rendered.split("harbor.corp/a/b:1", -1)).hasSize(1 + 4);
      assertThat(rendered)
          .contains("name: first", "name: second", "name: inner", "name: packed", "password: \"x\"")
          .doesNotContain("quay.io/");
    }
  }

  static String[][] secretsThatHelmWouldQuote() {
    return new String[][] {
      // The schema's pattern, a conversion in a template, and the chart's own words.
      {"templates/x.yaml", "x: {{ .Values.password | int64 | add1 }}{{ atoi .Values.password }}"},
      {"templates/x.yaml", "x: {{ mustFromJson .Values.password }}"},
      {"templates/x.yaml", "{{ fail (printf \"bad: %s\" .Values.password) }}"},
      {"templates/x.yaml", "{{ .Values.password }}"},
      {"values.schema.json", "{\"properties\": {\"password\": {\"pattern\": \"^[0-9]+$\"}}}"},
      {"values.schema.json", "{\"properties\": {\"password\": {\"format\": \"ipv4\"}}}"},
    };
  }

  @ParameterizedTest
  @MethodSource("secretsThatHelmWouldQuote")
  void noExceptionQuotesASecretValue(String file, String content, @TempDir Path directory)
      throws IOException {
    Path path = chart(directory.resolve("tiny"));
    Files.writeString(path.resolve(file), content);
    Path values = Files.writeString(directory.resolve("values.yaml"), "password: hunter2-secret\n");
    try (HelmClient helm = HelmJavaClient.create()) {
      for (Chart chart :
          List.of(
              Chart.at(path).set("password", "hunter2-secret"),
              Chart.at(path).setString("password", "hunter2-secret"),
              Chart.at(path).setJson("password", "\"hunter2-secret\""),
              Chart.at(path)
                  .setFile(
                      "password", Files.writeString(directory.resolve("pass"), "hunter2-secret")),
              Chart.at(path).values(values))) {
        Throwable refusal = catchThrowable(() -> helm.render(chart, ReleaseName.defaultRelease()));
        if (refusal != null) {
          assertThat(refusal).isInstanceOf(HelmException.class);
          StringWriter trace = new StringWriter();
          refusal.printStackTrace(new PrintWriter(trace, true));
          assertThat(trace + ((HelmException) refusal).helmMessage()).doesNotContain("hunter2");
        }
      }
    }
  }

  @Test
  void aSubchartsOwnValuesAreFoundAndSet(@TempDir Path directory) throws IOException {
    Path chart = chart(directory.resolve("tiny"));
    Files.writeString(chart.resolve("values.yaml"), "global: {registry: quay.io}\n");
    Path sub = chart(chart.resolve("charts/sub"));
    Files.writeString(sub.resolve("Chart.yaml"), "apiVersion: v2\nname: sub\nversion: 0.1.0\n");
    Files.writeString(
        sub.resolve("values.yaml"), "image: {registry: ghcr.io, repository: acme/db, tag: '16'}\n");
    Files.delete(sub.resolve("templates/config.yaml"));
    Files.writeString(
        sub.resolve("templates/pod.yaml"),
        """
        kind: Pod
        metadata: {name: db}
        spec:
          containers:
          - image: {{ with .Values.image }}{{ .registry }}/{{ .repository }}:{{ .tag }}{{ end }}
          - image: {{ .Values.global.registry }}/acme/tool:1
        """);
    Chart whole = Chart.at(chart).set("password", "x");
    Target target = Target.registry("harbor.corp").separator(Separator.DASH);
    MirrorPlan plan =
        MirrorPlan.builder(target)
            .chart(whole)
            .image(ImageRef.parse("ghcr.io/acme/db:16"))
            .image(ImageRef.parse("quay.io/acme/tool:1"))
            .build();
    try (HelmClient helm = HelmJavaClient.create()) {
      MirrorProof proof =
          new MirrorProver(helm).prove(plan, ProofOptions.builder().build()).orElseThrow();
      assertThat(proof.overlay().settings())
          .isEqualTo(
              Map.of("sub.image.registry", "harbor.corp", "sub.image.repository", "acme-db"));
      assertThat(proof.overlay().rewriting())
          .isEqualTo(Map.of("quay.io/acme/tool:1", "harbor.corp/acme-tool:1"));
    }
  }
}
