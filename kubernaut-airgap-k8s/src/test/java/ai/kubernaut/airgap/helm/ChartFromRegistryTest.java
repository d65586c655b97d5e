package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartFetcher;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A chart that Helm has pushed to a registry. */
@Timeout(120)
final class ChartFromRegistryTest {
  @TempDir Path directory;

  @Test
  void aChartThatHelmHasPushedIsFetchedRenderedAndMirrored() throws IOException {
    try (DockerRegistry source = DockerRegistry.start();
        DockerRegistry mirror = DockerRegistry.start();
        HttpRegistryClient registries =
            HttpRegistryClient.builder()
                .credentials(CredentialProvider.none())
                .plainHttp(source.host())
                .plainHttp(mirror.host())
                .build();
        HelmJavaClient helm = HelmJavaClient.create()) {
      push(source.host());
      ImageRef artifact = ImageRef.parse(source.host() + "/charts/fetched:0.1.0");

      Chart chart = new ChartFetcher(registries).fetch(artifact, directory);

      assertThat(helm.render(chart, ReleaseName.defaultRelease())).contains("kind: ConfigMap");
      MirrorPlan plan =
          new MirrorPlanner(helm, registries)
              .plan(chart, Target.registry(mirror.host()), PlanOptions.builder().build());
      new MirrorEngine(registries, MirrorOptions.builder().build(), event -> {})
          .mirror(plan)
          .orElseThrow();
      Path there = Files.createDirectory(directory.resolve("from-the-mirror"));
      Chart mirrored =
          new ChartFetcher(registries)
              .fetch(ImageRef.parse(mirror.host() + "/charts/fetched:0.1.0"), there);
      assertThat(mirrored.location()).hasSameBinaryContentAs(chart.location());
    }
  }

  private void push(String host) throws IOException {
    Path chart = directory.resolve("fetched");
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: fetched\nversion: 0.1.0\n");
    Files.writeString(
        chart.resolve("templates/map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fetched}\n");
    Path packed = Files.createDirectory(directory.resolve("packed"));
    new Helm(chart).packageIt().withDestination(packed).call();
    Helm.push()
        .withChart(packed.resolve("fetched-0.1.0.tgz"))
        .withRemote(URI.create("oci://" + host + "/charts"))
        .plainHttp()
        .call();
  }
}
