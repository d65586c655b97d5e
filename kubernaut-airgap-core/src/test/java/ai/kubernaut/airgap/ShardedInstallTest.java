package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFormat;
import ai.kubernaut.airgap.shard.PlanPartition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The merged report of the shards of a plan is used by the later steps like any other report. */
final class ShardedInstallTest {
  @TempDir Path directory;

  private final MemoryRegistryClient registry = MemoryRegistryClient.create();
  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final List<String> rendered = new ArrayList<>();
  private final TemplateHelm helm =
      TemplateHelm.of(
          """
          gateway: quay.io/acme/gateway:1
          database: quay.io/acme/database:1
          global: {imagePullSecrets: []}
          postgresql: {auth: {existingSecret: ""}}
          credentialsSecretName: llm
          """,
          values -> {
            rendered.add(
                """
                {kind: Pod, metadata: {name: p}, spec: {imagePullSecrets: %s, containers: [
                 {name: gateway, image: "%s"}, {name: database, image: "%s"}]}}
                """
                    .formatted(
                        names(values),
                        values.text("gateway").orElse(""),
                        values.text("database").orElse("")));
            return rendered.get(rendered.size() - 1);
          });

  private static List<String> names(Fields values) {
    return values.list("global", "imagePullSecrets").stream()
        .map(secret -> "{name: " + secret.text("name").orElse("") + "}")
        .toList();
  }

  private ImageRef publish(String reference) {
    ImageRef image = ImageRef.parse(reference);
    byte[] content = reference.getBytes(StandardCharsets.UTF_8);
    Descriptor layer =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    registry.writeBlob(image.repository(), layer, new ByteArrayInputStream(content));
    registry.writeManifest(
        image,
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}"
                .formatted(layer.mediaType(), layer.digest(), layer.size())
                .getBytes(StandardCharsets.UTF_8)));
    return image;
  }

  @Test
  void theMergedReportConfiguresThePullSecretAndInstalls() throws IOException {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .chart(TemplateHelm.chart())
            .image(publish("quay.io/acme/gateway:1"))
            .image(publish("quay.io/acme/database:1"))
            .build();
    try (Airgap airgap = Airgap.builder().registry(registry).cluster(cluster).helm(helm).build()) {
      PlanPartition partition = airgap.partition(plan, 2).orElseThrow();
      List<MirrorReport> reports = new ArrayList<>();
      for (int shard = 0; shard < 2; shard++) {
        MirrorReport report = airgap.mirror(partition.shard(shard)).orElseThrow();
        Path file = directory.resolve("shard-" + shard + ".json");
        Files.writeString(file, ReportFormat.JSON.write(ReportDocument.of(report)));
        reports.add(MirrorReport.read(file, plan));
      }

      MirrorReport merged = partition.merge(plan, reports).orElseThrow();
      PullSecretReport pullSecret =
          airgap.configurePullSecret(merged, Credentials.of("robot", "hunter2"));
      Installation installation =
          airgap
              .install(
                  merged,
                  pullSecret,
                  InstallOptions.builder().putLlmCredentials("KEY", Secret.of("sk-key")).build())
              .orElseThrow();

      String secret = pullSecret.secrets().get(0).replace("kubernaut-system/", "");
      assertThat(installation.isOk()).isTrue();
      assertThat(cluster.get(ResourceType.SECRET, "kubernaut-system", secret)).isPresent();
      assertThat(rendered)
          .anySatisfy(
              manifests ->
                  assertThat(manifests)
                      .contains(
                          "harbor.corp/acme/gateway:1", "harbor.corp/acme/database:1", secret));
    }
  }
}
