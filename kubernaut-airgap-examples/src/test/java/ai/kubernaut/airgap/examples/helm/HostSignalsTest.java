package ai.kubernaut.airgap.examples.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.examples.lab.cluster.LabCluster;
import ai.kubernaut.airgap.examples.lab.cluster.PulledImage;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A JVM that has installed a chart still hears the signals of its host, and runs its shutdown
 * hooks.
 */
class HostSignalsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  @Timeout(90)
  void aJvmThatHasInstalledAChart_endsOnASignalWithItsShutdownHooksRun(String signal)
      throws Exception {
    try (LabCluster cluster =
        LabCluster.builder((image, configs) -> new PulledImage(image)).start()) {
      Path kubeconfig = cluster.writeKubeconfig(directory);
      try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(kubeconfig)) {
        client.create(
            ResourceType.NAMESPACE,
            KubernetesObject.named(ResourceType.NAMESPACE, null, "signals"));
      }
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Child.class.getName(),
                  writeChart().toString(),
                  kubeconfig.toString())
              .redirectError(new File(directory.toFile(), "stderr"))
              .start();
      try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
        assertThat(said.readLine()).isEqualTo("installed deployed");

        new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor();

        assertThat(child.waitFor(20, TimeUnit.SECONDS)).as("the child ends").isTrue();
        assertThat(said.readLine()).isEqualTo("shutdown hook ran");
        assertThat(child.exitValue()).isEqualTo(signal.equals("TERM") ? 143 : 130);
      } finally {
        child.destroyForcibly();
      }
    }
  }

  private Path writeChart() throws IOException {
    Path chart = Files.createDirectories(directory.resolve("chart-" + System.nanoTime()));
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: signals\nversion: 1.0.0\n");
    Path templates = Files.createDirectory(chart.resolve("templates"));
    Files.writeString(
        templates.resolve("map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: signals\n");
    return chart;
  }

  /** The child: installs with two clients, says so, and waits for the end. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws InterruptedException {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> System.out.println("shutdown hook ran")));
      Chart chart = Chart.at(Path.of(arguments[0]));
      Path kubeconfig = Path.of(arguments[1]);
      try (HelmJavaClient first = HelmJavaClient.withKubeconfig(kubeconfig);
          HelmJavaClient second = HelmJavaClient.withKubeconfig(kubeconfig)) {
        first.install(chart, ReleaseName.of("first", "signals"), Duration.ofSeconds(20));
        first.uninstall(ReleaseName.of("first", "signals"));
        System.out.println(
            "installed "
                + second
                    .install(chart, ReleaseName.of("second", "signals"), Duration.ofSeconds(20))
                    .status());
      }
      Thread.currentThread().join();
    }
  }
}
