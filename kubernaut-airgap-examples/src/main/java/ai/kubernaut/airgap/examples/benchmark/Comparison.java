package ai.kubernaut.airgap.examples.benchmark;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Mirrors the same images with this library and with each of skopeo, crane and oras that is on the
 * PATH, taking turns, and prints what each took.
 */
final class Comparison {
  private static final String WARM = "this library, warm JVM";

  private final PrintStream out;
  private final int rounds;
  private final double scale;
  private final boolean slowly;
  private final Map<String, List<Measurement>> results = new LinkedHashMap<>();

  /**
   * @param slowly with the source at the other end of a {@link SlowLink}
   */
  Comparison(PrintStream out, int rounds, double scale, boolean slowly) {
    this.out = out;
    this.rounds = rounds;
    this.scale = scale;
    this.slowly = slowly;
  }

  static RegistryClient client(String... hosts) {
    HttpRegistryClient.Builder client =
        HttpRegistryClient.builder().credentials(CredentialProvider.none());
    for (String host : hosts) {
      client.plainHttp(host);
    }
    return client.build();
  }

  void run() throws Exception {
    try (LocalRegistry source = LocalRegistry.start(Comparison::client);
        RegistryClient toSource = client(source.host())) {
      BenchmarkImages images = new BenchmarkImages(toSource, source.host(), scale);
      List<ImageRef> published = images.push();
      out.printf(
          Locale.ROOT,
          "%d images, %d unique blobs, %.0f MB unique%n",
          published.size(),
          images.uniqueBlobs(),
          images.uniqueBytes() / 1e6);
      if (slowly) {
        try (SlowLink.Running link = SlowLink.Running.before(source.host())) {
          measure(source, link.host(), published);
        }
        double limit = (double) images.uniqueBytes() / SlowLink.BYTES_PER_SECOND;
        out.printf(
            Locale.ROOT,
            "the link alone needs %.2f s for the unique bytes; this library took %.3f of that%n",
            limit,
            median(WARM).seconds() / limit);
      } else {
        measure(source, source.host(), published);
      }
      print(images.uniqueBytes());
    }
  }

  private void measure(LocalRegistry source, String sourceHost, List<ImageRef> published)
      throws Exception {
    List<ImageRef> images =
        published.stream()
            .map(image -> ImageRef.parse(image.toString().replace(source.host(), sourceHost)))
            .toList();
    // On a fast link the first round only warms the JVM and the page cache.
    for (int round = slowly ? 1 : 0; round <= rounds; round++) {
      measure(round > 0, source, sourceHost, images);
    }
  }

  private void measure(
      boolean counts, LocalRegistry source, String sourceHost, List<ImageRef> images)
      throws Exception {
    try (LocalRegistry target = LocalRegistry.start(Comparison::client);
        RegistryClient client = client(sourceHost, target.host())) {
      MirrorPlan plan = plan(target, images);
      MirrorEngine engine = new MirrorEngine(client, MirrorOptions.builder().build(), event -> {});
      record(
          counts,
          WARM,
          Measurement.ofCall(() -> engine.mirror(plan).orElseThrow(), source, target));
      record(
          counts,
          "this library, again, nothing to do",
          Measurement.ofCall(() -> engine.mirror(plan).orElseThrow(), source, target));
    }
    try (LocalRegistry target = LocalRegistry.start(Comparison::client)) {
      Path file = Files.createTempFile("plan", ".yaml");
      plan(target, images).save(file);
      record(
          counts,
          "this library, cold process",
          Measurement.ofCommands(
              List.of(mirrorCommand(List.of(), file, sourceHost, target.host())),
              1,
              source,
              target));
      Files.delete(file);
    }
    for (int atOnce : List.of(1, 4)) {
      compare(
          counts,
          "skopeo",
          "skopeo copy --all --src-tls-verify=false --dest-tls-verify=false docker://%s docker://%s",
          atOnce,
          source,
          sourceHost,
          images);
      compare(counts, "crane", "crane copy --insecure %s %s", atOnce, source, sourceHost, images);
      compare(
          counts,
          "oras",
          "oras cp -r --from-plain-http --to-plain-http %s %s",
          atOnce,
          source,
          sourceHost,
          images);
    }
  }

  private static MirrorPlan plan(LocalRegistry target, List<ImageRef> images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry(target.host()));
    images.forEach(plan::image);
    return plan.build();
  }

  /** This library's command line in a process of its own. */
  static List<String> mirrorCommand(
      List<String> javaOptions, Path plan, String source, String target) {
    return command(
        javaOptions,
        List.of(
            "mirror", "--plan", plan.toString(), "--plain-http", source, "--plain-http", target));
  }

  /** This library's command line in a process of its own. */
  static List<String> command(List<String> javaOptions, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), "ai.kubernaut.airgap.examples.cli.Main"));
    command.addAll(arguments);
    return command;
  }

  private void compare(
      boolean counts,
      String tool,
      String command,
      int atOnce,
      LocalRegistry source,
      String sourceHost,
      List<ImageRef> images)
      throws Exception {
    if (!isOnPath(tool)) {
      return;
    }
    try (LocalRegistry target = LocalRegistry.start(Comparison::client)) {
      List<List<String>> commands = new ArrayList<>();
      for (ImageRef image : images) {
        String copy =
            String.format(
                Locale.ROOT, command, image, image.toString().replace(sourceHost, target.host()));
        commands.add(List.of(copy.split(" ", -1)));
      }
      record(
          counts,
          tool + ", " + atOnce + " at once",
          Measurement.ofCommands(commands, atOnce, source, target));
      record(
          counts,
          tool + ", " + atOnce + " at once, again",
          Measurement.ofCommands(commands, atOnce, source, target));
    }
  }

  static boolean isOnPath(String program) {
    for (String directory :
        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  private void record(boolean counts, String tool, Measurement measurement) {
    if (counts) {
      results.computeIfAbsent(tool, name -> new ArrayList<>()).add(measurement);
    }
  }

  /**
   * Prints each tool's middle round; bytes as a multiple of what has to cross: once from the
   * source, once to the target, and over the slow link once more.
   */
  private void print(long uniqueBytes) {
    double own = median(WARM).seconds();
    out.printf(
        Locale.ROOT,
        "%-36s %8s %8s %11s %9s %14s %8s%n",
        "",
        "wall s",
        "CPU s",
        "registries",
        "peak MiB",
        "bytes / unique",
        "wall");
    for (String tool : results.keySet()) {
      Measurement middle = median(tool);
      out.printf(
          Locale.ROOT,
          "%-36s %8.2f %8.2f %11.2f %9d %14.3f %7.2fx%n",
          tool,
          middle.seconds(),
          middle.cpuSeconds(),
          middle.registriesCpuSeconds(),
          middle.peakMebibytes(),
          middle.loopbackBytes() / ((slowly ? 3.0 : 2.0) * uniqueBytes),
          middle.seconds() / own);
    }
  }

  private Measurement median(String tool) {
    return Measurement.median(results.getOrDefault(tool, List.of()));
  }
}
