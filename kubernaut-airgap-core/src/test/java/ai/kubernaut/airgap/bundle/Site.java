package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartLock;
import ai.kubernaut.airgap.chart.LockedFile;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The site with a network: published images, a chart, and a plan for them. */
public final class Site {
  public static final ImageRef GATEWAY = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1");
  public static final ImageRef STORAGE = ImageRef.parse("docker.io/library/storage:v2");

  private Site() {}

  /** Publishes two images that share layers, one of them signed. */
  public static void publish(RegistryClient source) {
    List<byte[]> shared = List.of(TestImages.bytes(300_000, 1), TestImages.bytes(9_000, 2));
    Manifest gateway = TestImages.publish(source, GATEWAY, TestImages.Kind.OCI, shared, 11);
    TestImages.publish(source, STORAGE, TestImages.Kind.DOCKER, shared, 12);
    sign(source, GATEWAY, gateway);
  }

  /** Adds a signature as a referrer and one under the tag of cosign. */
  private static void sign(RegistryClient source, ImageRef image, Manifest subject) {
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor empty =
        Descriptor.of("application/vnd.oci.empty.v1+json", Digest.sha256(config), config.length);
    source.writeBlob(image.repository(), empty, new ByteArrayInputStream(config));
    for (boolean tagged : List.of(true, false)) {
      Manifest signature =
          Manifest.of(
              Manifest.OCI_MANIFEST,
              """
              {"schemaVersion":2,"mediaType":"%s",
               "artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json",
               "config":{"mediaType":"%s","digest":"%s","size":2},"layers":[],
               "annotations":{"tagged":"%s"}%s}"""
                  .formatted(
                      Manifest.OCI_MANIFEST,
                      empty.mediaType(),
                      empty.digest(),
                      tagged,
                      tagged
                          ? ""
                          : ",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                              .formatted(subject.mediaType(), subject.digest(), subject.size()))
                  .getBytes(StandardCharsets.UTF_8));
      source.writeManifest(
          tagged
              ? image.repository().tag("sha256-" + subject.digest().hex() + ".sig")
              : image.repository().digest(signature.digest()),
          signature);
    }
  }

  /** A plan of the images for a chart that is written to a directory. */
  public static MirrorPlan plan(RegistryClient source, Path directory, String target)
      throws IOException {
    Path chart = Files.createDirectories(directory.resolve("charts/kubernaut"));
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: kubernaut\nversion: 1.1.0\n");
    Path templates = Files.createDirectories(chart.resolve("templates/" + "deep/".repeat(25)));
    Files.writeString(templates.resolve("pods.yaml"), "kind: Pod\n");
    Files.writeString(chart.resolve("empty.txt"), "");
    Path values = Files.writeString(directory.resolve("values.yaml"), "a: 1\n");
    Path sdkConfig = Files.writeString(directory.resolve("sdk.yaml"), "llm: {}\n");
    Chart located = Chart.at(chart).values(values).sdkConfig(sdkConfig);
    ChartLock lock =
        ChartLock.builder()
            .name("kubernaut")
            .version("1.1.0")
            .chart(LockedFile.of(chart, ChartLock.digestOf(chart)))
            .files(
                located.files().stream()
                    .map(file -> LockedFile.of(file, ChartLock.digestOf(file)))
                    .toList())
            .build();
    return MirrorPlan.builder(Target.registry(target))
        .image(GATEWAY)
        .image(STORAGE)
        .chart(located)
        .lock(lock)
        .build();
  }
}
