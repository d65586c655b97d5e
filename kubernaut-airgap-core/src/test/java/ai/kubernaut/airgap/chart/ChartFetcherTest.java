package ai.kubernaut.airgap.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChartFetcherTest {
  private static final ImageRef ARTIFACT =
      ImageRef.parse("quay.io/kubernaut-ai/charts/kubernaut:1.1.0_build.7");
  private static final String CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

  private final MemoryRegistryClient registries = MemoryRegistryClient.create();

  @TempDir Path directory;

  @AfterEach
  void close() {
    registries.close();
  }

  private Digest publish(String layerType, byte[] content) {
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            """
            {"schemaVersion": 2, "config": %s, "layers": [%s]}"""
                .formatted(
                    put("application/vnd.cncf.helm.config.v1+json", "{}".getBytes(UTF_8)),
                    put(layerType, content))
                .getBytes(UTF_8));
    registries.writeManifest(ARTIFACT, manifest);
    return manifest.digest();
  }

  private String put(String mediaType, byte[] content) {
    Descriptor blob = Descriptor.of(mediaType, Digest.sha256(content), content.length);
    registries.writeBlob(ARTIFACT.repository(), blob, new ByteArrayInputStream(content));
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, blob.digest(), blob.size());
  }

  private Chart fetch() {
    return new ChartFetcher(registries).fetch(ARTIFACT, directory);
  }

  @Test
  void aChartIsStoredUnderItsNameAndKnowsWhereItCameFrom() throws IOException {
    publish(CHART, "packed".getBytes(UTF_8));
    Files.writeString(directory.resolve("kubernaut-1.1.0_build.7.tgz"), "an older one");

    Chart chart = fetch();

    assertThat(chart.artifact()).contains(ARTIFACT);
    assertThat(chart.location()).isEqualTo(directory.resolve("kubernaut-1.1.0_build.7.tgz"));
    assertThat(chart.location()).hasContent("packed");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(chart.location());
    }
  }

  @Test
  void theArtifactIsPlannedWithTheImages() {
    Digest digest = publish(CHART, "packed".getBytes(UTF_8));

    MirrorPlan plan =
        new MirrorPlanner(TemplateHelm.rendering(""), registries)
            .plan(fetch(), Target.registry("harbor.corp"), PlanOptions.builder().build());

    assertThat(plan.entries())
        .containsExactly(
            MirrorEntry.builder()
                .source(ARTIFACT)
                .target(ImageRef.parse("harbor.corp/kubernaut-ai/charts/kubernaut:1.1.0_build.7"))
                .digest(digest)
                .addReasons(ImageReason.of("Chart.yaml", "Chart", "the chart itself"))
                .build());
  }

  @Test
  void whatIsNoChartIsRefusedAndNothingStored() throws IOException {
    publish("application/vnd.oci.image.layer.v1.tar+gzip", "a layer".getBytes(UTF_8));

    assertThatThrownBy(this::fetch)
        .isInstanceOf(HelmException.class)
        .hasMessageContaining(ARTIFACT.toString())
        .hasMessageContaining("not a Helm chart");
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aChartThatIsNotThereOrCannotBeStoredSaysSo() {
    assertThatThrownBy(this::fetch)
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.reason()).isEqualTo(RegistryException.Reason.NOT_FOUND));
    publish(CHART, "packed".getBytes(UTF_8));
    assertThatThrownBy(
            () -> new ChartFetcher(registries).fetch(ARTIFACT, directory.resolve("missing")))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("missing");
  }
}
