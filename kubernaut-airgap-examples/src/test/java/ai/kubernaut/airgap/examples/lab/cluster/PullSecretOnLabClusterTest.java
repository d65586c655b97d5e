package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.pullsecret.PullSecretConfigurer;
import ai.kubernaut.airgap.pullsecret.PullSecretException;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An OpenShift cluster whose pools begin later than the first run waits. */
@Timeout(90)
class PullSecretOnLabClusterTest {
  @TempDir Path directory;

  @Test
  void theNextRunGoesOnWaiting_andReadsWhatTheNodesHave() throws Exception {
    try (TestCluster cluster = TestCluster.startOpenShift(directory, Duration.ofSeconds(8));
        Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig())) {
      Duration look = Duration.ofMillis(50);
      assertThatThrownBy(() -> configure(client, WaitPolicy.of(Duration.ofMillis(1), look)))
          .isInstanceOf(PullSecretException.class)
          .hasMessageContaining("not every MachineConfigPool has a new configuration");

      PullSecretReport report = configure(client, WaitPolicy.of(Duration.ofMinutes(1), look));

      assertThat(report.isChanged()).isFalse();
      assertThat(report.evidence()).isEqualTo(PullSecretReport.Evidence.CONTENT);
      assertThat(report.summary())
          .contains("has the pull secret on every node (master 3/3, worker 2/2)");
    }
  }

  private static PullSecretReport configure(Fabric8ClusterClient client, WaitPolicy waitPolicy) {
    return new PullSecretConfigurer(client, event -> {})
        .configure(
            Target.registry("harbor.corp"),
            Credentials.of("robot", "password"),
            ReleaseName.defaultRelease(),
            names -> RenderedChart.parse(""),
            PullSecretOptions.builder().rolloutBegin(waitPolicy).rolloutEnd(waitPolicy).build());
  }
}
