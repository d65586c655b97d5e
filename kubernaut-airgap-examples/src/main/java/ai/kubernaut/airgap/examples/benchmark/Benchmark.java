package ai.kubernaut.airgap.examples.benchmark;

import java.util.List;
import java.util.Locale;

/**
 * Measures this library: against each of skopeo, crane and oras that is on the PATH, between two
 * fresh docker-registry, on a fast and on a slow link; with thousands of images; and with a small
 * heap; what a call of Helm costs; and bundles against a plain copy. Run it where little else runs;
 * only the ratios within one run mean anything.
 *
 * <pre>
 * java -cp kubernaut-airgap.jar:lib/* ai.kubernaut.airgap.examples.benchmark.Benchmark [rounds [scale [part…]]]
 * </pre>
 */
public final class Benchmark {
  private static final List<String> PARTS =
      List.of("fast", "slow", "many", "heap", "helm", "bundle");

  private Benchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param arguments the number of rounds, by default 3; the scale, by default 1 for about 500 MB;
   *     the parts, {@code fast}, {@code slow}, {@code many}, {@code heap}, {@code helm} and {@code
   *     bundle}, by default all
   * @throws Exception when a registry does not start, or a tool fails
   */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    double scale = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
    List<String> parts =
        arguments.length > 2 ? List.of(arguments).subList(2, arguments.length) : PARTS;
    for (String part : parts) {
      System.out.println("== " + part);
      switch (part.toLowerCase(Locale.ROOT)) {
        case "fast" -> new Comparison(System.out, rounds, scale, false).run();
        case "slow" -> new Comparison(System.out, rounds, scale, true).run();
        case "many" -> new ManyImages(System.out, scale).run();
        case "helm" -> new HelmCost(System.out).run();
        case "bundle" -> new BundleCost(System.out, rounds, scale).run();
        case "heap" -> new SmallHeap(System.out, scale).run();
        default -> throw new IllegalArgumentException(part + " is none of " + PARTS);
      }
    }
  }
}
