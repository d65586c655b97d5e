package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterException.Reason;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.ApiTimeouts;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.k8s.SilentApiServer;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Helm in this process heeds neither interrupts nor its own timeout when the API server is
 * silent, so the cluster client asks first.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HelmOnSilentApiServerTest {
  private static final ApiTimeouts SHORT =
      ApiTimeouts.builder().request(Duration.ofMillis(300)).build();
  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();

  @Test
  void everyCallOfHelmThatNeedsTheClusterFailsAtOnce(@TempDir Path directory) throws IOException {
    Chart chart = Chart.at(WrittenChart.in(directory.resolve("tiny"), ""));
    Duration hour = Duration.ofHours(1);
    try (SilentApiServer server = SilentApiServer.start();
        ClusterClient cluster =
            Fabric8ClusterClient.fromKubeconfig(server.kubeconfig(directory, "http"), SHORT);
        HelmClient java = HelmJavaClient.withKubeconfig(server.kubeconfig(directory, "http"));
        HelmClient helm = new ProbedHelmClient(java, cluster)) {
      List<ThrowingCallable> calls =
          List.of(
              () -> helm.status(RELEASE),
              () -> helm.install(chart, RELEASE, hour),
              () -> helm.upgrade(chart, RELEASE, hour),
              () -> helm.uninstall(RELEASE));
      for (ThrowingCallable call : calls) {
        isRefused(call);
      }
    }
  }

  @Test
  void aVerificationFailsAtOnce(@TempDir Path directory) throws IOException {
    MirrorPlan plan = MirrorPlan.builder(Target.registry("harbor.corp")).build();
    try (SilentApiServer server = SilentApiServer.start();
        Airgap airgap =
            Airgap.builder()
                .registry(MemoryRegistryClient.create())
                .cluster(
                    Fabric8ClusterClient.fromKubeconfig(
                        server.kubeconfig(directory, "http"), SHORT))
                .helm(HelmJavaClient.withKubeconfig(server.kubeconfig(directory, "http")))
                .build()) {
      isRefused(() -> airgap.verify(Installation.of(RELEASE, plan)));
    }
  }

  private static void isRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ClusterException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE))
        .hasMessageContaining("has not answered within PT0.3S");
  }
}
