package ai.kubernaut.airgap.examples.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.examples.lab.cluster.LabCluster;
import ai.kubernaut.airgap.examples.lab.cluster.PulledImage;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that call Helm leave nothing in their temporary directory and their home directory. */
@Timeout(300)
class NoTraceTest {
  private static final int FLOWS = 50;
  private static final int CLIENTS = 5;
  private static final int KILLS = 20;

  @TempDir Path directory;

  private LabCluster cluster;
  private Path kubeconfig;
  private Path temporary;
  private Path home;

  @BeforeEach
  void start() throws IOException {
    cluster = LabCluster.builder((image, configs) -> new PulledImage(image)).start();
    kubeconfig = cluster.writeKubeconfig(directory);
    try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(kubeconfig)) {
      client.create(
          ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, "traces"));
    }
    temporary = Files.createDirectory(directory.resolve("tmp"));
    home = Files.createDirectory(directory.resolve("home"));
    writeChart("chart", "x: y");
    writeChart("endless", "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void writeChart(String name, String text) throws IOException {
    Path templates = Files.createDirectories(directory.resolve(name + "/templates"));
    Files.writeString(
        templates.resolveSibling("Chart.yaml"), "apiVersion: v2\nname: traces\nversion: 1.0.0\n");
    Files.writeString(
        templates.resolve("map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: traces}\ndata:\n  " + text + "\n");
  }

  private Process host(String what) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + temporary,
            "-Duser.home=" + home,
            "-cp",
            System.getProperty("java.class.path"),
            Host.class.getName(),
            what,
            directory.toString(),
            kubeconfig.toString());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TMPDIR", temporary.toString());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private void seeNothingLeft() throws IOException {
    try (Stream<Path> inTemporary = Files.walk(temporary);
        Stream<Path> inHome = Files.walk(home)) {
      assertThat(Stream.concat(inTemporary, inHome)).containsExactly(temporary, home);
    }
  }

  /** Whether a process runs: one that has ended and is only not yet reaped has no command. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private void run(String what) throws Exception {
    Process host = host(what);
    try {
      assertThat(host.waitFor()).isZero();
    } finally {
      host.destroyForcibly();
    }
  }

  @Test
  void manyFlowsLeaveNothing() throws Exception {
    run("flows");
    seeNothingLeft();
  }

  @Test
  void hostsThatAreKilledLeaveNothingAfterTheNextStart() throws Exception {
    for (int i = 0; i < KILLS; i++) {
      Process host = host("endless");
      try {
        List<ProcessHandle> children = List.of();
        while (children.isEmpty()) {
          children = host.children().toList();
        }
        ProcessHandle helm = children.get(0);
        boolean rendering = i % 2 == 0;
        while (rendering && cpu(helm).compareTo(Duration.ofSeconds(1)) < 0) {
          Thread.onSpinWait();
        }
        host.destroyForcibly();
        long killed = System.nanoTime();
        while (runs(helm)) {
          // A JVM that is still starting notices it as soon as it runs.
          assertThat(!rendering || System.nanoTime() - killed < TimeUnit.SECONDS.toNanos(2))
              .as("gone within two seconds")
              .isTrue();
        }
      } finally {
        host.destroyForcibly();
      }
    }
    run("chart");
    seeNothingLeft();
  }

  /** The host. */
  static final class Host {
    private Host() {}

    public static void main(String[] arguments) {
      Path directory = Path.of(arguments[1]);
      Chart chart = Chart.at(directory.resolve("chart"));
      ReleaseName release = ReleaseName.of("traces", "traces");
      int clients = arguments[0].equals("flows") ? CLIENTS : 1;
      for (int client = 0; client < clients; client++) {
        try (HelmClient helm = HelmJavaClient.withKubeconfig(Path.of(arguments[2]))) {
          if (arguments[0].equals("flows")) {
            for (int flow = 0; flow < FLOWS / CLIENTS; flow++) {
              String unused = helm.render(chart, release);
              helm.install(chart, release, Duration.ofMinutes(1));
              helm.uninstall(release);
            }
          } else {
            String unused = helm.render(Chart.at(directory.resolve(arguments[0])), release);
          }
        }
      }
    }
  }
}
