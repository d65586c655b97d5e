package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ReleaseName;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A JVM that calls Helm once, prints what comes of it, and lives on until it is ended. */
final class HelmHost implements AutoCloseable {
  /** Longer than a test waits for anything; shorter than its own time limit. */
  private static final Duration LIFETIME = Duration.ofSeconds(100);

  private final Process process;
  private final BufferedReader said;

  private HelmHost(Process process) {
    this.process = process;
    this.said = process.inputReader(StandardCharsets.UTF_8);
    // Reading from the child has no time limit of its own.
    CompletableFuture.delayedExecutor(LIFETIME.toSeconds(), TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
  }

  /**
   * Starts one.
   *
   * @param directory its temporary directory
   * @param options for the JVM
   * @param environment added to that of this JVM
   */
  static HelmHost start(
      Path directory,
      String call,
      Path chart,
      List<String> options,
      Map<String, String> environment)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("-Djava.io.tmpdir=" + directory));
    all.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.command(all, Child.class, call, chart.toString()));
    builder.environment().putAll(environment);
    return new HelmHost(builder.redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  Process process() {
    return process;
  }

  /** The next line; null at the end. */
  String line() throws IOException {
    return said.readLine();
  }

  /** All lines until one; the JVM itself may print between them. */
  String until(String last) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String line = line(); line != null; line = line()) {
      lines.append(line).append('\n');
      if (line.equals(last)) {
        return lines.toString();
      }
    }
    throw new AssertionError("the child has ended and not said '" + last + "':\n" + lines);
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** The child. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws InterruptedException {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> System.out.println("shutdown hook ran")));
      Chart chart = Chart.at(Path.of(arguments[1]));
      try (HelmClient helm = HelmJavaClient.create()) {
        if (arguments[0].equals("forever")) {
          tellChildren();
        }
        System.out.println(call(helm, arguments[0], chart));
        System.out.println("done");
        System.out.flush();
        Thread.currentThread().join();
      }
    }

    private static String call(HelmClient helm, String call, Chart chart) {
      try {
        return switch (call) {
          case "values" -> helm.values(chart);
          case "metadata" -> helm.metadata(chart);
          case "status" -> helm.status(ReleaseName.defaultRelease()).toString();
          default -> helm.render(chart, ReleaseName.defaultRelease());
        };
      } catch (HelmException e) {
        return "HelmException: " + e.getMessage();
      }
    }

    /** Prints the children as soon as there are any. */
    private static void tellChildren() {
      Thread teller =
          new Thread(
              () -> {
                List<ProcessHandle> children = List.of();
                while (children.isEmpty()) {
                  Thread.onSpinWait();
                  children = ProcessHandle.current().children().toList();
                }
                System.out.println(
                    children.stream()
                        .map(child -> Long.toString(child.pid()))
                        .collect(Collectors.joining(" ")));
              });
      teller.setDaemon(true);
      teller.start();
    }
  }
}
