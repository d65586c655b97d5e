package ai.kubernaut.airgap.examples.benchmark;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.CheckDepth;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/** Plans, mirrors and checks a chart of thousands of images, to see how time and memory grow. */
final class ManyImages {
  private final PrintStream out;
  private final double scale;

  ManyImages(PrintStream out, double scale) {
    this.out = out;
    this.scale = scale;
  }

  void run() throws Exception {
    Path directory = Files.createTempDirectory("kubernaut-airgap-benchmark-");
    try (LocalRegistry source = LocalRegistry.start(Comparison::client);
        RegistryClient toSource = Comparison.client(source.host());
        HelmJavaClient helm = HelmJavaClient.create()) {
      out.printf(
          Locale.ROOT,
          "%8s %10s %12s %12s %14s%n",
          "images",
          "planned s",
          "mirrored s",
          "checked s",
          "kept KiB");
      // The first only warms the JVM.
      for (int thousandths : new int[] {250, 250, 500, 1000}) {
        int count = (int) Math.max(1, 5000 * scale * thousandths / 1000);
        publish(toSource, source.host(), count);
        Path chart = chart(directory.resolve("chart-" + count), source.host(), count);
        measure(helm, Chart.at(chart), source);
      }
    } finally {
      delete(directory);
    }
  }

  private void measure(HelmJavaClient helm, Chart chart, LocalRegistry source) throws Exception {
    try (LocalRegistry target = LocalRegistry.start(Comparison::client);
        RegistryClient client = Comparison.client(source.host(), target.host())) {
      MirrorEngine engine = new MirrorEngine(client, MirrorOptions.builder().build(), event -> {});
      long before = usedHeap();
      long start = System.nanoTime();
      MirrorPlan plan =
          new MirrorPlanner(helm, client)
              .plan(chart, Target.registry(target.host()), PlanOptions.builder().build());
      long planned = System.nanoTime();
      engine.mirror(plan).orElseThrow();
      long mirrored = System.nanoTime();
      MirrorReport report = engine.check(plan, CheckDepth.MANIFEST).orElseThrow();
      long checked = System.nanoTime();
      long after = usedHeap();
      out.printf(
          Locale.ROOT,
          "%8d %10.2f %12.2f %12.2f %14d%n",
          report.images().size(),
          (planned - start) / 1e9,
          (mirrored - planned) / 1e9,
          (checked - mirrored) / 1e9,
          (after - before) >> 10);
    }
  }

  /** What plan and report keep, once what was only needed on the way is gone. */
  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void publish(RegistryClient registry, String host, int count) {
    byte[] content = "{}".getBytes(StandardCharsets.UTF_8);
    Descriptor config =
        Descriptor.of(
            "application/vnd.oci.image.config.v1+json", Digest.sha256(content), content.length);
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":2},\"layers\":[]}"
                .formatted(Manifest.OCI_MANIFEST, config.mediaType(), config.digest())
                .getBytes(StandardCharsets.UTF_8));
    for (int number = 0; number < count; number++) {
      Repository repository = Repository.parse(host + "/many/image-" + number);
      if (registry.findManifest(repository.tag("v1")).isEmpty()) {
        registry.writeBlob(repository, config, new ByteArrayInputStream(content));
        registry.writeManifest(repository.tag("v1"), manifest);
      }
    }
  }

  private static Path chart(Path directory, String host, int count) throws Exception {
    Files.createDirectories(directory.resolve("templates"));
    Files.writeString(
        directory.resolve("Chart.yaml"), "{apiVersion: v2, name: many, version: 0.1.0}\n");
    Files.writeString(
        directory.resolve("templates/pods.yaml"),
        """
        {{- range $number := until %d }}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: "pod-{{ $number }}"}
        spec: {containers: [{name: main, image: "%s/many/image-{{ $number }}:v1"}]}
        {{- end }}
        """
            .formatted(count, host));
    return directory;
  }

  private static void delete(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
