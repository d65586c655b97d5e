package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.RunOptions;
import ai.kubernaut.airgap.StepRun;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Complete flows in one JVM, two at a time, leave nothing behind: no thread, descriptor, temporary
 * file, child process or growing heap. The number of flows is {@code -Dairgap.flows}.
 */
@Timeout(3600)
final class ManyFlowsTest {
  private static final int FLOWS = Integer.getInteger("airgap.flows", 4);

  @Test
  void flowsLeaveNothing(@TempDir Path directory) throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Process host =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Xmx512m", "-Djava.io.tmpdir=" + temporary),
                    Host.class,
                    String.valueOf(FLOWS)))
            .inheritIO()
            .start();
    try {
      assertThat(host.waitFor(50, TimeUnit.MINUTES)).isTrue();
    } finally {
      host.destroyForcibly();
    }
    assertThat(host.exitValue()).isZero();
  }

  /** What a JVM holds. */
  private record Held(
      Map<String, Integer> threads,
      long descriptors,
      List<String> files,
      long children,
      long heap) {
    /**
     * Returns what the JVM holds once it holds no more threads than this. The HTTP client of JDK 17
     * ends its thread some time after the client was collected.
     */
    Held reached() throws IOException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      Held held = now();
      while (!held.newThreads(this).isEmpty() && System.nanoTime() < end) {
        held = now();
      }
      return held;
    }

    /** Returns the names of the threads of which there are more than there were. */
    List<String> newThreads(Held before) {
      return threads.keySet().stream()
          .filter(name -> threads.get(name) > before.threads.getOrDefault(name, 0))
          .toList();
    }

    static Held now() throws IOException {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      Runtime runtime = Runtime.getRuntime();
      Map<String, Integer> threads = new TreeMap<>();
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        // The servers of the labs keep idle threads for a while.
        if (!thread.getName().startsWith("HTTP-worker-")) {
          threads.merge(thread.getName().replaceAll("[0-9]+", "#"), 1, Integer::sum);
        }
      }
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"));
          Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        return new Held(
            threads,
            descriptors.count(),
            files.map(Path::toString).sorted().toList(),
            ProcessHandle.current().children().count(),
            runtime.totalMemory() - runtime.freeMemory());
      }
    }
  }

  /** The host, which has the registries and clusters of two labs in its JVM. */
  static final class Host {
    private static final long GROWTH = 16 << 20;

    private Host() {}

    public static void main(String[] arguments) throws Exception {
      int flows = Integer.parseInt(arguments[0]);
      try (Lab openShift = Lab.start(Flavour.OPENSHIFT);
          Lab kubernetes = Lab.start(Flavour.KUBERNETES)) {
        List<Lab> labs = List.of(openShift, kubernetes);
        // Fills the caches, and with many flows the history of changes that the labs keep.
        run(labs, Math.max(2, flows / 10));
        Held before = Held.now();
        run(labs, flows);
        Held after = before.reached();
        System.out.println(before + "\n" + after);
        assertThat(after.newThreads(before)).isEmpty();
        assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors() + 4);
        assertThat(after.files()).isEqualTo(before.files());
        assertThat(after.children()).isZero();
        assertThat(after.heap()).isLessThan(before.heap() + GROWTH);
      }
    }

    /** Runs flows, one in each lab at the same time. */
    private static void run(List<Lab> labs, int flows) {
      for (int done = 0; done < flows; done += labs.size()) {
        List<Airgap> airgaps = new ArrayList<>();
        List<StepRun<String>> runs = new ArrayList<>();
        try {
          for (Lab lab : labs) {
            Airgap airgap =
                Airgap.builder()
                    .registry(lab.newRegistryClient())
                    .cluster(Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig()))
                    .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
                    .closeClients(true)
                    .build();
            airgaps.add(airgap);
            runs.add(airgap.start(steps -> flow(steps, lab), RunOptions.builder().build()));
          }
          for (StepRun<String> run : runs) {
            assertThat(run.await()).isEqualTo("verified");
          }
          labs.forEach(Host::deleteEvents);
        } finally {
          airgaps.forEach(Airgap::close);
        }
      }
    }

    /** Deletes the events, which an API server deletes after an hour. */
    private static void deleteEvents(Lab lab) {
      try (ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig())) {
        for (KubernetesObject event : cluster.list(ResourceType.EVENT, null, Map.of())) {
          cluster.delete(ResourceType.EVENT, event);
        }
      }
    }

    private static String flow(Airgap airgap, Lab lab) {
      MirrorPlan plan = airgap.plan(lab.chart(), lab.target(Separator.DASH));
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      PullSecretReport secret = airgap.configurePullSecret(mirrored, lab.mirrorCredentials());
      Installation installation =
          airgap.install(
              mirrored,
              secret,
              InstallOptions.builder()
                  .putLlmCredentials("OPENAI_API_KEY", Secret.of("the key of the LLM"))
                  .build());
      airgap.verify(installation).orElseThrow();
      airgap.uninstall(plan.release(), ReleaseOptions.builder().build()).orElseThrow();
      return "verified";
    }
  }
}
