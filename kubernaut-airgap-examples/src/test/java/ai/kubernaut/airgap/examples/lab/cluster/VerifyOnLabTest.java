package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.verify.ContainerOrigin;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.Verifier;
import ai.kubernaut.airgap.verify.VerifyOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a verification asks of the API server of the lab, and when it stops waiting. */
@Timeout(240)
final class VerifyOnLabTest {
  private static final String RBAC = "rbac.authorization.k8s.io/v1";
  private static final ImageRef IMAGE = ImageRef.parse("harbor.corp/shop/app:1");

  @TempDir Path directory;

  private final MemoryRegistryClient registry = MemoryRegistryClient.create();
  private final Queue<Access> requests = new ConcurrentLinkedQueue<>();
  private final List<String> told = new ArrayList<>();
  private AutoCloseable cluster;
  private Path kubeconfig;
  private ReleaseName release;
  private ClusterClient admin;
  private Digest digest;

  @BeforeEach
  void pushTheImage() {
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_INDEX,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[]}"
                .formatted(Manifest.OCI_INDEX)
                .getBytes(StandardCharsets.UTF_8));
    registry.writeManifest(IMAGE, manifest);
    digest = manifest.digest();
  }

  /** Starts a cluster that tells what it is asked for, which other clusters do not. */
  private void startLab() {
    LabCluster lab = LabCluster.builder(this::pull).flavour(Flavour.KUBERNETES).start();
    use(lab, lab.writeKubeconfig(directory), "shop");
    allowEverythingTo("auditor");
    lab.audit(requests::add);
    kubeconfig = lab.writeKubeconfig(directory, "auditor");
  }

  private void startCluster() {
    TestCluster started = TestCluster.start(directory, this::pull);
    use(started, started.kubeconfig(), started.name("shop"));
  }

  private void use(AutoCloseable started, Path ofAdmin, String namespace) {
    cluster = started;
    kubeconfig = ofAdmin;
    release = ReleaseName.of("shop", namespace);
    admin = Fabric8ClusterClient.fromKubeconfig(ofAdmin);
    admin.create(
        ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, namespace));
  }

  private PulledImage pull(String image, List<String> configs) throws PullFailure {
    if (image.contains("absent")) {
      throw new PullFailure("manifest unknown");
    }
    return new PulledImage(IMAGE.repository() + "@" + digest);
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
    cluster.close();
  }

  /** Only the requests of users other than the administrator are told. */
  private void allowEverythingTo(String user) {
    ResourceType role = ResourceType.cluster(RBAC, "ClusterRole", "clusterroles");
    admin.create(
        role,
        KubernetesObject.named(role, null, user)
            .with(
                List.of(
                    Map.of(
                        "apiGroups",
                        List.of("*"),
                        "resources",
                        List.of("*"),
                        "verbs",
                        List.of("*"))),
                "rules"));
    ResourceType binding = ResourceType.cluster(RBAC, "ClusterRoleBinding", "clusterrolebindings");
    admin.create(
        binding,
        KubernetesObject.named(binding, null, user)
            .with(List.of(Map.of("kind", "User", "name", user)), "subjects")
            .with(Map.of("kind", "ClusterRole", "name", user), "roleRef"));
  }

  private void deployment(String name, String image, int replicas) {
    admin.create(
        ResourceType.DEPLOYMENT,
        KubernetesObject.named(ResourceType.DEPLOYMENT, release.namespace(), name)
            .with(replicas, "spec", "replicas")
            .with(Map.of("matchLabels", Map.of("app", name)), "spec", "selector")
            .with(Map.of("app", name), "spec", "template", "metadata", "labels")
            .with(
                List.of(Map.of("name", "main", "image", image)),
                "spec",
                "template",
                "spec",
                "containers"));
  }

  private VerificationReport verify(WaitPolicy wait) {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .image(ImageRef.parse("quay.io/shop/app:1"))
            .image(ImageRef.parse("quay.io/shop/absent:1"))
            .build();
    try (ClusterClient client = Fabric8ClusterClient.fromKubeconfig(kubeconfig)) {
      return new Verifier(
              client,
              TemplateHelm.rendering("").with(release, 1, "deployed"),
              registry,
              ProductProfile.none(),
              event -> told.add(event.toString()))
          .verify(
              Installation.of(release, plan),
              VerifyOptions.builder().waitPolicy(wait).grace(Duration.ofMillis(500)).build());
    }
  }

  @Test
  void fiveHundredPodsNeedFewRequestsAndNoneOfThemWrites() {
    startLab();
    for (int i = 0; i < 10; i++) {
      deployment("app-" + i, IMAGE.toString(), 50);
    }
    assertThat(verify(WaitPolicy.of(Duration.ofMinutes(2), Duration.ofMillis(500))).isOk())
        .isTrue();

    requests.clear();
    long begin = System.nanoTime();
    VerificationReport report = verify(WaitPolicy.once());
    double seconds = (System.nanoTime() - begin) / 1e9;

    assertThat(report.problems()).isEmpty();
    assertThat(report.origins())
        .hasSize(500)
        .allMatch(origin -> origin.agreement() == ContainerOrigin.Agreement.EQUAL);
    System.out.printf(
        "500 pods were verified in %.2f s with %d requests%n", seconds, requests.size());
    assertThat(requests).hasSizeLessThanOrEqualTo(15);
    assertThat(requests).extracting(Access::verb).containsOnly("list");
  }

  @Test
  void waitingEndsSoonAfterTheReleaseCannotBecomeHealthy() {
    startCluster();
    deployment("app", IMAGE.toString(), 1);
    deployment("absent", "harbor.corp/shop/absent:1", 1);
    long begin = System.nanoTime();
    VerificationReport report = verify(WaitPolicy.of(Duration.ofMinutes(3), Duration.ofMillis(50)));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.WORKLOAD_NOT_READY, ProblemCode.PULL_IMAGE_NOT_FOUND);
    assertThat(told).anyMatch(line -> line.contains("no longer waiting for 1 workloads"));
  }

  @Test
  void aPodThatStartsLaterIsWaitedFor() {
    startCluster();
    deployment("app", IMAGE.toString(), 1);
    KubernetesObject late =
        KubernetesObject.named(ResourceType.POD, release.namespace(), "late")
            .with(
                Map.of("lab.kubernaut.ai/ready-after-job", "migration"), "metadata", "annotations")
            .with(List.of(Map.of("name", "main", "image", IMAGE.toString())), "spec", "containers");
    // A new namespace has its ServiceAccount only after a moment.
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(50))
        .until(
            () ->
                admin
                    .get(ResourceType.SERVICE_ACCOUNT, release.namespace(), "default")
                    .or(this::accountOfLab),
            Optional::isPresent);
    admin.create(ResourceType.POD, late);
    WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(50))
        .until(
            () -> admin.list(ResourceType.POD, release.namespace(), Map.of()),
            pods ->
                pods.size() == 2
                    && pods.stream()
                        .allMatch(
                            pod ->
                                pod.fields().text("status", "phase").orElse("").equals("Running")));
    VerificationReport early = verify(WaitPolicy.of(Duration.ofSeconds(2), Duration.ofMillis(50)));
    assertThat(early.problems()).extracting(Problem::code).containsOnly(ProblemCode.POD_NOT_READY);
    assertThat(Set.copyOf(told))
        .anyMatch(
            line -> line.contains("waiting for 1 pods: Pod " + release.namespace() + "/late"));
  }

  /** The cluster of the lab itself needs no ServiceAccounts. */
  private Optional<KubernetesObject> accountOfLab() {
    return System.getProperty(OtherCluster.PROPERTY, "").isEmpty()
        ? Optional.of(KubernetesObject.named(ResourceType.SERVICE_ACCOUNT, null, "default"))
        : Optional.empty();
  }
}
