package ai.kubernaut.airgap.examples.benchmark;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleLoader;
import ai.kubernaut.airgap.bundle.BundleOptions;
import ai.kubernaut.airgap.bundle.Bundler;
import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Creates and loads bundles, beside a plain copy of the same files on the same disk, and beside
 * skopeo if it is on the PATH; and does both in processes whose heap is 64 MiB.
 */
final class BundleCost {
  private static final String PLAIN_COPY = "plain copy with SHA-256";
  private static final String SOURCE = "source.local";
  private static final String MIRROR = "mirror.local";
  private static final int BUFFER = 128 << 10;

  private final PrintStream out;
  private final int rounds;
  private final double scale;
  private final Map<String, List<Measurement>> results = new LinkedHashMap<>();

  BundleCost(PrintStream out, int rounds, double scale) {
    this.out = out;
    this.rounds = rounds;
    this.scale = scale;
  }

  void run() throws Exception {
    Path work = Files.createTempDirectory("kubernaut-airgap-benchmark-");
    try (LocalRegistry registry = LocalRegistry.start(Comparison::client);
        RegistryClient toRegistry = Comparison.client(registry.host());
        RegistryClient layout = LayoutRegistryClient.at(work.resolve("source"))) {
      List<ImageRef> published = new BenchmarkImages(toRegistry, registry.host(), scale).push();
      BenchmarkImages images = new BenchmarkImages(layout, SOURCE, scale);
      List<ImageRef> stored = images.push();
      out.printf(
          Locale.ROOT,
          "%d images, %d unique blobs, %.0f MB unique%n",
          stored.size(),
          images.uniqueBlobs(),
          images.uniqueBytes() / 1e6);
      // The first round only warms the JVM and the page cache.
      for (int round = 0; round <= rounds; round++) {
        measureFiles(round > 0, work, layout, plan(stored, MIRROR));
      }
      print(images.uniqueBytes());
      results.clear();
      for (int round = 0; round <= rounds; round++) {
        measureRegistries(round > 0, work, registry, toRegistry, published);
      }
      print(images.uniqueBytes());
    } finally {
      delete(work);
    }
  }

  private static MirrorPlan plan(List<ImageRef> images, String target) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry(target));
    images.forEach(plan::image);
    return plan.build();
  }

  /** Source, bundle and mirror are on the same disk. */
  private void measureFiles(boolean counts, Path work, RegistryClient source, MirrorPlan plan)
      throws Exception {
    long part = Math.max(4096, (long) (scale * (100 << 20)));
    measure(
        counts,
        work.resolve("copy"),
        PLAIN_COPY,
        copy -> () -> copyPlainly(work.resolve("source"), copy));
    Path directory = work.resolve("bundle");
    Path parts = work.resolve("parts");
    settle();
    record(
        counts,
        "create a directory, from files",
        Measurement.ofCall(() -> create(source, directory, plan)));
    settle();
    record(
        counts,
        "create parts, from files",
        Measurement.ofCall(() -> createParts(source, parts, part, plan)));
    measure(
        counts,
        work.resolve("mirror"),
        "load a directory, to files",
        mirror -> () -> loadToFiles(directory, mirror));
    measure(
        counts,
        work.resolve("mirror"),
        "load parts, to files",
        mirror -> () -> loadToFiles(parts, mirror));
    delete(directory);
    delete(parts);
  }

  private void measureRegistries(
      boolean counts,
      Path work,
      LocalRegistry registry,
      RegistryClient source,
      List<ImageRef> images)
      throws Exception {
    boolean skopeo = counts && Comparison.isOnPath("skopeo");
    measure(
        counts,
        work.resolve("copy"),
        PLAIN_COPY,
        copy -> () -> copyPlainly(work.resolve("source"), copy));
    Path directory = work.resolve("bundle");
    settle();
    record(
        counts,
        "create a directory, from a registry",
        Measurement.ofCall(() -> create(source, directory, plan(images, MIRROR)), registry));
    if (skopeo) {
      Path layout = work.resolve("skopeo");
      record(
          counts,
          "skopeo copy, registry to oci:DIR",
          Measurement.ofCommands(
              images.stream()
                  .map(image -> skopeo("docker://" + image, "oci:" + layout + ":" + image))
                  .toList(),
              1,
              registry));
      delete(layout);
    }
    try (LocalRegistry mirror = LocalRegistry.start(Comparison::client);
        RegistryClient target = Comparison.client(mirror.host())) {
      record(
          counts,
          "load a directory, to a registry",
          Measurement.ofCall(() -> load(directory, target, mirror.host()), mirror));
    }
    if (skopeo) {
      try (LocalRegistry mirror = LocalRegistry.start(Comparison::client)) {
        record(
            counts,
            "skopeo copy, oci:DIR to registry",
            Measurement.ofCommands(
                images.stream()
                    .map(
                        image ->
                            skopeo(
                                "oci:" + directory + ":" + image,
                                "docker://"
                                    + image.toString().replace(registry.host(), mirror.host())))
                    .toList(),
                1,
                mirror));
      }
    }
    delete(directory);
    if (counts) {
      measureSmallHeap(work, registry, images);
    }
  }

  private static List<String> skopeo(String from, String to) {
    return List.of(
        "skopeo", "copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false", from, to);
  }

  /** Both halves as processes of the command line. */
  private void measureSmallHeap(Path work, LocalRegistry registry, List<ImageRef> images)
      throws Exception {
    Path plan = work.resolve("plan.yaml");
    for (boolean inParts : new boolean[] {false, true}) {
      String kind = inParts ? "parts" : "a directory";
      Path bundle = work.resolve("bundle");
      try (LocalRegistry mirror = LocalRegistry.start(Comparison::client)) {
        plan(images, mirror.host()).save(plan);
        List<String> create =
            new ArrayList<>(
                List.of(
                    "bundle",
                    "create",
                    "--plan",
                    plan.toString(),
                    "--out",
                    bundle.toString(),
                    "--plain-http",
                    registry.host()));
        if (inParts) {
          create.addAll(List.of("--part-size", String.valueOf((long) (scale * (100 << 20)))));
        }
        record(
            true,
            "create " + kind + ", process with -Xmx64m",
            Measurement.ofCommands(
                List.of(Comparison.command(List.of("-Xmx64m"), create)), 1, registry));
        record(
            true,
            "load " + kind + ", process with -Xmx64m",
            Measurement.ofCommands(
                List.of(
                    Comparison.command(
                        List.of("-Xmx64m"),
                        List.of(
                            "mirror",
                            "--from-bundle",
                            bundle.toString(),
                            "--plain-http",
                            mirror.host()))),
                1,
                mirror));
      }
      delete(bundle);
    }
  }

  private static boolean create(RegistryClient source, Path directory, MirrorPlan plan) {
    try (RegistryClient store = LayoutRegistryClient.at(directory, Bundle.repository())) {
      return new Bundler(source, store, event -> {})
          .create(plan, BundleOptions.builder().build())
          .orElseThrow()
          .isOk();
    }
  }

  private static int createParts(RegistryClient source, Path parts, long size, MirrorPlan plan) {
    try (ArchiveRegistryClient store = ArchiveRegistryClient.create(parts, size)) {
      BundleOptions options =
          BundleOptions.builder().mirror(MirrorOptions.builder().blobsAtOnce(1).build()).build();
      new Bundler(source, store, event -> {}).create(plan, options).orElseThrow();
      return store.finish();
    }
  }

  private static boolean loadToFiles(Path bundle, Path mirror) {
    try (RegistryClient target = LayoutRegistryClient.at(mirror)) {
      return load(bundle, target, MIRROR);
    }
  }

  private static boolean load(Path path, RegistryClient target, String host) {
    try (RegistryClient store =
        ArchiveRegistryClient.isArchive(path)
            ? ArchiveRegistryClient.open(path)
            : LayoutRegistryClient.open(path, Bundle.repository())) {
      Bundle bundle = Bundle.open(store);
      MirrorPlan plan = plan(List.copyOf(bundle.images().keySet()), host);
      return new BundleLoader(target, event -> {})
          .load(bundle, plan, MirrorOptions.builder().build())
          .orElseThrow()
          .isOk();
    }
  }

  /** Reads, hashes and writes each file, and in the end writes all of them to the disk. */
  private static long copyPlainly(Path from, Path to) throws Exception {
    List<Path> written = new ArrayList<>();
    byte[] buffer = new byte[BUFFER];
    long bytes = 0;
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path copy = to.resolve(from.relativize(file).toString());
      Files.createDirectories(copy.resolveSibling("."));
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      try (InputStream in = Files.newInputStream(file);
          OutputStream target = Files.newOutputStream(copy)) {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          hash.update(buffer, 0, count);
          target.write(buffer, 0, count);
          bytes += count;
        }
      }
      byte[] unused = hash.digest();
      written.add(copy);
    }
    for (Path file : written) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
    return bytes;
  }

  /** Work whose output goes to a path. */
  private interface Work {
    Callable<?> to(Path output);
  }

  private void measure(boolean counts, Path output, String what, Work work) throws Exception {
    settle();
    record(counts, what, Measurement.ofCall(work.to(output)));
    delete(output);
  }

  /** Lets the file system end what earlier work has left to it, deleting files above all. */
  private static void settle() throws IOException, InterruptedException {
    if (new ProcessBuilder("sync").inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("the command sync failed");
    }
  }

  private void record(boolean counts, String what, Measurement measurement) {
    if (counts) {
      results.computeIfAbsent(what, any -> new ArrayList<>()).add(measurement);
    }
  }

  private void print(long bytes) {
    double plain = median(PLAIN_COPY).seconds();
    out.printf(
        Locale.ROOT, "%-44s %8s %8s %9s %11s%n", "", "wall s", "MB/s", "peak MiB", "plain copy");
    for (String what : results.keySet()) {
      Measurement middle = median(what);
      out.printf(
          Locale.ROOT,
          "%-44s %8.2f %8.0f %9s %10.2fx%n",
          what,
          middle.seconds(),
          bytes / 1e6 / middle.seconds(),
          what.contains("-Xmx") ? String.valueOf(middle.peakMebibytes()) : "",
          middle.seconds() / plain);
    }
  }

  private Measurement median(String what) {
    return Measurement.median(results.getOrDefault(what, List.of()));
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
