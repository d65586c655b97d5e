package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.ChildJvm;
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
import ai.kubernaut.airgap.install.PendingRelease;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirrorReports;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
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
  private static final ImageRef IMAGE = ImageRef.parse("harbor.corp/hook:1");

  private static final ResourceType LEASE =
      ResourceType.namespaced("coordination.k8s.io/v1", "Lease", "leases");

  @TempDir Path directory;

  private TestCluster cluster;
  private ReleaseName release;
  private Path kubeconfig;
  private Fabric8ClusterClient client;

  @BeforeEach
  void startCluster() {
    cluster =
        TestCluster.start(
            directory,
            (image, configs) -> {
              throw new PullFailure("manifest unknown");
            });
    release = ReleaseName.of(cluster.name("pending"), cluster.name("pending"));
    kubeconfig = cluster.kubeconfig();
    client = Fabric8ClusterClient.fromKubeconfig(kubeconfig);
    client.create(
        ResourceType.NAMESPACE,
        KubernetesObject.named(ResourceType.NAMESPACE, null, release.namespace()));
  }

  @AfterEach
  void stopCluster() {
    client.close();
    cluster.close();
  }

  private Chart chart(boolean withHook) throws IOException {
    return chart(directory, withHook).release(release);
  }

  private static Chart chart(Path directory, boolean withHook) throws IOException {
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
          metadata: {name: hook, annotations: {"helm.sh/hook": "post-install,post-upgrade"}}
          spec: {template: {spec: {restartPolicy: Never, nodeSelector: {none: "true"}, containers: [{name: main, image: "harbor.corp/hook:1"}]}}}
          """);
    } else {
      Files.deleteIfExists(hook);
    }
    return Chart.at(chart);
  }

  private static MirrorReport mirrored(Chart chart) {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp")).chart(chart).image(IMAGE).build();
    return MirrorReports.of(plan, MirroredImage.Outcome.PRESENT);
  }

  private Airgap airgap(HelmClient helm) {
    return airgap(client, helm);
  }

  private static Airgap airgap(Fabric8ClusterClient client, HelmClient helm) {
    return Airgap.builder().cluster(client).helm(helm).profile(ProductProfile.none()).build();
  }

  private static Installation install(Airgap airgap, Chart chart, PendingRelease pending) {
    return airgap.install(
        mirrored(chart),
        PullSecretReport.none(),
        InstallOptions.builder()
            .hookTimeout(Duration.ofHours(1))
            .hookGrace(Duration.ofHours(1))
            .pendingRelease(pending)
            .build());
  }

  /** Waits until the hook runs, so that Helm waits for it. */
  private void awaitHook() {
    while (client.list(ResourceType.JOB, release.namespace(), Map.of()).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInstallationThatWasCancelledIsContinuedByTheNextRun() throws Exception {
    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      Chart endless = chart(true);
      StepRun<Installation> run =
          airgap.start(steps -> install(steps, endless, PendingRelease.REFUSE));
      awaitHook();
      run.cancel();
      assertThat(catchThrowableOfType(CancelledException.class, run::await).reason())
          .isEqualTo(CancelledException.Reason.CANCELLED);
      assertThat(helm.status(release))
          .hasValueSatisfying(found -> assertThat(found.status()).isEqualTo("failed"));

      install(airgap, chart(false), PendingRelease.REFUSE);
      assertThat(helm.status(release))
          .hasValueSatisfying(found -> assertThat(found.isDeployed()).isTrue());
    }
  }

  /** Leaves the release pending without a lease, as a Helm that was killed does. */
  private void killHelm(boolean upgrade) throws Exception {
    Chart endless = chart(true);
    HelmClient killed = HelmJavaClient.withKubeconfig(kubeconfig);
    Thread deploying =
        new Thread(
            () ->
                assertThatThrownBy(
                        () -> {
                          if (upgrade) {
                            killed.upgrade(endless, release, Duration.ofHours(1));
                          } else {
                            killed.install(endless, release, Duration.ofHours(1));
                          }
                        })
                    .hasMessageContaining("closed"));
    deploying.start();
    awaitHook();
    killed.close();
    deploying.join();
  }

  private static ProblemCode refused(Airgap airgap, Chart chart, PendingRelease pending) {
    ProblemsException refused =
        catchThrowableOfType(ProblemsException.class, () -> install(airgap, chart, pending));
    assertThat(refused.problems()).hasSize(1);
    assertThat(refused)
        .hasMessageContaining("at revision 1 since 20")
        .hasMessageContaining("for 0 min");
    return refused.problems().get(0).code();
  }

  private static List<FactCode> factsOf(Installation installation) {
    return installation.facts().stream().map(Fact::code).toList();
  }

  private void seeDeployed(HelmClient helm, int revision) {
    assertThat(helm.status(release))
        .hasValueSatisfying(
            found -> {
              assertThat(found.isDeployed()).isTrue();
              assertThat(found.revision()).isEqualTo(revision);
            });
  }

  @Test
  void aPendingReleaseOfUnknownOriginIsRefusedAndContinuedOnRequest() throws Exception {
    killHelm(false);
    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      Chart chart = chart(false);
      for (PendingRelease choice :
          List.of(PendingRelease.CONTINUE_IF_ABANDONED, PendingRelease.REFUSE)) {
        assertThat(refused(airgap, chart, choice)).isEqualTo(ProblemCode.RELEASE_PENDING);
      }
      assertThat(factsOf(install(airgap, chart, PendingRelease.CONTINUE)))
          .contains(FactCode.RELEASE_CONTINUED);
      seeDeployed(helm, 2);
    }
  }

  @Test
  void aPendingInstallationIsRolledBackByRemovingIt() throws Exception {
    killHelm(false);
    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      assertThat(factsOf(install(airgap, chart(false), PendingRelease.ROLL_BACK)))
          .contains(FactCode.RELEASE_REMOVED);
      seeDeployed(helm, 1);
    }
  }

  @Test
  void aPendingUpgradeIsRolledBack() throws Exception {
    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      install(airgap, chart(false), PendingRelease.REFUSE);
      killHelm(true);
      assertThat(factsOf(install(airgap, chart(false), PendingRelease.ROLL_BACK)))
          .contains(FactCode.RELEASE_ROLLED_BACK);
      seeDeployed(helm, 4);
    }
  }

  @Test
  void anInstallationWhoseProcessWasKilledIsContinuedByItself() throws Exception {
    Process host =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Xmx256m"),
                    Child.class,
                    directory.toString(),
                    kubeconfig.toString(),
                    release.name()))
            .redirectErrorStream(true)
            .start();
    try {
      awaitHook();
    } finally {
      host.destroyForcibly();
      host.waitFor();
    }
    KubernetesObject lease =
        client.get(LEASE, release.namespace(), "kubernaut-airgap-" + release.name()).orElseThrow();
    assertThat(lease.fields().text("spec", "holderIdentity").orElseThrow())
        .endsWith("process " + host.pid());
    // The next run need not wait for long.
    client.replace(LEASE, lease.with(1, "spec", "leaseDurationSeconds"));

    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      assertThat(factsOf(install(airgap, chart(false), PendingRelease.CONTINUE_IF_ABANDONED)))
          .contains(FactCode.RELEASE_CONTINUED);
      seeDeployed(helm, 2);
      assertThat(
              client
                  .get(LEASE, release.namespace(), "kubernaut-airgap-" + release.name())
                  .orElseThrow()
                  .fields()
                  .text("spec", "holderIdentity"))
          .as("the lease has no holder now")
          .contains("");
    }
  }

  @Test
  void aReleaseThatAnotherRunWorksOnIsRefusedWithItsHolder() throws Exception {
    try (HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
        Airgap airgap = airgap(helm)) {
      Chart endless = chart(true);
      StepRun<Installation> run =
          airgap.start(steps -> install(steps, endless, PendingRelease.REFUSE));
      awaitHook();
      for (PendingRelease choice : PendingRelease.values()) {
        if (choice != PendingRelease.REFUSE) {
          assertThat(refused(airgap, endless, choice)).isEqualTo(ProblemCode.RELEASE_IN_USE);
        }
      }
      run.cancel();
      assertThatThrownBy(run::await).isInstanceOf(CancelledException.class);
    }
  }

  /** A process that installs a release whose hook never ends. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Path kubeconfig = Path.of(arguments[1]);
      try (Fabric8ClusterClient client = Fabric8ClusterClient.fromKubeconfig(kubeconfig);
          HelmClient helm = HelmJavaClient.withKubeconfig(kubeconfig);
          Airgap airgap = airgap(client, helm)) {
        Chart chart = chart(Path.of(arguments[0]), true);
        install(
            airgap,
            chart.release(ReleaseName.of(arguments[2], arguments[2])),
            PendingRelease.REFUSE);
      }
    }
  }
}
