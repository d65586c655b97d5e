package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.PublishedChart;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The published chart's own values, schema and manifests, with the references in the manifests made
 * of the values as its templates make them, before the real Helm.
 */
final class PublishedChartProofTest {
  private static final Target FLAT = Target.registry("quay.io/myorg").separator(Separator.DASH);

  @TempDir Path directory;
  private Chart chart;

  @BeforeEach
  void rebuildTheChart() throws IOException {
    Files.copy(PublishedChart.file("values.yaml"), directory.resolve("values.yaml"));
    Files.copy(PublishedChart.file("values.schema.json"), directory.resolve("values.schema.json"));
    Files.writeString(
        directory.resolve("Chart.yaml"),
        "apiVersion: v2\nname: kubernaut\nversion: 1.1.0\nappVersion: 1.1.0\n");
    Files.createDirectory(directory.resolve("templates"));
    Files.writeString(
        directory.resolve("templates/all.yaml"),
        Files.readString(PublishedChart.file("rendered-with-hooks.yaml"))
            .replace("{{", "{{ print \"{\" \"{\" }}")
            .replaceAll(
                "quay\\.io/kubernaut-ai/([a-z-]+):v1\\.1\\.0",
                "{{ with .Values.global.image }}{{ .registry }}/{{ .namespace }}{{ .separator }}$1:{{ .tag }}{{ end }}")
            .replace("registry.redhat.io/rhel10/postgresql-16", "{{ .Values.postgresql.image }}")
            .replace("registry.redhat.io/rhel10/valkey-8", "{{ .Values.valkey.image }}")
            .replace(
                "registry.redhat.io/openshift4/ose-cli-rhel9:v4.17",
                "{{ .Values.hooks.tlsCerts.image }}"));
    chart =
        Chart.at(directory)
            .values(PublishedChart.file("values-ocp.yaml"))
            .set("global.image.tag", "v1.1.0");
  }

  private MirrorPlan plan(HelmClient helm) {
    MirrorPlan.Builder plan = MirrorPlan.builder(FLAT).chart(chart);
    RenderedChart.parse(helm.render(chart, chart.release()))
        .images()
        .forEach(
            use ->
                plan.addEntries(
                    MirrorEntry.builder()
                        .source(use.image())
                        .target(FLAT.nameOf(use.image()))
                        .digest(
                            Optional.of(
                                Digest.sha256(
                                    use.image().toString().getBytes(StandardCharsets.UTF_8))))
                        .build()));
    return plan.build();
  }

  private static List<String> images(MirrorProof proof) {
    return proof.rendered().images().stream().map(use -> use.image().toString()).toList();
  }

  @Test
  void everyImageIsTurnedToAFlatMirrorByFiveValues() {
    try (HelmClient helm = HelmJavaClient.create()) {
      MirrorPlan plan = plan(helm);
      MirrorProof proof =
          new MirrorProver(helm).prove(plan, ProofOptions.builder().build()).orElseThrow();
      assertThat(proof.overlay().settings())
          .containsOnlyKeys(
              "global.image.registry",
              "global.image.separator",
              "postgresql.image",
              "valkey.image",
              "hooks.tlsCerts.image");
      assertThat(proof.overlay().rewriting()).isEmpty();
      assertThat(images(proof))
          .containsExactlyInAnyOrderElementsOf(
              plan.entries().stream().map(entry -> entry.target().toString()).toList())
          .hasSize(14);
    }
  }

  @Test
  void everyImageCanBePinned() {
    try (HelmClient helm = HelmJavaClient.create()) {
      MirrorPlan plan = plan(helm);
      MirrorProof proof =
          new MirrorProver(helm)
              .prove(plan, ProofOptions.builder().pinDigests(true).build())
              .orElseThrow();
      assertThat(images(proof))
          .containsExactlyInAnyOrderElementsOf(
              plan.entries().stream()
                  .map(
                      entry ->
                          entry
                              .target()
                              .repository()
                              .digest(entry.digest().orElseThrow())
                              .toString())
                  .toList());
    }
  }
}
