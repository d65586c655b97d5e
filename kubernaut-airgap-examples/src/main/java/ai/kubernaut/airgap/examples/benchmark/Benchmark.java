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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Mirrors the same images between two fresh docker-registry with this library and with each of
 * skopeo, crane and oras that is on the PATH, taking turns, and prints what each took. Run it where
 * little else runs; only the ratios within one run mean anything.
 *
 * <pre>
 * java -cp kubernaut-airgap.jar:lib/* ai.kubernaut.airgap.examples.benchmark.Benchmark [rounds [scale]]
 * </pre>
 */
public final class Benchmark {
  private final PrintStream out;
  private final int rounds;
  private final double scale;
  private final Map<String, List<Measurement>> results = new LinkedHashMap<>();

  private Benchmark(PrintStream out, int rounds, double scale) {
    this.out = out;
    this.rounds = rounds;
    this.scale = scale;
  }

  /**
   * Runs the benchmark.
   *
   * @param arguments the number of rounds, by default 3, and the scale, by default 1 for about 500
   *     MB
   * @throws Exception when a registry does not start, or a tool fails
   */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    double scale = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
    new Benchmark(System.out, rounds, scale).run();
  }

  private static RegistryClient client(String... hosts) {
    HttpRegistryClient.Builder client =
        HttpRegistryClient.builder().credentials(CredentialProvider.none());
    for (String host : hosts) {
      client.plainHttp(host);
    }
    return client.build();
  }

  private void run() throws Exception {
    try (LocalRegistry source = LocalRegistry.start(Benchmark::client);
        RegistryClient toSource = client(source.host())) {
      BenchmarkImages images = new BenchmarkImages(toSource, source.host(), scale);
      List<ImageRef> published = images.push();
      out.printf(
          Locale.ROOT,
          "%d images, %d unique blobs, %.0f MB unique%n",
          published.size(),
          images.uniqueBlobs(),
          images.uniqueBytes() / 1e6);
      for (int round = 0; round <= rounds; round++) {
        // The first round only warms the JVM and the page cache.
        measure(round > 0, source, published);
      }
      print(images.uniqueBytes());
    }
  }

  private void measure(boolean counts, LocalRegistry source, List<ImageRef> images)
      throws Exception {
    try (LocalRegistry target = LocalRegistry.start(Benchmark::client);
        RegistryClient client = client(source.host(), target.host())) {
      MirrorPlan plan = plan(target, images);
      MirrorEngine engine = new MirrorEngine(client, MirrorOptions.builder().build(), event -> {});
      record(
          counts,
          "this library, warm JVM",
          Measurement.ofCall(() -> engine.mirror(plan).orElseThrow()));
      record(
          counts,
          "this library, again, nothing to do",
          Measurement.ofCall(() -> engine.mirror(plan).orElseThrow()));
    }
    try (LocalRegistry target = LocalRegistry.start(Benchmark::client)) {
      Path file = Files.createTempFile("plan", ".yaml");
      plan(target, images).save(file);
      record(
          counts,
          "this library, cold process",
          Measurement.ofCommands(List.of(ownCommand(source, target, file)), 1));
      Files.delete(file);
    }
    for (int atOnce : List.of(1, 4)) {
      compare(
          counts,
          "skopeo",
          "skopeo copy --all --src-tls-verify=false --dest-tls-verify=false docker://%s docker://%s",
          atOnce,
          source,
          images);
      compare(counts, "crane", "crane copy --insecure %s %s", atOnce, source, images);
      compare(
          counts,
          "oras",
          "oras cp -r --from-plain-http --to-plain-http %s %s",
          atOnce,
          source,
          images);
    }
  }

  private static MirrorPlan plan(LocalRegistry target, List<ImageRef> images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry(target.host()));
    images.forEach(plan::image);
    return plan.build();
  }

  private static List<String> ownCommand(LocalRegistry source, LocalRegistry target, Path plan) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        "ai.kubernaut.airgap.examples.cli.Main",
        "mirror",
        "--plan",
        plan.toString(),
        "--plain-http",
        source.host(),
        "--plain-http",
        target.host());
  }

  private void compare(
      boolean counts,
      String tool,
      String command,
      int atOnce,
      LocalRegistry source,
      List<ImageRef> images)
      throws Exception {
    if (!isOnPath(tool)) {
      return;
    }
    try (LocalRegistry target = LocalRegistry.start(Benchmark::client)) {
      List<List<String>> commands = new ArrayList<>();
      for (ImageRef image : images) {
        String copy =
            String.format(
                Locale.ROOT,
                command,
                image,
                image.toString().replace(source.host(), target.host()));
        commands.add(List.of(copy.split(" ", -1)));
      }
      record(counts, tool + ", " + atOnce + " at once", Measurement.ofCommands(commands, atOnce));
      record(
          counts,
          tool + ", " + atOnce + " at once, again",
          Measurement.ofCommands(commands, atOnce));
    }
  }

  private static boolean isOnPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
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
   * source, once to the target.
   */
  private void print(long uniqueBytes) {
    double own = median("this library, warm JVM").seconds();
    out.printf(
        Locale.ROOT,
        "%-36s %8s %8s %9s %14s %8s%n",
        "",
        "wall s",
        "CPU s",
        "peak MiB",
        "bytes / unique",
        "wall");
    for (String tool : results.keySet()) {
      Measurement middle = median(tool);
      out.printf(
          Locale.ROOT,
          "%-36s %8.2f %8.2f %9d %14.3f %7.2fx%n",
          tool,
          middle.seconds(),
          middle.cpuSeconds(),
          middle.peakMebibytes(),
          middle.loopbackBytes() / (2.0 * uniqueBytes),
          middle.seconds() / own);
    }
  }

  private Measurement median(String tool) {
    List<Measurement> sorted = new ArrayList<>(results.getOrDefault(tool, List.of()));
    sorted.sort(Comparator.comparingDouble(Measurement::seconds));
    return sorted.get(sorted.size() / 2);
  }
}
