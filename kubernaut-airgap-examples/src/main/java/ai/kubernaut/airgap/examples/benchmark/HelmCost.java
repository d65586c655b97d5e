package ai.kubernaut.airgap.examples.benchmark;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.examples.lab.LabChart;
import ai.kubernaut.airgap.examples.lab.LabVersion;
import ai.kubernaut.airgap.helm.HelmCli;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Renders the chart of the lab again and again: with Helm in processes of its own, in the JVM, and
 * by the {@code helm} of the {@code PATH} if there is one. Each time in a new JVM.
 */
final class HelmCost {
  private static final int LATER_CALLS = 40;

  /** Calls that only warm the JVM. */
  private static final int WARM_UP = 10;

  private final PrintStream out;

  HelmCost(PrintStream out) {
    this.out = out;
  }

  void run() throws Exception {
    out.printf(Locale.ROOT, "%-10s %12s %14s %16s%n", "helm", "first ms", "later ms", "peak MiB");
    for (String mode : List.of("process", "in-process", "binary")) {
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Child.class.getName(),
                  mode)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        out.print(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        if (child.waitFor() != 0) {
          throw new IllegalStateException("the process for " + mode + " failed");
        }
      } finally {
        child.destroyForcibly();
      }
    }
  }

  /** One mode. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      String mode = arguments[0];
      if (mode.equals("binary") && !hasBinary()) {
        System.out.println("binary     (no helm on the PATH)");
        return;
      }
      Path directory = Files.createTempDirectory("kubernaut-airgap-benchmark-");
      try {
        Path location = LabChart.unpack(directory);
        Chart chart =
            Chart.at(location)
                .values(location.resolve("values-ocp.yaml"))
                .set("holmesgptApi.llm.provider", "openai")
                .set("holmesgptApi.llm.model", "gpt-4o");
        for (Map.Entry<String, String> value : LabVersion.V1_1.requiredValues().entrySet()) {
          chart = chart.set(value.getKey(), value.getValue());
        }
        measure(mode, chart);
      } finally {
        delete(directory);
      }
    }

    private static boolean hasBinary() {
      return Stream.of(System.getenv("PATH").split(":", -1))
          .anyMatch(directory -> Files.isExecutable(Path.of(directory, "helm")));
    }

    private static void measure(String mode, Chart chart) {
      try (HelmClient helm = client(mode)) {
        double first = millis(helm, chart);
        for (int i = 0; i < WARM_UP; i++) {
          double unused = millis(helm, chart);
        }
        double[] later = new double[LATER_CALLS];
        for (int i = 0; i < LATER_CALLS; i++) {
          later[i] = millis(helm, chart);
        }
        Arrays.sort(later);
        System.out.printf(
            Locale.ROOT,
            "%-10s %12.0f %14.1f %16d%n",
            mode,
            first,
            later[LATER_CALLS / 2],
            Measurement.peakMebibytes(ProcessHandle.current()));
      }
    }

    private static HelmClient client(String mode) {
      return switch (mode) {
        case "process" -> HelmJavaClient.create();
        case "in-process" -> HelmJavaClient.builder().inProcess().build();
        default -> HelmCli.create();
      };
    }

    private static double millis(HelmClient helm, Chart chart) {
      long begin = System.nanoTime();
      String unused = helm.render(chart, ReleaseName.defaultRelease());
      return (System.nanoTime() - begin) / 1e6;
    }

    private static void delete(Path directory) throws Exception {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
