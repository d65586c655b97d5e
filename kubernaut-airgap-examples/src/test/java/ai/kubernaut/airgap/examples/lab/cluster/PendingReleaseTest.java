package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.StepRun;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Installations that were cut short while a hook ran that never ends. */
@Timeout(120)
class PendingReleaseTest {
  private static final ReleaseName RELEASE = ReleaseName.of("pending", "pending");
  private static final ImageRef IMAGE = ImageRef.parse("harbor.corp/hook:1");

  @TempDir Path directory;

  private LabCluster cluster;
  private Path kubeconfig;
  private Fabric8ClusterClient client;

  @BeforeEach
  void startCluster() {
    cluster =
        LabCluster.builder(
                (image, configs) -> {
                  throw new PullFailure("manifest unknown");
                })
            .start();
    kubeconfig = cluster.writeKubeconfig(directory);
    client = Fabric8ClusterClient.fromKubeconfig(kubeconfig);
    client.create(
        ResourceType.NAMESPACE,
        KubernetesObject.named(ResourceType.NAMESPACE, null, RELEASE.namespace()));
  }

  @AfterEach
  void stopCluster() {
    client.close();
    cluster.close();
  }

  private Chart chart(boolean withHook) throws IOException {
    Path chart = Files.createDirectories(directory.resolve("pending/templates")).getParent();
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: pending\nversion: 1.0.0\n");
    Files.writeString(
        chart.resolve("templates/map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n");
    Path hook = chart.resolve("templates/hook.yaml");
    if (withHook) {
      Files.writeString(
          hook,
          """
          apiVersion: batch/v1
          kind: Job
          metadata: {name: hook, annotations: {"helm.sh/hook": "post-install"}}
          spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "harbor.corp/hook:1"}]}}}
          """);
    } else {
      Files.deleteIfExists(hook);
    }
    return Chart.at(chart).release(RELEASE);
  }

  private static MirrorReport mirrored(Chart chart) {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp")).chart(chart).image(IMAGE).build();
    return MirrorReport.of(
        plan,
        List.of(
            MirroredImage.builder()
                .entry(plan.entries().get(0))
                .outcome(MirroredImage.Outcome.PRESENT)
                .build()));
  }

  private Airgap airgap(HelmClient helm) {
    return Airgap.builder().cluster(client).helm(helm).profile(ProductProfile.none()).build();
  }

  private static Installation install(Airgap airgap, Chart chart, boolean continuePending) {
    return airgap.install(
        mirrored(chart),
        PullSecretReport.none(),
        InstallOptions.builder()
            .hookTimeout(Duration.ofHours(1))
            .continuePending(continuePending)
            .build());
  }

  /** Waits until the hook runs, so that Helm waits for it. */
  private void awaitHook() {
    while (client.list(ResourceType.JOB, RELEASE.namespace(), Map.of()).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInstallationThatWasCancelledIsContinuedByTheNextRun() throws Exception {
    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      Chart endless = chart(true);
      StepRun<Installation> run = airgap.start(steps -> install(steps, endless, false));
      awaitHook();
      run.cancel();
      assertThat(catchThrowableOfType(CancelledException.class, run::await).reason())
          .isEqualTo(CancelledException.Reason.CANCELLED);
      assertThat(helm.status(RELEASE))
          .hasValueSatisfying(release -> assertThat(release.status()).isEqualTo("failed"));

      install(airgap, chart(false), false);
      assertThat(helm.status(RELEASE))
          .hasValueSatisfying(release -> assertThat(release.isDeployed()).isTrue());
    }
  }

  @Test
  void anInstallationThatWasKilledIsRefusedAndContinuedOnRequest() throws Exception {
    Chart endless = chart(true);
    HelmClient killed = HelmJavaClient.withKubeconfig(kubeconfig);
    Thread installing =
        new Thread(
            () ->
                assertThatThrownBy(() -> killed.install(endless, RELEASE, Duration.ofHours(1)))
                    .hasMessageContaining("closed"));
    installing.start();
    awaitHook();
    killed.close();
    installing.join();

    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      Chart chart = chart(false);
      ProblemsException refused =
          catchThrowableOfType(ProblemsException.class, () -> install(airgap, chart, false));
      assertThat(refused.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.RELEASE_PENDING);
      assertThat(refused).hasMessageContaining("is pending-install at revision 1 since 20");

      Installation continued = install(airgap, chart, true);
      assertThat(continued.facts()).extracting(Fact::code).contains(FactCode.RELEASE_CONTINUED);
      assertThat(helm.status(RELEASE))
          .hasValueSatisfying(release -> assertThat(release.isDeployed()).isTrue());
    }
  }
}
