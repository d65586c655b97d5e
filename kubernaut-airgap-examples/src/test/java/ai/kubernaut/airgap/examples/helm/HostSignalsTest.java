package ai.kubernaut.airgap.examples.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.examples.lab.cluster.LabCluster;
import ai.kubernaut.airgap.examples.lab.cluster.PulledImage;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A JVM that has rendered, proven, installed and verified a release still handles its signals: with
 * Helm in processes of its own, and with Helm in the JVM itself.
 */
class HostSignalsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"process, TERM, 15", "process, INT, 2", "inProcess, TERM, 15", "inProcess, INT, 2"})
  @Timeout(90)
  void aSignalEndsTheJvmWithItsShutdownHooksRun(String mode, String signal, int number)
      throws Exception {
    ChildJvm.assumeHandled(signal, number);
    inHost(
        mode,
        (child, said) -> {
          signal(child, signal);
          assertThat(child.waitFor(20, TimeUnit.SECONDS)).as("the child ends").isTrue();
          assertThat(said.readLine()).isEqualTo("shutdown hook ran");
          assertThat(child.exitValue()).isEqualTo(128 + number);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"process", "inProcess"})
  @Timeout(90)
  void sigquitPrintsTheThreadsAndJcmdAttaches(String mode) throws Exception {
    inHost(
        mode,
        (child, said) -> {
          signal(child, "QUIT");
          String line = said.readLine();
          while (line != null && !line.startsWith("Full thread dump")) {
            line = said.readLine();
          }
          assertThat(line).isNotNull();
          Process jcmd =
              new ProcessBuilder(
                      Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                      Long.toString(child.pid()),
                      "VM.version")
                  .redirectErrorStream(true)
                  .start();
          String attached =
              new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          assertThat(jcmd.waitFor()).as(attached).isZero();
          assertThat(attached).contains("JDK " + System.getProperty("java.specification.version"));
        });
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** What a test does with a JVM that has called Helm. */
  private interface Host {
    void test(Process child, BufferedReader said) throws Exception;
  }

  private void inHost(String mode, Host host) throws Exception {
    try (LabCluster cluster =
        LabCluster.builder((image, configs) -> new PulledImage(image)).start()) {
      Path kubeconfig = cluster.writeKubeconfig(directory);
      try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(kubeconfig)) {
        client.create(
            ResourceType.NAMESPACE,
            KubernetesObject.named(ResourceType.NAMESPACE, null, "signals"));
      }
      // A JVM that is killed leaves the native library of Helm in its temporary directory.
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Djava.io.tmpdir=" + directory,
                  "-cp",
                  System.getProperty("java.class.path"),
                  Child.class.getName(),
                  writeChart().toString(),
                  kubeconfig.toString(),
                  mode)
              .redirectError(new File(directory.toFile(), "stderr"))
              .start();
      try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
        assertThat(said.readLine()).as(() -> error()).isEqualTo("installed deployed");
        host.test(child, said);
      } finally {
        child.destroyForcibly();
      }
    }
  }

  private String error() {
    try {
      return Files.readString(directory.resolve("stderr"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

  /** The child: renders and installs with two clients, says so, and waits for the end. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws InterruptedException {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> System.out.println("shutdown hook ran")));
      Chart chart = Chart.at(Path.of(arguments[0]));
      try (HelmJavaClient first = client(arguments);
          HelmJavaClient second = client(arguments)) {
        ReleaseName name = ReleaseName.of("first", "signals");
        first.render(chart, name);
        first.values(chart);
        first.status(name);
        first.install(chart, name, Duration.ofSeconds(20));
        first.uninstall(name);
        proveInstallAndVerify(first, chart, Path.of(arguments[1]));
        System.out.println(
            "installed "
                + second
                    .install(chart, ReleaseName.of("second", "signals"), Duration.ofSeconds(20))
                    .status());
        Thread.currentThread().join();
      }
    }

    private static void proveInstallAndVerify(HelmClient helm, Chart chart, Path kubeconfig) {
      MirrorPlan plan =
          MirrorPlan.builder(Target.registry("harbor.corp"))
              .chart(chart.release(ReleaseName.of("whole", "signals")))
              .build();
      try (Fabric8ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(kubeconfig);
          Airgap airgap =
              Airgap.builder()
                  .cluster(cluster)
                  .helm(helm)
                  .registry(MemoryRegistryClient.create())
                  .profile(ProductProfile.none())
                  .build()) {
        MirrorProof unused = airgap.prove(plan).orElseThrow();
        Installation installation =
            airgap.install(
                MirrorReport.of(plan, List.of()),
                PullSecretReport.none(),
                InstallOptions.builder().build());
        VerificationReport verified = airgap.verify(installation);
        assertThat(verified.checks()).isNotEmpty();
        helm.uninstall(installation.release());
      }
    }

    private static HelmJavaClient client(String... arguments) {
      HelmJavaClient.Builder client = HelmJavaClient.builder().kubeconfig(Path.of(arguments[1]));
      return (arguments[2].equals("inProcess") ? client.inProcess() : client).build();
    }
  }
}
