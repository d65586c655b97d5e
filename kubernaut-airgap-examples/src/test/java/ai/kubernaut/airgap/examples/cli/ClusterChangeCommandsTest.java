package ai.kubernaut.airgap.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.LabCluster;
import ai.kubernaut.airgap.examples.lab.cluster.PullFailure;
import ai.kubernaut.airgap.examples.lab.cluster.PulledImage;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.registry.TestCertificates;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that change objects of the cluster, on the lab's OpenShift cluster. */
@Timeout(120)
final class ClusterChangeCommandsTest {
  private static final String DIGEST = "sha256:" + "0".repeat(64);
  private static final String IMAGE = "quay.io/kubernaut-ai/gateway@" + DIGEST;

  @TempDir Path directory;

  private final Set<String> pulled = ConcurrentHashMap.newKeySet();
  private LabCluster cluster;
  private Path kubeconfig;
  private ClusterClient client;
  private Path images;

  @BeforeEach
  void start() throws IOException {
    cluster =
        LabCluster.builder((image, configs) -> pullFromMirror(image))
            .flavour(Flavour.OPENSHIFT)
            .pullBackOff(Duration.ofMillis(50))
            .machineConfigRollout(Duration.ofMillis(50))
            .start();
    kubeconfig = cluster.writeKubeconfig(directory);
    client = Fabric8ClusterClient.fromKubeconfig(kubeconfig);
    images = Files.writeString(directory.resolve("images.txt"), IMAGE + "\n");
  }

  private PulledImage pullFromMirror(String image) throws PullFailure {
    if (!image.startsWith("harbor.corp/")) {
      throw new PullFailure("no such host: " + image);
    }
    pulled.add(image);
    return new PulledImage(image);
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private CommandLineRun mirrorRules(Object... further) {
    return run(
        List.of("mirror-rules", "--images", images, "--offline", "--target", "harbor.corp"),
        further);
  }

  private CommandLineRun trust(Object... further) {
    return run(List.of("trust", "--target", "harbor.corp:5000"), further);
  }

  private CommandLineRun seal(Object... further) {
    return run(
        List.of(
            "seal",
            "--images",
            images,
            "--offline",
            "--target",
            "harbor.corp",
            "--seal-namespace",
            "default"),
        further);
  }

  private CommandLineRun run(List<Object> arguments, Object... further) {
    List<Object> all = new ArrayList<>(arguments);
    all.addAll(List.of("--kubeconfig", kubeconfig));
    all.addAll(List.of(further));
    return CommandLineRun.of(all.toArray());
  }

  private List<KubernetesObject> rules() {
    return client.list(ResourceType.IMAGE_DIGEST_MIRROR_SET, null, Map.of());
  }

  private KubernetesObject pod() {
    return client.get(ResourceType.POD, "default", "web").orElseThrow();
  }

  @Test
  void aDraftOfImagePoliciesNeedsARootOfTrust() {
    Path file = directory.resolve("policy.yaml");
    CommandLineRun run = seal("--image-policy", file);
    assertThat(run.status()).isNotZero();
    assertThat(run.err())
        .contains("--image-policy needs --signature-key, --fulcio-ca or --pki-roots");
    assertThat(file).doesNotExist();
  }

  @Test
  void aDraftOfImagePoliciesIsWrittenAlthoughThisClusterHasNone() throws IOException {
    Path file = directory.resolve("policy.yaml");
    Path key =
        Files.writeString(
            directory.resolve("cosign.pub"),
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----\n");
    try (RegistryServer mirror =
        RegistryServer.builder(MemoryRegistryClient.create(), "harbor.corp").start()) {
      CommandLineRun run =
          run(
              List.of("seal", "--images", images, "--offline", "--target", mirror.host()),
              "--plain-http",
              mirror.host(),
              "--image-policy",
              file,
              "--signature-key",
              key,
              "--json");
      assertThat(run.status()).isNotZero();
      assertThat(run.out())
          .contains("\"kind\" : \"ImagePolicyDraft\"", "IMAGE_NOT_IN_MIRROR")
          .contains("IMAGE_POLICY_UNSUPPORTED", mirror.host() + "/kubernaut-ai/gateway");
      assertThat(file)
          .content()
          .contains("kind: ClusterImagePolicy", "repository: quay.io/kubernaut-ai/gateway");
    }
  }

  @Test
  void secretsAreEitherRotatedOrTheirReadersRestarted() {
    CommandLineRun run =
        run(
            List.of("secrets", "--images", images, "--offline", "--target", "harbor.corp"),
            "--rotate",
            "a",
            "--restart",
            "b");
    assertThat(run.status()).isNotZero();
    assertThat(run.err()).contains("--rotate and --restart exclude each other");
  }

  @Test
  void aPodIsPulledFromTheMirrorUnderItsSourceName() {
    CommandLineRun dry = mirrorRules("--dry-run");
    assertThat(dry.status()).as(dry.toString()).isZero();
    assertThat(dry.out())
        .contains(
            "create ImageDigestMirrorSet kubernaut-harbor-corp-", "+ spec.imageDigestMirrors");
    assertThat(rules()).isEmpty();

    CommandLineRun applied = mirrorRules();
    assertThat(applied.status()).as(applied.toString()).isZero();
    assertThat(rules()).hasSize(1);

    client.create(
        ResourceType.POD,
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "pod",
                    """
                    {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: default},
                     spec: {containers: [{name: main, image: "%s"}]}}
                    """
                        .formatted(IMAGE),
                    Yaml.DuplicateKeys.REFUSED))));
    KubernetesObject running =
        WaitPolicy.of(Duration.ofSeconds(30), Duration.ofMillis(20))
            .until(
                this::pod,
                pod -> pod.fields().text("status", "phase").orElse("").equals("Running"));
    assertThat(running.fields().list("status", "containerStatuses").get(0).text("imageID"))
        .hasValueSatisfying(id -> assertThat(id).endsWith(IMAGE));
    assertThat(pulled).containsExactly("harbor.corp/kubernaut-ai/gateway@" + DIGEST);
  }

  @Test
  void theReportOfARunUndoesIt() throws IOException {
    CommandLineRun applied = mirrorRules("--json");
    assertThat(applied.status()).as(applied.toString()).isZero();
    Path report = Files.writeString(directory.resolve("report.json"), applied.out());

    CommandLineRun dry = mirrorRules("--undo", report, "--dry-run", "--json");
    assertThat(dry.status()).as(dry.toString()).isZero();
    assertThat(dry.out()).contains("\"remove\"");
    assertThat(rules()).hasSize(1);

    CommandLineRun undone = mirrorRules("--undo", report);
    assertThat(undone.status()).as(undone.toString()).isZero();
    assertThat(rules()).isEmpty();
  }

  @Test
  void thePullSecretIsPlannedWrittenReplacedAndRestored() throws IOException {
    KubernetesObject before = pullSecret();
    CommandLineRun dry = pullSecret("first-password", "--dry-run");
    assertThat(dry.status()).as(dry.toString()).isZero();
    assertThat(dry.out())
        .contains("update Secret openshift-config/pull-secret", "data.\".dockerconfigjson\": ***");
    assertThat(pullSecret()).isEqualTo(before);

    CommandLineRun written = pullSecret("first-password", "--json");
    assertThat(written.status()).as(written.toString()).isZero();
    Path report = Files.writeString(directory.resolve("report.json"), written.out());

    CommandLineRun other = pullSecret("second-password");
    assertThat(other.status()).isNotZero();
    assertThat(other.toString())
        .contains("has other credentials for harbor.corp; nothing was changed", "--replace");
    CommandLineRun replaced = pullSecret("second-password", "--replace", "--json");
    assertThat(replaced.status()).as(replaced.toString()).isZero();
    assertThat(List.of(dry, written, other, replaced).toString())
        .doesNotContain("-password", encoded("first-password"), encoded("second-password"));

    CommandLineRun tooEarly = pullSecret("second-password", "--undo", report);
    assertThat(tooEarly.status()).as("the second change comes first").isNotZero();
    Path second = Files.writeString(directory.resolve("second.json"), replaced.out());
    for (Path undo : List.of(second, report)) {
      CommandLineRun undone = pullSecret("second-password", "--undo", undo);
      assertThat(undone.status()).as(undone.toString()).isZero();
    }
    assertThat(pullSecret().fields().fields("data")).isEqualTo(before.fields().fields("data"));
    assertThat(client.list(ResourceType.SECRET, "openshift-config", Map.of())).hasSize(1);
  }

  private static String encoded(String password) {
    return Base64.getEncoder().encodeToString(("robot:" + password).getBytes(UTF_8));
  }

  private KubernetesObject pullSecret() {
    return client.get(ResourceType.SECRET, "openshift-config", "pull-secret").orElseThrow();
  }

  private CommandLineRun pullSecret(String password, Object... further) throws IOException {
    Path authfile =
        Files.writeString(
            directory.resolve("auth.json"),
            "{\"auths\":{\"harbor.corp\":{\"auth\":\"" + encoded(password) + "\"}}}");
    return run(
        List.of(
            "pull-secret",
            "--images",
            images,
            "--offline",
            "--target",
            "harbor.corp",
            "--authfile",
            authfile),
        further);
  }

  @Test
  void manifestsAndNodeFilesAreWrittenForOtherTools() throws IOException {
    Path output = directory.resolve("gitops");
    CommandLineRun run = mirrorRules("--output", output, "--node-files", "--name", "mirror");
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(rules()).isEmpty();
    assertThat(Files.readString(output.resolve("mirror-rules.yaml")))
        .contains("kind: ImageDigestMirrorSet", "name: mirror");
    assertThat(output.resolve("etc/containers/registries.conf.d/mirror.conf")).isRegularFile();
    assertThat(output.resolve("etc/containerd/certs.d/quay.io/hosts.toml")).isRegularFile();
  }

  @Test
  void manifestsAreWrittenWithoutACluster() throws IOException {
    cluster.close();
    Path output = directory.resolve("gitops");
    CommandLineRun run = mirrorRules("--output", output, "--no-cluster", "--tags");
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(Files.readString(output.resolve("mirror-rules.yaml")))
        .contains("kind: ImageDigestMirrorSet", "kind: ImageTagMirrorSet");
    assertThat(mirrorRules("--no-cluster").status()).isEqualTo(2);
  }

  @Test
  void theCaIsTrustedAndTheTrustIsUndone() throws IOException {
    Path ca = TestCertificates.create(directory.resolve("ca")).authority();
    CommandLineRun applied = trust("--registry-ca", ca, "--json");
    assertThat(applied.status()).as(applied.toString()).isZero();
    KubernetesObject configMap =
        client
            .get(ResourceType.CONFIG_MAP, "openshift-config", "kubernaut-airgap-registry-ca")
            .orElseThrow();
    assertThat(configMap.fields().strings("data")).containsOnlyKeys("harbor.corp..5000");
    assertThat(additionalTrustedCa()).isEqualTo("kubernaut-airgap-registry-ca");

    Path report = Files.writeString(directory.resolve("report.json"), applied.out());
    CommandLineRun undone = trust("--undo", report);
    assertThat(undone.status()).as(undone.toString()).isZero();
    assertThat(additionalTrustedCa()).isEmpty();
  }

  private String additionalTrustedCa() {
    return client
        .get(ResourceType.IMAGE_CONFIG, null, "cluster")
        .orElseThrow()
        .fields()
        .text("spec", "additionalTrustedCA", "name")
        .orElse("");
  }

  @Test
  void aNamespaceIsSealedAndTheSealIsUndone() throws IOException {
    CommandLineRun dry = seal("--dry-run");
    assertThat(dry.out()).contains("create ValidatingAdmissionPolicy seal-kubernaut-system-");
    assertThat(seals()).isEmpty();

    CommandLineRun applied = seal("--json");
    assertThat(applied.status()).as(applied.toString()).isZero();
    assertThatThrownBy(() -> client.create(ResourceType.POD, foreignPod()))
        .hasMessageContaining("not allowed: quay.io/foreign:v1");
    Path report = Files.writeString(directory.resolve("report.json"), applied.out());
    CommandLineRun undone = seal("--undo", report);
    assertThat(undone.status()).as(undone.toString()).isZero();
    assertThat(seals()).isEmpty();
    client.create(ResourceType.POD, foreignPod());
  }

  @Test
  void aSealCanWarnBeWrittenForOtherToolsAndBeRemovedWithoutAReport() throws IOException {
    Path output = directory.resolve("gitops");
    assertThat(seal("--action", "warn", "--output", output).status()).isZero();
    assertThat(Files.readString(output.resolve("seal.yaml")))
        .contains("kind: ValidatingAdmissionPolicyBinding", "- Warn");
    assertThat(seals()).isEmpty();
    assertThat(seal("--action", "warn").status()).isZero();
    assertThat(seals()).hasSize(2);
    CommandLineRun removed = run(List.of("seal", "--remove"));
    assertThat(removed.status()).as(removed.toString()).isZero();
    assertThat(seals()).isEmpty();
    assertThat(seal("--action", "no").status()).isEqualTo(2);
  }

  private List<KubernetesObject> seals() {
    List<KubernetesObject> seals =
        new ArrayList<>(client.list(ResourceType.ADMISSION_POLICY, null, Map.of()));
    seals.addAll(client.list(ResourceType.ADMISSION_POLICY_BINDING, null, Map.of()));
    return seals;
  }

  private static KubernetesObject foreignPod() {
    return KubernetesObject.named(ResourceType.POD, "default", "foreign")
        .with(List.of(Map.of("name", "main", "image", "quay.io/foreign:v1")), "spec", "containers");
  }

  @Test
  void whatCannotBeChangedIsReported() throws IOException {
    Path ca = Files.writeString(directory.resolve("no-ca.pem"), "nothing");
    CommandLineRun run = trust("--registry-ca", ca, "--json");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("CA_INVALID");
    assertThat(trust().status()).isEqualTo(2);
  }
}
