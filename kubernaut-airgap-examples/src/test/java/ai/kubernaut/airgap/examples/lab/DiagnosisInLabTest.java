package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.examples.lab.cluster.OtherCluster;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFormat;
import ai.kubernaut.airgap.seal.SealOptions;
import ai.kubernaut.airgap.support.SupportBundle;
import ai.kubernaut.airgap.support.SupportBundleOptions;
import ai.kubernaut.airgap.support.SupportBundleReport;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.VerifyOptions;
import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A release runs in the lab; each scenario breaks one or two parts of it. The diagnosis names
 * exactly these parts as roots. Everything is repaired afterwards, and the release runs again.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiagnosisInLabTest {
  private static final String GATEWAY = "gateway";
  private static final String ARCHITECTURE = "kubernetes.io/arch";
  private static final String HOST_NAME = "kubernetes.io/hostname";
  private static final ResourceType HELM_RELEASE =
      ResourceType.namespaced("helm.toolkit.fluxcd.io/v2", "HelmRelease", "helmreleases");
  private static final ResourceType APPLICATION =
      ResourceType.namespaced("argoproj.io/v1alpha1", "Application", "applications");
  private static final VerifyOptions ONCE =
      VerifyOptions.builder().waitPolicy(WaitPolicy.once()).build();

  @TempDir Path directory;

  private TestLab world;
  private Lab lab;
  private ClusterClient cluster;
  private KubernetesClient kubernetes;
  private RegistryClient registry;
  private Airgap airgap;
  private MirrorPlan plan;
  private Installation installation;
  private String namespace;
  private String mirror;
  private final List<Runnable> repairs = new ArrayList<>();
  private final Map<String, List<String>> matrix = new LinkedHashMap<>();

  /** Breaks something. */
  @FunctionalInterface
  interface Break {
    void in(DiagnosisInLabTest world) throws IOException;
  }

  /** What is broken, and the roots that the diagnosis has to name. */
  record Scenario(String name, Break broken, List<String> roots) {
    Scenario(String name, Break broken, String... roots) {
      this(name, broken, List.of(roots));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  void aReleaseThatRuns() {
    world = startLab();
    lab = world.lab();
    cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig());
    kubernetes =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(lab.kubeconfig().toFile()))
            .build();
    registry = lab.newRegistryClient();
    airgap =
        Airgap.builder()
            .registry(registry)
            .cluster(cluster)
            .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
            .closeClients(true)
            .build();
    plan = airgap.plan(world.chart(), lab.target(Separator.SLASH));
    MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
    PullSecretReport secret = airgap.configurePullSecret(mirrored, lab.mirrorCredentials());
    installation =
        airgap.install(
            mirrored,
            secret,
            InstallOptions.builder()
                .putLlmCredentials("OPENAI_API_KEY", Secret.of("none"))
                .build());
    namespace = plan.release().namespace();
    mirror = plan.target().address();
    // API servers before 1.21 do not set this label, which policies and webhooks select.
    replace(
        ResourceType.NAMESPACE,
        null,
        namespace,
        object -> object.with(namespace, "metadata", "labels", "kubernetes.io/metadata.name"));
    airgap.verify(installation).orElseThrow();
  }

  /** Starts the lab in which the release runs. */
  TestLab startLab() {
    return TestLab.start(Flavour.OPENSHIFT);
  }

  @AfterAll
  void printTheMatrix() {
    if (airgap == null) {
      return; // The tests were skipped.
    }
    matrix.forEach((name, roots) -> System.out.printf("%-60s %s%n", name, roots));
    kubernetes.close();
    airgap.close();
    world.close();
  }

  @AfterEach
  void repair() {
    // One that fails is not repeated after the next scenario, and those before it are made up for.
    while (!repairs.isEmpty()) {
      repairs.remove(repairs.size() - 1).run();
    }
    lab.replaceNodes();
    waitForNodes();
    waitForRelease();
  }

  @Test
  void aHealthyReleaseHasNoCause() {
    assertThat(airgap.diagnose(installation).causes()).isEmpty();
  }

  @Test
  void fiftyPodsWithOneCauseHaveOneRoot() {
    change(
        ResourceType.DEPLOYMENT, namespace, GATEWAY, object -> object.with(50, "spec", "replicas"));
    recreate(
        GATEWAY, template -> withImage(template, image -> image.replace("gateway:", "gatewway:")));
    waitForFailingPods(50);
    long begin = System.nanoTime();
    Diagnosis diagnosis = airgap.diagnose(installation);
    System.out.printf(
        "50 failing pods were diagnosed in %.2f s%n", (System.nanoTime() - begin) / 1e9);
    assertThat(roots(diagnosis))
        .containsExactly("IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/gatewway:v1.1.0");
    assertThat(diagnosis.roots().get(0).consequences()).hasSize(50);
  }

  /** The image of this number of pods cannot be pulled. */
  private void waitForFailingPods(int pods) {
    WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(200))
        .until(this::failingPods, failing -> failing == pods);
  }

  private long failingPods() {
    return cluster.list(ResourceType.POD, namespace, Map.of()).stream()
        .flatMap(pod -> pod.fields().list("status", "containerStatuses").stream())
        .filter(
            status -> status.text("state", "waiting", "reason").orElse("").contains("ImagePull"))
        .count();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  void theBrokenPartIsTheRootAndNothingElse(Scenario scenario) throws IOException {
    scenario.broken().in(this);
    List<String> expected = List.copyOf(new TreeSet<>(scenario.roots()));
    WaitPolicy.of(Duration.ofSeconds(15), Duration.ofMillis(200))
        .until(() -> roots(airgap.diagnose(installation)), expected::equals);
    Diagnosis diagnosis = airgap.diagnose(installation);
    List<String> roots = roots(diagnosis);
    matrix.put(scenario.name(), roots);
    assertThat(roots).as("%s", diagnosis.describe()).isEqualTo(expected);
    assertThat(diagnosis.roots())
        .allSatisfy(
            root -> {
              assertThat(root.repair()).isPresent();
              assertThat(root.evidence()).isNotEmpty();
            });
    assertThat(diagnosis.toString()).doesNotContain(lab.mirrorCredentials().password().reveal());
    Diagnosis offline = fromSupportBundle();
    assertThat(roots(offline)).isEqualTo(expected);
    record(offline);
  }

  /**
   * Keeps the support bundle of a scenario and its diagnosis in the directory of a system property,
   * for tests of the diagnosis alone.
   */
  private void record(Diagnosis offline) throws IOException {
    String directory = System.getProperty("airgap.scenarios", "");
    if (!directory.isEmpty()) {
      Path recorded = Files.createDirectories(Path.of(directory));
      String name = String.format(Locale.ROOT, "%03d", matrix.size());
      Files.copy(
          this.directory.resolve("support.tar.gz"),
          recorded.resolve(name + ".tar.gz"),
          StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(
          recorded.resolve(name + ".json"), ReportFormat.JSON.write(ReportDocument.of(offline)));
    }
  }

  /** Diagnoses a support bundle, which has the same findings and no password. */
  private Diagnosis fromSupportBundle() throws IOException {
    Path file = directory.resolve("support.tar.gz");
    SupportBundleReport report =
        airgap.collectSupportBundle(installation, file, SupportBundleOptions.builder().build());
    assertThat(report.problems()).isEmpty();
    String password = lab.mirrorCredentials().password().reveal();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
          .doesNotContain(
              password,
              base64(password),
              base64(lab.mirrorCredentials().username() + ":" + password));
    }
    return SupportBundle.read(file).diagnose();
  }

  private List<String> roots(Diagnosis diagnosis) {
    return diagnosis.roots().stream()
        .map(Cause::problem)
        .map(problem -> problem.code() + " " + general(problem.subject().toString()))
        .sorted()
        .toList();
  }

  /** A subject without what differs from run to run. */
  private String general(String subject) {
    return subject
        .replace(mirror, "MIRROR")
        .replace(namespace, "NS")
        .replace(cluster.address(), "CLUSTER")
        .replace(world.name(""), "")
        .replaceAll("Node lab-[0-9a-f]{8}-", "Node ")
        .replaceAll("@sha256:[0-9a-f]{64}", "@DIGEST")
        .replaceAll("(seal-[A-Za-z-]+)-[0-9a-f]{8}", "$1")
        .replaceAll("(Pod NS/kubernaut-db-migration)-[0-9a-z]{5}$", "$1")
        .replaceAll("((Pod|container) NS/[a-z-]*[a-z])-[0-9a-z]{6,10}-[0-9a-z]{5}", "$1");
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
            images(),
            pulls(),
            scheduling(),
            configuration(),
            admission(),
            containers(),
            chains(),
            writtenBlind(),
            writtenIndependently(),
            writtenAfterwards(),
            writtenLast(),
            writtenInTheEnd(),
            writtenFromTheTroubleshootingPage(),
            writtenByAnOperator(),
            writtenOnShift(),
            writtenForAcceptance(),
            writtenAtNight())
        .flatMap(each -> each);
  }

  private static Stream<Scenario> images() {
    return Stream.of(
        new Scenario(
            "an image deleted from the mirror",
            world -> {
              world.deleteImage("gateway");
              world.restart("gateway");
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/kubernaut-ai/gateway:v1.1.0"),
        new Scenario(
            "two images deleted from the mirror",
            world -> {
              world.deleteImage("gateway");
              world.deleteImage("notification");
              world.restart("gateway");
              world.restart("notification-controller");
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/kubernaut-ai/gateway:v1.1.0",
            "IMAGE_NOT_IN_MIRROR MIRROR/kubernaut-ai/notification:v1.1.0"),
        new Scenario(
            "a typo in the name of an image",
            world -> world.image(GATEWAY, image -> image.replace("gateway:", "gatewway:")),
            "IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/gatewway:v1.1.0"),
        new Scenario(
            "a typo in the tag",
            world -> world.image(GATEWAY, image -> image.replace("v1.1.0", "v1.1.1")),
            "IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/gateway:v1.1.1"),
        new Scenario(
            "the source name of an image",
            world -> world.image(GATEWAY, image -> "quay.io/kubernaut-ai/gateway:v1.1.0"),
            "REFERENCE_OUTSIDE_MIRROR quay.io/kubernaut-ai/gateway:v1.1.0"),
        new Scenario(
            "an image of the mirror that nobody planned",
            world -> world.image(GATEWAY, image -> world.mirror + "/other/product:2"),
            "REFERENCE_NOT_PLANNED MIRROR/other/product:2"),
        new Scenario(
            "an invalid image reference",
            world -> world.image(GATEWAY, image -> world.mirror + "/Upper/Case:1"),
            "REFERENCE_INVALID container NS/gateway/gateway"),
        new Scenario(
            "a node of another platform than the index has",
            world -> {
              world.platform("riscv64");
              world.restart("gateway");
            },
            "IMAGE_PLATFORM_MISSING MIRROR/kubernaut-ai/gateway:v1.1.0"));
  }

  private static Stream<Scenario> pulls() {
    return Stream.of(
        new Scenario(
            "a wrong password in the global pull secret",
            world -> {
              world.pullSecret("mirror", "wrong");
              world.restart("gateway");
            },
            "PULL_CREDENTIALS_REJECTED Secret openshift-config/pull-secret"),
        new Scenario(
            "a global pull secret without the mirror",
            world -> {
              world.pullSecret(null, null);
              world.restart("gateway");
              world.restart("notification-controller");
            },
            "PULL_CREDENTIALS_MISSING Secret openshift-config/pull-secret"),
        new Scenario(
            "nodes that do not trust the certificate of the mirror",
            world ->
                world.reach("gateway", client -> client.endpoint(world.mirror, world.tlsHost())),
            "REGISTRY_CA_UNTRUSTED MIRROR"),
        new Scenario(
            "nodes that cannot resolve the name of the mirror",
            world ->
                world.reach(
                    "gateway", client -> client.endpoint(world.mirror, "mirror.invalid:5000")),
            "REGISTRY_NAME_NOT_RESOLVED MIRROR"),
        new Scenario(
            "nodes that do not reach the mirror",
            world ->
                world.reach(
                    "gateway",
                    client ->
                        client.plainHttp("127.0.0.1:1").endpoint(world.mirror, "127.0.0.1:1")),
            "REGISTRY_UNREACHABLE_FROM_NODES MIRROR"),
        new Scenario(
            "a mirror that limits the requests of nodes",
            world -> {
              String limited = world.httpServer(429);
              world.reach(
                  "gateway", client -> client.plainHttp(limited).endpoint(world.mirror, limited));
            },
            "REGISTRY_LIMITS_PULLS MIRROR"),
        new Scenario(
            "a mirror rule for digests and a reference by tag",
            world -> {
              world.mirrorRule("quay.io/kubernaut-ai", world.mirror + "/kubernaut-ai");
              world.image(GATEWAY, image -> "quay.io/kubernaut-ai/gateway:v1.1.0");
            },
            "REFERENCE_NOT_REDIRECTED_BY_TAG quay.io/kubernaut-ai/gateway:v1.1.0"),
        new Scenario(
            "a mirror rule that shadows the mirror",
            world -> {
              world.mirrorRule("quay.io/kubernaut-ai", world.mirror + "/kubernaut-ai");
              world.mirrorRule("quay.io/kubernaut-ai/gateway", "other.corp/gateway");
              world.image(GATEWAY, image -> world.pinned("gateway"));
            },
            "MIRROR_RULE_SHADOWED quay.io/kubernaut-ai/gateway@DIGEST"),
        new Scenario(
            "no mirror rule for the repository",
            world -> {
              world.mirrorRule("quay.io/other", world.mirror + "/other");
              world.image(GATEWAY, image -> world.pinned("gateway"));
            },
            "MIRROR_RULE_MISSING quay.io/kubernaut-ai/gateway@DIGEST"));
  }

  private static Stream<Scenario> scheduling() {
    return Stream.of(
        new Scenario(
            "labels that no node has",
            world -> world.pod(GATEWAY, spec -> spec.with("ssd", "nodeSelector", "disk")),
            "NODE_LABELS_MISSING Deployment NS/gateway"),
        new Scenario(
            "a taint on all nodes",
            world -> {
              world.taint("dedicated", "gpu");
              world.restart("gateway");
            },
            "TAINTS_NOT_TOLERATED Deployment NS/gateway"),
        new Scenario(
            "nodes that are not ready",
            world -> {
              world.nodesNotReady();
              world.restart("gateway");
            },
            "NODE_NOT_READY Node worker-0",
            "NODE_NOT_READY Node worker-1"),
        new Scenario(
            "a request that no node can meet",
            world -> {
              world.allocatable("2");
              world.container(
                  GATEWAY, container -> container.with("3", "resources", "requests", "cpu"));
            },
            "RESOURCES_INSUFFICIENT Deployment NS/gateway"),
        new Scenario(
            "a scheduler that does not run",
            world -> world.pod(GATEWAY, spec -> spec.with("batch", "schedulerName")),
            "SCHEDULER_NOT_RUNNING cluster CLUSTER"));
  }

  private static Stream<Scenario> configuration() {
    return Stream.of(
        new Scenario(
            "a Secret that was deleted",
            world -> {
              world.delete(ResourceType.SECRET, "llm-credentials");
              world.restart("holmesgpt-api");
            },
            "SECRET_NOT_FOUND Secret NS/llm-credentials"),
        new Scenario(
            "a Secret that lacks a key",
            world ->
                world.container(
                    GATEWAY,
                    container ->
                        container.with(
                            List.of(
                                Map.of(
                                    "name",
                                    "PASSWORD",
                                    "valueFrom",
                                    Map.of(
                                        "secretKeyRef",
                                        Map.of("name", "postgresql-secret", "key", "PASS")))),
                            "env")),
            "SECRET_KEY_MISSING Secret NS/postgresql-secret"),
        new Scenario(
            "a ConfigMap that does not exist",
            world ->
                world.volume(GATEWAY, Map.of("name", "v", "configMap", Map.of("name", "gone"))),
            "CONFIG_MAP_NOT_FOUND ConfigMap NS/gone"),
        new Scenario(
            "a claim that does not exist",
            world ->
                world.volume(
                    GATEWAY,
                    Map.of("name", "v", "persistentVolumeClaim", Map.of("claimName", "gone"))),
            "CLAIM_MISSING PersistentVolumeClaim NS/gone"),
        new Scenario(
            "a storage class that does not exist",
            world -> {
              world.create(
                  ResourceType.PERSISTENT_VOLUME_CLAIM,
                  "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: fast, namespace: %s}, spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}");
              world.volume(
                  GATEWAY,
                  Map.of("name", "v", "persistentVolumeClaim", Map.of("claimName", "fast")));
            },
            "STORAGE_CLASS_NOT_FOUND PersistentVolumeClaim NS/fast"),
        new Scenario(
            "a provisioner that does not work",
            world -> {
              world.create(
                  ResourceType.STORAGE_CLASS,
                  "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: slow}, provisioner: none}");
              world.create(
                  ResourceType.PERSISTENT_VOLUME_CLAIM,
                  "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: slow, namespace: %s}, spec: {storageClassName: slow, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}");
              world.volume(
                  GATEWAY,
                  Map.of("name", "v", "persistentVolumeClaim", Map.of("claimName", "slow")));
            },
            "VOLUME_NOT_PROVISIONED PersistentVolumeClaim NS/slow"));
  }

  private static Stream<Scenario> admission() {
    return Stream.of(
        new Scenario(
            "a quota for pods",
            world -> {
              world.create(
                  ResourceType.RESOURCE_QUOTA,
                  "{apiVersion: v1, kind: ResourceQuota, metadata: {name: small, namespace: %s}, spec: {hard: {pods: '2'}}}");
              world.restart("gateway");
            },
            "QUOTA_EXCEEDED ResourceQuota NS/small"),
        new Scenario(
            "a quota for CPU requests",
            world -> {
              world.create(
                  ResourceType.RESOURCE_QUOTA,
                  "{apiVersion: v1, kind: ResourceQuota, metadata: {name: cpu, namespace: %s}, spec: {hard: {requests.cpu: '1'}}}");
              world.recreate(
                  GATEWAY,
                  template ->
                      withContainer(
                          template,
                          container -> container.with("1500m", "resources", "requests", "cpu")));
            },
            "QUOTA_EXCEEDED ResourceQuota NS/cpu"),
        new Scenario(
            "a ServiceAccount that does not exist",
            world ->
                world.recreate(
                    GATEWAY, template -> template.with("gone", "spec", "serviceAccountName")),
            "SERVICE_ACCOUNT_NOT_FOUND ServiceAccount NS/gone"),
        new Scenario(
            "a namespace that enforces the level restricted",
            world -> {
              world.assumePodSecurity();
              world.label("pod-security.kubernetes.io/enforce", "restricted");
              world.restart("gateway");
            },
            "POD_SECURITY_VIOLATED Namespace NS"),
        new Scenario(
            "a policy that denies every image of the product",
            world -> {
              world.assumeAdmissionPolicies();
              world.create(
                  ResourceType.ADMISSION_POLICY,
                  """
                  {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: nothing},
                   spec: {failurePolicy: Fail, matchConstraints: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}, resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]},
                     validations: [{expression: 'false', message: nothing is allowed}]}}
                  """);
              world.create(
                  ResourceType.ADMISSION_POLICY_BINDING,
                  """
                  {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: nothing},
                   spec: {policyName: nothing, validationActions: [Deny]}}
                  """);
              world.waitForPolicy();
              world.restart("gateway");
              world.restart("notification-controller");
            },
            "ADMISSION_POLICY_REFUSES ValidatingAdmissionPolicy nothing"));
  }

  private static Stream<Scenario> containers() {
    return Stream.of(
        new Scenario(
            "a container that crashes",
            world -> world.annotate(GATEWAY, "crash", "2 Error", "panic: no configuration"),
            "CONTAINER_CRASHED Pod NS/gateway"),
        new Scenario(
            "a container that needs more memory than its limit",
            world -> world.annotate(GATEWAY, "crash", "137 OOMKilled", "growing"),
            "CONTAINER_OUT_OF_MEMORY Pod NS/gateway"),
        new Scenario(
            "a container whose program does not exist",
            world -> world.annotate(GATEWAY, "start-error", "exec: /app: no such file", ""),
            "CONTAINER_NOT_STARTED Pod NS/gateway"),
        new Scenario(
            "a probe that fails",
            world -> world.annotate(GATEWAY, "failing-probe", "HTTP status 500", ""),
            "PROBE_FAILED Pod NS/gateway"));
  }

  /** The guide's troubleshooting entries, and chains like them. */
  private static Stream<Scenario> chains() {
    return Stream.of(
        new Scenario(
            "PostgreSQL cannot be pulled, and services that name it crash",
            world -> {
              world.deleteImage("postgresql-16");
              world.recreate("postgresql", template -> template);
              world.annotate(
                  GATEWAY, "crash", "1 Error", "dial tcp: lookup postgresql: connection refused");
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/rhel10/postgresql-16:latest"),
        new Scenario(
            "Valkey has no node, and a probe fails because of it",
            world -> {
              world.recreate(
                  "valkey", template -> template.with("ssd", "spec", "nodeSelector", "disk"));
              world.annotate(
                  GATEWAY,
                  "failing-probe",
                  "503: valkey is not reachable",
                  "redis valkey:6379 refused");
            },
            "NODE_LABELS_MISSING Deployment NS/valkey"),
        new Scenario(
            "an image is missing and a Secret is missing",
            world -> {
              world.deleteImage("notification");
              world.restart("notification-controller");
              world.delete(ResourceType.SECRET, "llm-credentials");
              world.restart("holmesgpt-api");
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/kubernaut-ai/notification:v1.1.0",
            "SECRET_NOT_FOUND Secret NS/llm-credentials"),
        new Scenario(
            "a taint and a typo",
            world -> {
              world.image("notification-controller", image -> image.replace("v1.1.0", "v1.1.9"));
              world.annotate(GATEWAY, "crash", "3 Error", "fatal");
            },
            "CONTAINER_CRASHED Pod NS/gateway",
            "IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/notification:v1.1.9"));
  }

  /** Written from the catalogue of causes alone, without a look at how they are found. */
  private static Stream<Scenario> writtenBlind() {
    return Stream.of(
        new Scenario(
            "an image deleted that PostgreSQL and an init container use",
            world -> {
              world.deleteImage("postgresql-16");
              world.restart("postgresql");
              world.restart("datastorage");
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/rhel10/postgresql-16:latest"),
        new Scenario(
            "a Secret deleted that two Deployments use, and a service behind them crashes",
            world -> {
              world.delete(ResourceType.SECRET, "postgresql-secret");
              world.restart("postgresql");
              world.restart("datastorage");
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "Post http://data-storage-service:8080/api/v1/audit: connection refused");
            },
            "SECRET_NOT_FOUND Secret NS/postgresql-secret"),
        new Scenario(
            "PostgreSQL scaled to zero, and its client crashes",
            world -> {
              world.change(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  "postgresql",
                  object -> object.with(0, "spec", "replicas"));
              world.annotate(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "failed to connect to host=postgresql port=5432: connection refused");
            },
            "WORKLOAD_SCALED_TO_ZERO Deployment NS/postgresql"),
        new Scenario(
            "a Deployment that somebody has deleted",
            world -> world.delete(ResourceType.DEPLOYMENT, "gateway"),
            "RELEASE_OBJECT_NOT_FOUND Deployment NS/gateway"),
        new Scenario(
            "the service of PostgreSQL deleted, and its client crashes",
            world -> {
              world.delete(ResourceType.SERVICE, "postgresql");
              world.annotate(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "failed to connect to host=postgresql port=5432: no such host");
            },
            "RELEASE_OBJECT_NOT_FOUND Service NS/postgresql"),
        new Scenario(
            "a RoleBinding deleted, and the controller that needs it crashes",
            world -> {
              world.delete(ResourceType.ROLE_BINDING, world.workflows(), "workflow-runner");
              world.annotate(
                  "workflowexecution-controller",
                  "crash",
                  "1 Error",
                  "unable to create the Job: jobs.batch is forbidden: User \"system:serviceaccount:"
                      + world.namespace
                      + ":workflowexecution-controller\" cannot create resource \"jobs\" in API group \"batch\" in the namespace \""
                      + world.workflows()
                      + "\"");
            },
            "RELEASE_OBJECT_NOT_FOUND RoleBinding kubernaut-workflows/workflow-runner"),
        new Scenario(
            "the selector of the service of PostgreSQL changed, and its client crashes",
            world -> {
              world.change(
                  ResourceType.SERVICE,
                  world.namespace,
                  "postgresql",
                  service -> service.with(Map.of("app", "postgres"), "spec", "selector"));
              world.annotate(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "failed to connect to host=postgresql port=5432: connection refused");
            },
            "RELEASE_OBJECT_CHANGED Service NS/postgresql"),
        new Scenario(
            "an image deleted, and an update that a quota blocks",
            world -> {
              world.deleteImage("workflowexecution");
              world.restart("workflowexecution-controller");
              // The quota would refuse its pod, which has no request.
              world.waitForFailingPods(1);
              world.create(
                  ResourceType.RESOURCE_QUOTA,
                  "{apiVersion: v1, kind: ResourceQuota, metadata: {name: cpu, namespace: %s}, spec: {hard: {requests.cpu: '1'}}}");
              world.container(
                  "effectivenessmonitor-controller",
                  container -> container.with("1500m", "resources", "requests", "cpu"));
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/kubernaut-ai/workflowexecution:v1.1.0",
            "QUOTA_EXCEEDED ResourceQuota NS/cpu"),
        new Scenario(
            "an image deleted, and a crash of its client that has a reason of its own",
            world -> {
              world.deleteImage("valkey-8");
              world.restart("valkey");
              world.recreate(
                  "workflowexecution-controller",
                  template ->
                      withQueueAddress(template)
                          .with("2 Error", "metadata", "annotations", "lab.kubernaut.ai/crash")
                          .with(
                              "panic: yaml: unmarshal errors: unknown field retrys",
                              "metadata",
                              "annotations",
                              "lab.kubernaut.ai/log"));
            },
            "CONTAINER_CRASHED Pod NS/workflowexecution-controller",
            "IMAGE_NOT_IN_MIRROR MIRROR/rhel10/valkey-8:latest"),
        new Scenario(
            "a global pull secret whose only entry is for another path of the mirror",
            world -> {
              world.pullSecret(Map.of("/rhel10", world.mirrorPassword()));
              world.restart("valkey");
              world.restart("aianalysis-controller");
              world.restart("notification-controller");
            },
            "PULL_CREDENTIALS_MISSING Secret openshift-config/pull-secret"),
        new Scenario(
            "a wrong password for one path of the mirror",
            world -> {
              world.pullSecret(
                  Map.of("", world.mirrorPassword(), "/kubernaut-ai/notification", "expired"));
              world.restart("signalprocessing-controller");
              world.restart("notification-controller");
            },
            "PULL_CREDENTIALS_REJECTED Secret openshift-config/pull-secret"),
        new Scenario(
            "a wrong password, and a typo in the image of another Deployment",
            world -> {
              world.pullSecret(Map.of("", "expired"));
              world.restart("notification-controller");
              world.image(
                  "signalprocessing-controller",
                  image -> image.replace("signalprocessing:", "signal-processing:"));
            },
            "IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/signal-processing:v1.1.0",
            "PULL_CREDENTIALS_REJECTED Secret openshift-config/pull-secret"),
        new Scenario(
            "a typo in the image of an init container, and a service calls its webhook",
            world -> {
              world.recreate(
                  "authwebhook",
                  template -> {
                    Fields init = template.list("spec", "initContainers").get(0);
                    String image = init.text("image").orElseThrow();
                    return template.with(
                        List.of(init.with(image.replace("rhel9", "rehl9"), "image").content()),
                        "spec",
                        "initContainers");
                  });
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "failed calling webhook: Post https://authwebhook.%s.svc:9443/: no endpoints"
                      .formatted(world.namespace));
            },
            "IMAGE_NAME_MISSPELLED MIRROR/openshift4/ose-cli-rehl9:v4.17"),
        new Scenario(
            "a service without a node, a service that names it, and one that names that",
            world -> {
              world.recreate(
                  "datastorage",
                  template -> template.with("storage", "spec", "nodeSelector", "pool"));
              world.recreate(
                  "holmesgpt-api",
                  template ->
                      template
                          .with(
                              "HTTP status 503",
                              "metadata",
                              "annotations",
                              "lab.kubernaut.ai/failing-probe")
                          .with(
                              "data-storage-service:8080 does not answer",
                              "metadata",
                              "annotations",
                              "lab.kubernaut.ai/log"));
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "GET http://holmesgpt-api:8080/health: 503 Service Unavailable");
            },
            "NODE_LABELS_MISSING Deployment NS/datastorage"),
        new Scenario(
            "a taint on all nodes, and a missing ConfigMap of a Deployment that tolerates it",
            world -> {
              world.delete(ResourceType.CONFIG_MAP, "notification-controller-config");
              world.taint("dedicated", "infra");
              world.recreate(
                  "notification-controller",
                  template ->
                      template.with(
                          List.of(Map.of("key", "dedicated", "operator", "Exists")),
                          "spec",
                          "tolerations"));
              world.restart("signalprocessing-controller");
            },
            "CONFIG_MAP_NOT_FOUND ConfigMap NS/notification-controller-config",
            "TAINTS_NOT_TOLERATED Deployment NS/signalprocessing-controller"),
        new Scenario(
            "a claim deleted, a client that crashes, and a crash that names a healthy service",
            world -> {
              world.delete(ResourceType.PERSISTENT_VOLUME_CLAIM, "valkey-data");
              world.restart("valkey");
              world.recreate(
                  "signalprocessing-controller",
                  template ->
                      withQueueAddress(template)
                          .with("1 Error", "metadata", "annotations", "lab.kubernaut.ai/crash"));
              world.annotate(
                  "notification-controller",
                  "crash",
                  "2 Error",
                  "connected to postgresql:5432; routing.yaml: line 3: unknown receiver");
            },
            "CLAIM_MISSING PersistentVolumeClaim NS/valkey-data",
            "CONTAINER_CRASHED Pod NS/notification-controller"));
  }

  /** Written as an administrator meets them, without a look at how causes are found. */
  private static Stream<Scenario> writtenIndependently() {
    return Stream.of(
        new Scenario(
            "a blob that the mirror has lost, and a probe of a client of its service",
            world -> {
              world.deleteBlob("datastorage");
              world.restart("datastorage");
              world.annotate(
                  "holmesgpt-api",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "audit store http://data-storage-service:8080: connection refused");
            },
            "IMAGE_INCOMPLETE_IN_MIRROR MIRROR/kubernaut-ai/datastorage:v1.1.0"),
        new Scenario(
            "a tag that was copied again for another platform only",
            world ->
                world.copyForPlatform(
                    "aianalysis",
                    "arm64",
                    "aianalysis-controller",
                    "exec /opt/kubernaut-ai-aianalysis: exec format error"),
            "IMAGE_DIFFERS_IN_MIRROR MIRROR/kubernaut-ai/aianalysis:v1.1.0"),
        new Scenario(
            "a sidecar from elsewhere in an update of two pods, and a pod evicted and replaced",
            world -> {
              world.evict("notification-controller");
              world.change(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  GATEWAY,
                  object -> object.with(2, "spec", "replicas"));
              world.pod(
                  GATEWAY,
                  spec ->
                      withAdded(
                          spec,
                          "containers",
                          Map.of(
                              "name",
                              "log-shipper",
                              "image",
                              "cr.fluentbit.io/fluent/fluent-bit:3.0")));
            },
            "REFERENCE_OUTSIDE_MIRROR cr.fluentbit.io/fluent/fluent-bit:3.0"),
        new Scenario(
            "a Secret made again with another key, its clients, and an update that was paused",
            world -> {
              world.change(
                  ResourceType.SECRET,
                  world.namespace,
                  "valkey-secret",
                  secret -> secret.with(Map.of("password", base64("secret")), "data"));
              world.restart("datastorage");
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "dial tcp: data-storage-service:8080: connect: connection refused");
              world.change(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  GATEWAY,
                  object ->
                      object
                          .with(true, "spec", "paused")
                          .with("1", "spec", "template", "metadata", "annotations", "revision"));
            },
            "SECRET_KEY_MISSING Secret NS/valkey-secret",
            "WORKLOAD_UPDATE_PAUSED Deployment NS/gateway"),
        new Scenario(
            "an init container that crashes, and a probe of a client of its webhook",
            world -> {
              world.recreate(
                  "authwebhook",
                  template ->
                      annotated(
                          template,
                          Map.of(
                              "crash",
                              "1 Error",
                              "crash-container",
                              "patch-cabundle",
                              "log",
                              "Error from server (Forbidden): secrets \"authwebhook-tls\" is forbidden: User \"system:serviceaccount:%s:authwebhook\" cannot get resource \"secrets\""
                                  .formatted(world.namespace))));
              world.annotate(
                  "workflowexecution-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "failed calling webhook: Post https://authwebhook.%s.svc:443/: no endpoints available"
                      .formatted(world.namespace));
            },
            "CONTAINER_CRASHED Pod NS/authwebhook"),
        new Scenario(
            "one of two webhook configurations without its caBundle, and a service that it refuses",
            world -> {
              world.change(
                  ResourceType.VALIDATING_WEBHOOKS,
                  null,
                  "authwebhook-validating",
                  DiagnosisInLabTest::withoutAuthority);
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "failed calling webhook \"remediationrequest.validating.kubernaut.ai\": Post \"https://authwebhook.%s.svc:443/validating-remediationrequest\": tls: failed to verify certificate: x509: certificate signed by unknown authority"
                      .formatted(world.namespace));
            },
            "WEBHOOK_CA_MISSING ValidatingWebhookConfiguration authwebhook-validating"),
        new Scenario(
            "an image deleted, and pull Secrets of pods that do no harm",
            world -> {
              String user = world.lab.mirrorCredentials().username();
              world.create(
                  ResourceType.SECRET,
                  "{apiVersion: v1, kind: Secret, metadata: {name: old-registry, namespace: %s}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: "
                      + base64("{\"auths\":{" + world.entry("", user, "expired") + "}}")
                      + "}}");
              world.deleteImage("signalprocessing");
              for (String deployment :
                  List.of("signalprocessing-controller", "notification-controller")) {
                world.recreate(
                    deployment,
                    template ->
                        template.with(
                            List.of(
                                Map.of("name", "old-registry"), Map.of("name", "team-registry")),
                            "spec",
                            "imagePullSecrets"));
              }
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/kubernaut-ai/signalprocessing:v1.1.0"),
        new Scenario(
            "a Deployment bound to a node that is cordoned, and its client",
            world -> {
              world.recreate(
                  "valkey",
                  template -> template.with(world.worker(0), "spec", "nodeSelector", HOST_NAME));
              world.cordon(0);
              world.restart("valkey");
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "dial tcp: valkey:6379: i/o timeout");
            },
            "TAINTS_NOT_TOLERATED Deployment NS/valkey"),
        new Scenario(
            "one of two nodes that stops, and a container on the other that needs more memory",
            world -> {
              world.recreate(
                  GATEWAY,
                  template -> template.with(world.worker(0), "spec", "nodeSelector", HOST_NAME));
              world.waitForRelease();
              world.stopNode(0);
              world.recreate(
                  "effectivenessmonitor-controller",
                  template ->
                      annotated(template, Map.of("crash", "137 OOMKilled"))
                          .with(world.worker(1), "spec", "nodeSelector", HOST_NAME));
            },
            "CONTAINER_OUT_OF_MEMORY Pod NS/effectivenessmonitor-controller",
            "NODE_NOT_READY Node worker-0"),
        new Scenario(
            "a volume that cannot be mounted, a migration that waits, and an invalid SDK config",
            world -> {
              world.recreate(
                  "postgresql",
                  template ->
                      annotated(
                          template,
                          Map.of(
                              "mount-error",
                              "\"data\" : mount failed: exit status 32: mount.nfs: Connection timed out for storage.corp:/exports/pg")));
              world.runMigration();
              world.recreate(
                  "datastorage",
                  template ->
                      annotated(
                          template,
                          Map.of(
                              "failing-probe",
                              "HTTP probe failed with statuscode: 503",
                              "log",
                              "failed to connect to host=postgresql port=5432: timeout")));
              world.change(
                  ResourceType.CONFIG_MAP,
                  world.namespace,
                  "holmesgpt-sdk-config",
                  object ->
                      object.with(
                          "llm:\n  provider: litellm\n\tmodel: gpt-4o\n",
                          "data",
                          "sdk-config.yaml"));
              world.annotate(
                  "holmesgpt-api",
                  "crash",
                  "1 Error",
                  "yaml: line 3: found character that cannot start any token");
            },
            "LLM_CONFIG_INVALID ConfigMap NS/holmesgpt-sdk-config",
            "VOLUME_NOT_MOUNTED Pod NS/postgresql"));
  }

  /** Written when the diagnosis was finished, by somebody who has not read it. */
  private static Stream<Scenario> writtenAfterwards() {
    return Stream.of(
        new Scenario(
            "the image of the TLS hook deleted, its Secret, the webhook, and a client of that",
            world -> {
              world.deleteImage("ose-cli-rhel9");
              world.delete(ResourceType.SECRET, "authwebhook-tls");
              world.runTlsHook("authwebhook-tls");
              world.restart("authwebhook");
              world.annotate(
                  "workflowexecution-controller",
                  "crash",
                  "1 Error",
                  "failed calling webhook \"remediationrequest.mutating.kubernaut.ai\": Post \"https://authwebhook.%s.svc:443/mutating-remediationrequest\": no endpoints available for service \"authwebhook\""
                      .formatted(world.namespace));
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/openshift4/ose-cli-rhel9:v4.17"),
        new Scenario(
            "a pull secret that was corrected while the pool of the nodes is paused",
            world -> {
              world.pullSecretBehindPool("expired", world::pause);
              world.restart("notification-controller");
            },
            "POOL_PAUSED MachineConfigPool worker"),
        new Scenario(
            "a mirror rule of another team that moves the mirror and never contacts it",
            world -> {
              world.create(
                  ResourceType.IMAGE_DIGEST_MIRROR_SET,
                  """
                  {apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: %1$s},
                   spec: {imageDigestMirrors: [{source: '%2$s', mirrors: ['harbor.corp/moved'], mirrorSourcePolicy: NeverContactSource}]}}
                  """
                      .formatted(world.world.name("moved-mirror"), world.mirror));
              world.waitForNodes();
              world.restart("signalprocessing-controller");
              world.restart("valkey");
              world.annotate(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "dial tcp: valkey:6379: connect: connection refused");
            },
            "MIRROR_BLOCKED ImageDigestMirrorSet moved-mirror"),
        new Scenario(
            "a policy engine in another namespace whose webhook has no pod, and an evicted pod",
            world -> {
              world.evict("aianalysis-controller");
              world.policyEngine();
              world.restart("gateway");
              world.restart("notification-controller");
            },
            "WEBHOOK_UNAVAILABLE admission webhook validate.policy-engine.io"),
        new Scenario(
            "a ConfigMap without the key for one of two containers in an update of two pods",
            world -> {
              world.change(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  GATEWAY,
                  object -> object.with(2, "spec", "replicas"));
              world.waitForRelease();
              world.pod(
                  GATEWAY,
                  spec ->
                      withAdded(
                          spec,
                          "containers",
                          Map.of(
                              "name",
                              "audit-proxy",
                              "image",
                              world.target("gateway").toString(),
                              "env",
                              List.of(
                                  variable(
                                      "TOKEN",
                                      "secretKeyRef",
                                      Map.of(
                                          "name", "audit-token", "key", "token", "optional", true)),
                                  variable(
                                      "AUDIT",
                                      "configMapKeyRef",
                                      Map.of("name", "gateway-config", "key", "audit.yaml"))))));
            },
            "CONFIG_MAP_KEY_MISSING ConfigMap NS/gateway-config"),
        new Scenario(
            "an expired password in the second of two pull Secrets, and none in the global one",
            world -> {
              world.pullSecret(null, null);
              String user = world.lab.mirrorCredentials().username();
              world.createPullSecret(
                  "team-registry",
                  "\"registry.team.corp\":{\"auth\":\"%s\"}".formatted(base64("team:secret")));
              world.createPullSecret("mirror-access", world.entry("", user, "expired"));
              world.recreate(
                  "effectivenessmonitor-controller",
                  template ->
                      template.with(
                          List.of(Map.of("name", "team-registry"), Map.of("name", "mirror-access")),
                          "spec",
                          "imagePullSecrets"));
            },
            "PULL_CREDENTIALS_REJECTED Secret NS/mirror-access"),
        new Scenario(
            "an SDK config without endpoint, the placeholder of the guide as the key, and a client",
            world -> {
              world.change(
                  ResourceType.CONFIG_MAP,
                  world.namespace,
                  "holmesgpt-sdk-config",
                  object ->
                      object.with(
                          "llm:\n  provider: openai\n  model: gpt-4o\n",
                          "data",
                          "sdk-config.yaml"));
              world.change(
                  ResourceType.SECRET,
                  world.namespace,
                  "llm-credentials",
                  secret -> secret.with(base64("<your-local-llm-key>"), "data", "OPENAI_API_KEY"));
              world.recreate(
                  "holmesgpt-api",
                  template ->
                      annotated(
                          template,
                          Map.of(
                              "crash",
                              "1 Error",
                              "log",
                              "litellm.APIConnectionError: OpenAIException - Cannot connect to host api.openai.com:443 ssl:default [Name or service not known]")));
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "GET http://holmesgpt-api:8080/ready: connect: connection refused");
            },
            "LLM_ENDPOINT_MISSING ConfigMap NS/holmesgpt-sdk-config",
            "LLM_KEY_PLACEHOLDER Secret NS/llm-credentials"),
        new Scenario(
            "a serving certificate that was replaced, and webhooks that have the CA of the old one",
            world -> {
              world.replaceServingCertificate();
              world.restart("authwebhook");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "failed calling webhook \"remediationrequest.mutating.kubernaut.ai\": Post \"https://authwebhook.%s.svc:443/mutating-remediationrequest\": tls: failed to verify certificate: x509: certificate signed by unknown authority"
                      .formatted(world.namespace));
            },
            "SERVING_CERTIFICATE_INVALID MutatingWebhookConfiguration authwebhook-mutating",
            "SERVING_CERTIFICATE_INVALID ValidatingWebhookConfiguration authwebhook-validating"),
        new Scenario(
            "a small node, a load balancer that fails, and the account of a hook deleted",
            world -> {
              world.allocatable(1, "1");
              world.recreate(
                  "effectivenessmonitor-controller",
                  template ->
                      withContainer(
                              template,
                              container -> container.with("1500m", "resources", "requests", "cpu"))
                          .with(
                              List.of(
                                  Map.of(
                                      "matchExpressions",
                                      List.of(
                                          Map.of(
                                              "key",
                                              HOST_NAME,
                                              "operator",
                                              "In",
                                              "values",
                                              List.of(world.worker(1)))))),
                              "spec",
                              "affinity",
                              "nodeAffinity",
                              "requiredDuringSchedulingIgnoredDuringExecution",
                              "nodeSelectorTerms"));
              world.delete(ResourceType.SERVICE_ACCOUNT, world.plan.release().name() + "-hook-sa");
              world.runMigration();
              world.annotate(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "ERROR: relation \"audit_events\" does not exist (SQLSTATE 42P01): the Job %s-db-migration has not completed"
                      .formatted(world.plan.release().name()));
              world.waitForContainers("datastorage");
              String failing = world.httpServer(502);
              world.reach(
                  "signalprocessing-controller",
                  client -> client.plainHttp(failing).endpoint(world.mirror, failing));
            },
            "REGISTRY_FAILED_FOR_NODES MIRROR",
            "RESOURCES_INSUFFICIENT Deployment NS/effectivenessmonitor-controller",
            "SERVICE_ACCOUNT_NOT_FOUND ServiceAccount NS/kubernaut-hook-sa"));
  }

  /** Written from the catalogue of causes, with log lines as real programs write them. */
  private static Stream<Scenario> writtenLast() {
    return Stream.of(
        new Scenario(
            "a Pod Security level on the second namespace, its DaemonSet, and a client of that",
            world -> {
              world.assumePodSecurity();
              world.change(
                  ResourceType.NAMESPACE,
                  null,
                  world.workflows(),
                  object ->
                      object.with(
                          "restricted",
                          "metadata",
                          "labels",
                          "pod-security.kubernetes.io/enforce"));
              world.beside(
                  ResourceType.DAEMON_SET,
                  world.workflows(),
                  "workflow-cache",
                  "",
                  "serviceAccountName: kubernaut-workflow-runner, containers: [{name: cache, image: '%s'}]"
                      .formatted(world.target("gateway")));
              world.annotate(
                  "workflowexecution-controller",
                  "crash",
                  "1 Error",
                  """
                  {"level":"info","ts":"2026-11-27T18:41:07Z","logger":"setup","msg":"resolving workflow bundles"}
                  {"level":"error","ts":"2026-11-27T18:41:17Z","logger":"setup","msg":"unable to reach the bundle cache","error":"Get \"http://workflow-cache.%s.svc:8080/v2/\": dial tcp 172.30.9.4:8080: connect: connection refused"}
                  """
                      .formatted(world.workflows()));
            },
            "POD_SECURITY_VIOLATED Namespace kubernaut-workflows"),
        new Scenario(
            "a short image name in an init container of a StatefulSet, and three clients in a row",
            world -> {
              world.beside(
                  ResourceType.STATEFUL_SET,
                  world.namespace,
                  "audit-queue",
                  "replicas: 1, serviceName: audit-queue,",
                  "initContainers: [{name: permissions, image: 'busybox:1.36'}], containers: [{name: valkey, image: '%s'}]"
                      .formatted(world.target("valkey-8")));
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "redis: 2026/11/27 18:41:07 pool.go:404: redis: connection pool: failed to dial after 5 attempts: dial tcp: lookup audit-queue on 172.30.0.10:53: no such host");
              world.replacePods(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "{\"level\":\"error\",\"ts\":\"2026-11-27T18:42:07Z\",\"logger\":\"setup\",\"msg\":\"unable to create audit client\",\"error\":\"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              world.annotate(
                  "remediationorchestrator-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "{\"level\":\"info\",\"ts\":\"2026-11-27T18:42:27Z\",\"logger\":\"healthz\",\"msg\":\"healthz check failed\",\"checker\":\"analysis\",\"error\":\"Get \\\"http://aianalysis-controller.%s.svc.cluster.local:8081/healthz\\\": dial tcp 172.30.77.3:8081: connect: connection refused\"}"
                      .formatted(world.namespace));
            },
            "REFERENCE_OUTSIDE_MIRROR docker.io/library/busybox:1.36"),
        new Scenario(
            "Secrets cleaned up: that of the Helm release, and that of Valkey, whose clients fail",
            world -> {
              for (KubernetesObject secret : world.releaseSecrets()) {
                world.delete(ResourceType.SECRET, secret.name());
              }
              world.delete(ResourceType.SECRET, "valkey-secret");
              world.restart("datastorage");
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"unable to create audit client\",\"error\":\"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
            },
            "RELEASE_NOT_FOUND release kubernaut",
            "SECRET_NOT_FOUND Secret NS/valkey-secret"),
        new Scenario(
            "the image of the migration deleted, and a Helm that was ended while its hook waited",
            world -> {
              world.deleteImage("db-migrate");
              world.pendingUpgrade();
              world.runMigration();
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"workflow_catalog\\\" does not exist (SQLSTATE 42P01)\"}");
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"unable to load the catalog\",\"error\":\"GET http://data-storage-service:8080/api/v1/workflows: 503 Service Unavailable\"}");
            },
            "IMAGE_NOT_IN_MIRROR MIRROR/kubernaut-ai/db-migrate:v1.1.0"),
        new Scenario(
            "a hook that has failed to set the caBundle of two webhooks, and what they refuse",
            world -> {
              world.change(
                  ResourceType.MUTATING_WEBHOOKS,
                  null,
                  "authwebhook-mutating",
                  DiagnosisInLabTest::withoutAuthority);
              world.change(
                  ResourceType.VALIDATING_WEBHOOKS,
                  null,
                  "authwebhook-validating",
                  DiagnosisInLabTest::withoutAuthority);
              world.failAuthorityHook(
                  "Unable to connect to the server: net/http: TLS handshake timeout");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"unable to resume remediations\",\"error\":\"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": tls: failed to verify certificate: x509: certificate signed by unknown authority\"}"
                      .formatted(world.namespace));
            },
            "JOB_FAILED Job NS/kubernaut-tls-cabundle-patch"),
        new Scenario(
            "a binding without one of its subjects, whose cache never fills, and an invalid caBundle",
            world -> {
              world.change(
                  ResourceType.CLUSTER_ROLE_BINDING,
                  null,
                  "kubernaut-remediation",
                  binding ->
                      binding.with(
                          binding.fields().list("subjects").stream()
                              .map(Fields::content)
                              .filter(
                                  subject -> !subject.containsValue("workflowexecution-controller"))
                              .toList(),
                          "subjects"));
              world.annotate(
                  "workflowexecution-controller",
                  "crash",
                  "1 Error",
                  """
                  E1127 18:41:07.113204       1 reflector.go:158] "Unhandled Error" err="pkg/mod/k8s.io/client-go@v0.31.1/tools/cache/reflector.go:243: Failed to watch *v1alpha1.RemediationRequest: failed to list *v1alpha1.RemediationRequest: remediationrequests.kubernaut.ai is forbidden: User \"system:serviceaccount:%s:workflowexecution-controller\" cannot list resource \"remediationrequests\" in API group \"kubernaut.ai\" at the cluster scope" logger="UnhandledError"
                  2026-11-27T18:42:52Z	ERROR	Could not wait for Cache to sync	{"controller": "workflowexecution", "controllerGroup": "kubernaut.ai", "controllerKind": "RemediationRequest", "error": "failed to wait for workflowexecution caches to sync: timed out waiting for cache to be synced for Kind *v1alpha1.RemediationRequest"}
                  2026-11-27T18:42:52Z	INFO	Stopping and waiting for non leader election runnables
                  2026-11-27T18:42:52Z	INFO	Wait completed, proceeding to shutdown the manager
                  2026-11-27T18:42:52Z	ERROR	setup	problem running manager	{"error": "failed to wait for workflowexecution caches to sync: timed out waiting for cache to be synced for Kind *v1alpha1.RemediationRequest"}
                  """
                      .formatted(world.namespace));
              world.change(
                  ResourceType.VALIDATING_WEBHOOKS,
                  null,
                  "authwebhook-validating",
                  DiagnosisInLabTest::withAuthorityEncodedTwice);
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:07Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.validating.kubernaut.ai\\\": unable to load root certificates: unable to parse bytes as PEM block\"}");
            },
            "RELEASE_OBJECT_CHANGED ClusterRoleBinding kubernaut-remediation",
            "WEBHOOK_CA_INVALID ValidatingWebhookConfiguration authwebhook-validating"),
        new Scenario(
            "the Service of the webhooks deleted, and a queue of the second namespace scaled to zero",
            world -> {
              world.delete(ResourceType.SERVICE, "authwebhook");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:07Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": service \\\"authwebhook\\\" not found\"}"
                      .formatted(world.namespace));
              world.beside(
                  ResourceType.STATEFUL_SET,
                  world.workflows(),
                  "workflow-queue",
                  "replicas: 0, serviceName: workflow-queue,",
                  "containers: [{name: valkey, image: '%s'}]".formatted(world.target("valkey-8")));
              world.annotate(
                  "workflowexecution-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "redis: 2026/11/27 18:41:07 pool.go:404: redis: connection pool: failed to dial after 5 attempts: dial tcp: lookup workflow-queue.%s.svc.cluster.local on 172.30.0.10:53: no such host"
                      .formatted(world.workflows()));
            },
            "RELEASE_OBJECT_NOT_FOUND Service NS/authwebhook",
            "WORKLOAD_SCALED_TO_ZERO StatefulSet kubernaut-workflows/workflow-queue"),
        new Scenario(
            "a pull Secret that one of two namespaces has, and none of the cluster",
            world -> {
              String user = world.lab.mirrorCredentials().username();
              world.createPullSecret(
                  "mirror-access", world.entry("", user, world.mirrorPassword()));
              world.pullSecret(null, null);
              world.recreate(
                  "notification-controller",
                  template ->
                      template.with(
                          List.of(Map.of("name", "mirror-access")), "spec", "imagePullSecrets"));
              world.beside(
                  ResourceType.DEPLOYMENT,
                  world.workflows(),
                  "workflow-cache",
                  "replicas: 2,",
                  "imagePullSecrets: [{name: mirror-access}], containers: [{name: cache, image: '%s'}]"
                      .formatted(world.target("gateway")));
            },
            "PULL_SECRET_NOT_FOUND Secret kubernaut-workflows/mirror-access"),
        new Scenario(
            "a password that the database does not have, and a class that the cluster does not have",
            world -> {
              world.recreate(
                  "datastorage",
                  template ->
                      annotated(
                          template,
                          Map.of(
                              "crash",
                              "1 Error",
                              "log",
                              """
                              {"level":"info","msg":"connecting","host":"postgresql","port":5432}
                              {"level":"fatal","msg":"failed to connect to PostgreSQL","error":"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): failed SASL auth: FATAL: password authentication failed for user \"slm_user\" (SQLSTATE 28P01)"}
                              """)));
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "{\"level\":\"error\",\"logger\":\"setup\",\"msg\":\"unable to create audit client\",\"error\":\"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              world.create(
                  ResourceType.PERSISTENT_VOLUME_CLAIM,
                  "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-alert-queue-0, namespace: %s}, spec: {storageClassName: ocs-storagecluster-ceph-rbd, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}");
              world.beside(
                  ResourceType.STATEFUL_SET,
                  world.namespace,
                  "alert-queue",
                  "replicas: 1, serviceName: alert-queue,",
                  "containers: [{name: valkey, image: '%s'}], volumes: [{name: data, persistentVolumeClaim: {claimName: data-alert-queue-0}}]"
                      .formatted(world.target("valkey-8")));
              world.annotate(
                  "notification-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "redis: 2026/11/27 18:41:07 pool.go:404: redis: connection pool: failed to dial after 5 attempts: dial tcp: lookup alert-queue on 172.30.0.10:53: no such host");
            },
            "CONTAINER_CRASHED Pod NS/datastorage",
            "STORAGE_CLASS_NOT_FOUND PersistentVolumeClaim NS/data-alert-queue-0"),
        new Scenario(
            "a tag rule to a wrong path, and a crash of its own that warns of the service behind it",
            world -> {
              world.create(
                  ResourceType.IMAGE_TAG_MIRROR_SET,
                  """
                  {apiVersion: config.openshift.io/v1, kind: ImageTagMirrorSet, metadata: {name: %1$s},
                   spec: {imageTagMirrors: [{source: registry.redhat.io, mirrors: ['%2$s/redhat']}]}}
                  """
                      .formatted(world.world.name("redhat-by-tag"), world.mirror));
              world.waitForNodes();
              world.recreate(
                  "datastorage",
                  template -> {
                    Fields init = template.list("spec", "initContainers").get(0);
                    return template.with(
                        List.of(
                            init.with("registry.redhat.io/rhel10/postgresql-16", "image")
                                .content()),
                        "spec",
                        "initContainers");
                  });
              world.replacePods(
                  "holmesgpt-api",
                  "crash",
                  "3 Error",
                  """
                  INFO:     Started server process [1]
                  INFO:     Waiting for application startup.
                  WARNING:  audit: http://data-storage-service:8080/api/v1/audit/events is not reachable, 3 events are kept
                  ERROR:    Traceback (most recent call last):
                    File "/opt/app-root/lib64/python3.12/site-packages/starlette/routing.py", line 694, in lifespan
                      async with self.lifespan_context(app) as maybe_state:
                    File "/opt/app-root/src/holmesgpt_api/main.py", line 61, in lifespan
                      settings = Settings()
                  pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings
                  toolsets.prometheus.timeout
                    Input should be a valid integer, unable to parse string as an integer [type=int_parsing, input_value='30s', input_type=str]

                  ERROR:    Application startup failed. Exiting.
                  """);
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "{\"level\":\"info\",\"logger\":\"healthz\",\"msg\":\"healthz check failed\",\"checker\":\"holmesgpt\",\"error\":\"Get \\\"http://holmesgpt-api:8080/health\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
            },
            "CONTAINER_CRASHED Pod NS/holmesgpt-api",
            "MIRROR_RULE_SHADOWED registry.redhat.io/rhel10/postgresql-16:latest"));
  }

  /** Written from the published list of causes, about parts that the others leave alone. */
  private static Stream<Scenario> writtenInTheEnd() {
    return Stream.of(
        new Scenario(
            "the CustomResourceDefinition deleted, and two controllers that do not find its kind",
            world -> {
              world.deleteCustomResourceDefinition("remediationrequests.kubernaut.ai");
              for (String controller :
                  List.of("remediationorchestrator-controller", "workflowexecution-controller")) {
                world.replacePods(
                    controller,
                    "crash",
                    "1 Error",
                    """
                    2026-11-27T18:41:07Z	INFO	setup	starting manager
                    2026-11-27T18:41:07Z	INFO	Starting EventSource	{"controller": "remediationrequest", "controllerGroup": "kubernaut.ai", "controllerKind": "RemediationRequest", "source": "kind source: *v1alpha1.RemediationRequest"}
                    2026-11-27T18:41:17Z	ERROR	controller-runtime.source.Kind	if kind is a CRD, it should be installed before calling Start	{"kind": "RemediationRequest.kubernaut.ai", "error": "no matches for kind \\"RemediationRequest\\" in version \\"kubernaut.ai/v1alpha1\\""}
                    2026-11-27T18:43:07Z	ERROR	Could not wait for Cache to sync	{"controller": "remediationrequest", "controllerGroup": "kubernaut.ai", "controllerKind": "RemediationRequest", "error": "failed to wait for remediationrequest caches to sync: timed out waiting for cache to be synced for Kind *v1alpha1.RemediationRequest"}
                    2026-11-27T18:43:07Z	ERROR	setup	problem running manager	{"error": "failed to wait for remediationrequest caches to sync: timed out waiting for cache to be synced for Kind *v1alpha1.RemediationRequest"}
                    """);
              }
            },
            "RELEASE_OBJECT_NOT_FOUND CustomResourceDefinition remediationrequests.kubernaut.ai"),
        new Scenario(
            "a ConfigMap edited by hand, and a database without memory whose clients wait for it",
            world -> {
              world.change(
                  ResourceType.CONFIG_MAP,
                  world.namespace,
                  "signalprocessing-controller-config",
                  object ->
                      object.with(
                          "service: signalprocessing-controller\nenrichment:\n  timeout: 30s\n labels: [team, zone\n",
                          "data",
                          "config.yaml"));
              world.replacePods(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  """
                  2026-11-27T18:41:07Z	INFO	setup	loading configuration	{"path": "/etc/kubernaut/config.yaml"}
                  2026-11-27T18:41:07Z	ERROR	setup	unable to load configuration	{"path": "/etc/kubernaut/config.yaml", "error": "yaml: line 4: did not find expected key"}
                  """);
              world.recreate(
                  "postgresql",
                  template ->
                      annotated(
                          withContainer(
                              template,
                              container ->
                                  container.with("256Mi", "resources", "limits", "memory")),
                          Map.of(
                              "crash",
                              "137 OOMKilled",
                              "log",
                              """
                              2026-11-27 18:41:07.113 UTC [1] LOG:  starting PostgreSQL 16.10 on x86_64-redhat-linux-gnu, compiled by gcc (GCC) 14.2.1, 64-bit
                              2026-11-27 18:41:07.201 UTC [27] LOG:  database system was interrupted; last known up at 2026-11-27 18:38:02 UTC
                              2026-11-27 18:41:07.640 UTC [27] LOG:  database system was not properly shut down; automatic recovery in progress
                              """)));
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"database ping failed\",\"error\":\"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): server error: FATAL: the database system is starting up (SQLSTATE 57P03)\"}");
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:37Z	ERROR	setup	unable to create audit client	{\"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
            },
            "CONTAINER_OUT_OF_MEMORY Pod NS/postgresql",
            "RELEASE_OBJECT_CHANGED ConfigMap NS/signalprocessing-controller-config"),
        new Scenario(
            "a full volume of the database, a migration that waits, and three services in a row",
            world -> {
              world.replacePods(
                  "postgresql",
                  "crash",
                  "1 Error",
                  """
                  2026-11-27 18:41:07.113 UTC [1] LOG:  starting PostgreSQL 16.10 on x86_64-redhat-linux-gnu, compiled by gcc (GCC) 14.2.1, 64-bit
                  2026-11-27 18:41:07.201 UTC [27] LOG:  database system was interrupted while in recovery at 2026-11-27 18:39:51 UTC
                  2026-11-27 18:41:07.688 UTC [27] LOG:  redo starts at 0/1A5D3F8
                  2026-11-27 18:41:08.012 UTC [27] FATAL:  could not write to file "pg_wal/xlogtemp.27": No space left on device
                  2026-11-27 18:41:08.015 UTC [1] LOG:  startup process (PID 27) exited with exit code 1
                  2026-11-27 18:41:08.019 UTC [1] LOG:  aborting startup due to startup process failure
                  2026-11-27 18:41:08.024 UTC [1] LOG:  database system is shut down
                  """);
              world.runMigration();
              world.replacePods(
                  "datastorage",
                  "crash",
                  "1 Error",
                  """
                  {"level":"info","msg":"connecting","host":"postgresql","port":5432}
                  {"level":"fatal","msg":"failed to connect to PostgreSQL","error":"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): dial error: dial tcp 172.30.5.9:5432: connect: connection refused"}
                  """);
              world.replacePods(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"audit\", \"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:42:27Z	ERROR	setup	unable to reach the analysis	{\"error\": \"Get \\\"http://aianalysis-controller.%s.svc:8080/\\\": dial tcp 172.30.77.3:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
            },
            "CONTAINER_CRASHED Pod NS/postgresql"),
        new Scenario(
            "a serving certificate and its CA that somebody has made for another Service",
            world -> {
              world.certifyService("kubernaut-authwebhook");
              world.restart("authwebhook");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:07Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%1$s.svc:443/mutating-remediationrequest?timeout=10s\\\": tls: failed to verify certificate: x509: certificate is valid for kubernaut-authwebhook, kubernaut-authwebhook.%1$s, kubernaut-authwebhook.%1$s.svc, kubernaut-authwebhook.%1$s.svc.cluster.local, not authwebhook.%1$s.svc\"}"
                      .formatted(world.namespace));
            },
            "SERVING_CERTIFICATE_INVALID MutatingWebhookConfiguration authwebhook-mutating",
            "SERVING_CERTIFICATE_INVALID ValidatingWebhookConfiguration authwebhook-validating"),
        new Scenario(
            "a Role without a verb, a ConfigMap of another namespace, and a mirror without TLS",
            world -> {
              world.change(
                  ResourceType.ROLE,
                  world.workflows(),
                  "workflow-runner",
                  role ->
                      role.with(
                          List.of(
                              Map.of(
                                  "apiGroups",
                                  List.of("batch"),
                                  "resources",
                                  List.of("jobs"),
                                  "verbs",
                                  List.of("get", "list", "watch"))),
                          "rules"));
              world.replacePods(
                  "workflowexecution-controller",
                  "crash",
                  "1 Error",
                  """
                  2026-11-27T18:41:07Z	INFO	setup	resuming workflow executions	{"count": 2}
                  2026-11-27T18:41:08Z	ERROR	setup	unable to resume workflow executions	{"error": "failed to create Job: jobs.batch is forbidden: User \\"system:serviceaccount:%s:workflowexecution-controller\\" cannot create resource \\"jobs\\" in API group \\"batch\\" in the namespace \\"%s\\""}
                  """
                      .formatted(world.namespace, world.workflows()));
              world.waitForCrash("workflowexecution-controller");
              world.beside(
                  ResourceType.DAEMON_SET,
                  world.workflows(),
                  "workflow-cache",
                  "",
                  "serviceAccountName: kubernaut-workflow-runner, containers: [{name: cache, image: '%s'}], volumes: [{name: config, configMap: {name: workflowexecution-controller-config}}]"
                      .formatted(world.target("gateway")));
              String plain = world.plainServer();
              world.reach(
                  "notification-controller", client -> client.endpoint(world.mirror, plain));
            },
            "CONFIG_MAP_NOT_FOUND ConfigMap kubernaut-workflows/workflowexecution-controller-config",
            "REGISTRY_WITHOUT_TLS MIRROR",
            "RELEASE_OBJECT_CHANGED Role kubernaut-workflows/workflow-runner"),
        new Scenario(
            "another port of a Service, and a webhook left over from a policy engine",
            world -> {
              world.change(
                  ResourceType.SERVICE,
                  world.namespace,
                  "data-storage-service",
                  service ->
                      service.with(
                          List.of(Map.of("name", "http", "port", 80, "targetPort", 8080)),
                          "spec",
                          "ports"));
              world.replacePods(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:37Z	ERROR	setup	unable to create audit client	{\"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: i/o timeout\"}");
              world.waitForCrash("aianalysis-controller");
              world.create(
                  ResourceType.VALIDATING_WEBHOOKS,
                  """
                  {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: %1$s},
                   webhooks: [{name: validation.gatekeeper.sh, admissionReviewVersions: [v1], sideEffects: None, failurePolicy: Fail,
                     clientConfig: {service: {name: gatekeeper-webhook-service, namespace: %2$s, path: /v1/admit}},
                     namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %%s}},
                     rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}]}
                  """
                      .formatted(
                          world.world.name("gatekeeper-validating-webhook-configuration"),
                          world.world.name("gatekeeper-system")));
              world.restart("notification-controller");
            },
            "RELEASE_OBJECT_CHANGED Service NS/data-storage-service",
            "WEBHOOK_SERVICE_MISSING ValidatingWebhookConfiguration gatekeeper-validating-webhook-configuration"),
        new Scenario(
            "a proxy that denies the nodes what the mirror allows, an init container, and a client",
            world -> {
              world.replacePods(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"audit\", \"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              world.waitForContainers("aianalysis-controller", 1);
              String proxy = world.httpServer(403);
              world.reach(
                  "datastorage", client -> client.plainHttp(proxy).endpoint(world.mirror, proxy));
              world.restart("authwebhook");
            },
            "REGISTRY_FAILED_FOR_NODES MIRROR"),
        new Scenario(
            "a StatefulSet of the second namespace with an image of nobody, and three behind it",
            world -> {
              world.beside(
                  ResourceType.STATEFUL_SET,
                  world.workflows(),
                  "toolset-mcp",
                  "replicas: 1, serviceName: toolset-mcp,",
                  "serviceAccountName: kubernaut-workflow-runner, containers: [{name: mcp, image: '%s/mcp/kubernetes-mcp-server:v0.0.50'}]"
                      .formatted(world.mirror));
              world.replacePods(
                  "holmesgpt-api",
                  "crash",
                  "3 Error",
                  """
                  INFO:     Started server process [1]
                  INFO:     Waiting for application startup.
                  ERROR:    Failed to load mcp server cluster http://toolset-mcp.%s.svc.cluster.local:8080/sse
                  ERROR:    Traceback (most recent call last):
                    File "/opt/app-root/lib64/python3.12/site-packages/starlette/routing.py", line 694, in lifespan
                      async with self.lifespan_context(app) as maybe_state:
                    File "/opt/app-root/src/holmesgpt_api/toolsets/mcp.py", line 88, in connect
                      async with sse_client(url=self.url, headers=self.headers) as streams:
                    File "/opt/app-root/lib64/python3.12/site-packages/httpx/_transports/default.py", line 118, in map_httpcore_exceptions
                      raise mapped_exc(message) from exc
                  httpx.ConnectError: All connection attempts failed

                  ERROR:    Application startup failed. Exiting.
                  """
                      .formatted(world.workflows()));
              world.replacePods(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"holmesgpt\", \"error\": \"Get \\\"http://holmesgpt-api:8080/health\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:42:27Z	ERROR	setup	unable to reach the analysis	{\"error\": \"Get \\\"http://aianalysis-controller.%s.svc:8080/\\\": dial tcp 172.30.77.3:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
            },
            "REFERENCE_NOT_PLANNED MIRROR/mcp/kubernetes-mcp-server:v0.0.50"),
        new Scenario(
            "a sidecar that crashes, a claim whose deletion waits for a snapshot, and their clients",
            world -> {
              world.recreate(
                  GATEWAY,
                  template ->
                      annotated(
                          template.with(
                              withAdded(
                                      template.fields("spec"),
                                      "containers",
                                      Map.of(
                                          "name",
                                          "vault-agent",
                                          "image",
                                          world.target("gateway").toString()))
                                  .content(),
                              "spec"),
                          Map.of(
                              "crash",
                              "1 Error",
                              "crash-container",
                              "vault-agent",
                              "log",
                              """
                              ==> Vault Agent started! Log data will stream in below:
                              2026-11-27T18:41:07.113Z [INFO]  agent.auth.handler: starting auth handler
                              2026-11-27T18:41:07.113Z [INFO]  agent.auth.handler: authenticating
                              2026-11-27T18:41:07.204Z [ERROR] agent.auth.handler: error authenticating: error="Put \\"https://vault.corp:8200/v1/auth/kubernetes/login\\": dial tcp: lookup vault.corp on 172.30.0.10:53: no such host" backoff=1s
                              2026-11-27T18:46:07.310Z [ERROR] agent.auth.handler: max retries reached
                              """)));
              world.annotate(
                  "effectivenessmonitor-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"signals\", \"error\": \"Get \\\"http://gateway-service.%s.svc:8080/ready\\\": dial tcp 172.30.44.8:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
              world.deleteClaimBehindSnapshot("valkey-data");
              world.restart("valkey");
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "redis: 2026/11/27 18:41:07 pool.go:404: redis: connection pool: failed to dial after 5 attempts: dial tcp 172.30.33.4:6379: connect: connection refused\n2026-11-27T18:41:08Z	ERROR	setup	unable to subscribe	{\"address\": \"valkey:6379\", \"error\": \"dial tcp 172.30.33.4:6379: connect: connection refused\"}");
            },
            "CLAIM_BEING_DELETED PersistentVolumeClaim NS/valkey-data",
            "CONTAINER_CRASHED Pod NS/gateway"),
        new Scenario(
            "a migration by a manifest of the source, its clients, and a pull secret without port",
            world -> {
              world.runMigrationAfter("quay.io/kubernaut-ai/db-migrate:v1.1.0");
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"audit_events\\\" does not exist (SQLSTATE 42P01)\"}");
              world.waitForContainers("datastorage", 1);
              world.replacePods(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:42:27Z	ERROR	setup	unable to load the catalog	{\"error\": \"GET http://data-storage-service:8080/api/v1/workflows: 503 Service Unavailable\"}");
              world.waitForCrash("signalprocessing-controller");
              world.pullSecretForHost(world.mirror.replaceFirst(":[0-9]+$", ""));
              world.restart("notification-controller");
              world.restart("effectivenessmonitor-controller");
            },
            "PULL_CREDENTIALS_MISSING Secret openshift-config/pull-secret",
            "REFERENCE_OUTSIDE_MIRROR quay.io/kubernaut-ai/db-migrate:v1.1.0"));
  }

  /** Written from docs/troubleshooting.md alone, by somebody who has not read the diagnosis. */
  private static Stream<Scenario> writtenFromTheTroubleshootingPage() {
    return Stream.of(
        new Scenario(
            "a build that a node had pulled before its tag was mirrored again, and a service at zero",
            world -> {
              world.runEarlierBuild("notification", "notification-controller");
              world.replacePods(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:37Z	ERROR	setup	unable to create audit client	{\"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              world.change(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  "datastorage",
                  object -> object.with(0, "spec", "replicas"));
              world.annotate(
                  "holmesgpt-api",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "WARNING:  audit: POST http://data-storage-service:8080/api/v1/audit/events: [Errno 111] Connection refused\nERROR:    readiness: the audit store http://data-storage-service:8080 is not available");
            },
            "IMAGE_DIGEST_DIFFERS container NS/notification-controller/notification",
            "WORKLOAD_SCALED_TO_ZERO Deployment NS/datastorage"),
        new Scenario(
            "a hotfix that somebody has pushed into the mirror, and a registry with its scheme",
            world -> {
              world.pushBuild("gateway", "v1.1.0-hotfix.1");
              world.image(GATEWAY, image -> image.replace(":v1.1.0", ":v1.1.0-hotfix.1"));
              world.image("notification-controller", image -> "https://" + image);
            },
            "IMAGE_NOT_PLANNED container NS/gateway/gateway",
            "REFERENCE_INVALID container NS/notification-controller/notification"),
        new Scenario(
            "the digest of another platform in the values, and a client of the service",
            world -> {
              String pinned = world.digestFor("holmesgpt-api", "arm64");
              world.recreate(
                  "holmesgpt-api",
                  template ->
                      annotated(
                          withImage(template, image -> pinned),
                          Map.of(
                              "crash",
                              "255 Error",
                              "log",
                              "exec /opt/kubernaut-ai-holmesgpt-api: exec format error")));
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"holmesgpt\", \"error\": \"Get \\\"http://holmesgpt-api:8080/health\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
            },
            "IMAGE_PLATFORM_DIFFERS MIRROR/kubernaut-ai/holmesgpt-api@DIGEST"),
        new Scenario(
            "a migration that a healthy database refuses, and three services that wait for it",
            world -> {
              world.failMigration(
                  """
                  2026/11/27 18:41:07 OK   001_create_audit_events.sql (12.4ms)
                  2026/11/27 18:41:07 goose run: ERROR 002_create_workflow_catalog.sql: failed to run SQL migration: failed to execute SQL query "CREATE EXTENSION IF NOT EXISTS vector;": ERROR: extension "vector" is not available (SQLSTATE 0A000)
                  """);
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"workflow_catalog\\\" does not exist (SQLSTATE 42P01)\"}");
              world.replacePods(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:42:27Z	ERROR	setup	unable to load the catalog	{\"error\": \"GET http://data-storage-service:8080/api/v1/workflows: 503 Service Unavailable\"}");
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"audit\", \"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
            },
            "JOB_FAILED Job NS/kubernaut-db-migration"),
        new Scenario(
            "an upgrade whose last hook has failed, and whose Job was removed five minutes later",
            world -> world.failedUpgrade("demo-content-seed"),
            "HOOK_FAILED Job NS/kubernaut-demo-content-seed"),
        new Scenario(
            "a seal that is left over from a mirror with flat names, and a client of what it refuses",
            world -> {
              world.assumeAdmissionPolicies();
              world.replacePods(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:37Z	ERROR	setup	unable to create audit client	{\"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              world.waitForCrash("aianalysis-controller");
              world.sealFor(Separator.DASH);
              world.restart("datastorage");
              world.restart(GATEWAY);
            },
            "ADMISSION_POLICY_REFUSES ValidatingAdmissionPolicy seal-NS-kubernaut"),
        new Scenario(
            "a serving certificate that somebody has encoded twice, its program, and a client",
            world -> {
              world.change(
                  ResourceType.SECRET,
                  world.namespace,
                  "authwebhook-tls",
                  secret ->
                      secret.with(
                          base64(secret.fields().text("data", "tls.crt").orElseThrow()),
                          "data",
                          "tls.crt"));
              world.replacePods(
                  "authwebhook",
                  "crash",
                  "1 Error",
                  """
                  2026-11-27T18:41:07Z	INFO	setup	starting manager
                  2026-11-27T18:41:07Z	INFO	controller-runtime.webhook	Starting webhook server
                  2026-11-27T18:41:07Z	ERROR	setup	problem running manager	{"error": "tls: failed to find any PEM data in certificate input"}
                  """);
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
            },
            "SERVING_CERTIFICATE_INVALID MutatingWebhookConfiguration authwebhook-mutating",
            "SERVING_CERTIFICATE_INVALID ValidatingWebhookConfiguration authwebhook-validating"),
        new Scenario(
            "a password that expired in the pull Secret of a ServiceAccount of the second namespace",
            world -> {
              world.replacePods(
                  "workflowexecution-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:17Z	ERROR	setup	unable to reach the bundle cache	{\"error\": \"Get \\\"http://workflow-cache.%s.svc:8080/v2/\\\": dial tcp 172.30.9.4:8080: connect: connection refused\"}"
                      .formatted(world.workflows()));
              world.waitForCrash("workflowexecution-controller");
              world.pullSecret(null, null);
              world.create(
                  ResourceType.SECRET,
                  "{apiVersion: v1, kind: Secret, metadata: {name: mirror-robot, namespace: "
                      + world.workflows()
                      + "}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: "
                      + base64(
                          "{\"auths\":{"
                              + world.entry("", world.lab.mirrorCredentials().username(), "expired")
                              + "}}")
                      + "}}");
              world.change(
                  ResourceType.SERVICE_ACCOUNT,
                  world.workflows(),
                  "kubernaut-workflow-runner",
                  account ->
                      account.with(List.of(Map.of("name", "mirror-robot")), "imagePullSecrets"));
              world.beside(
                  ResourceType.STATEFUL_SET,
                  world.workflows(),
                  "workflow-cache",
                  "replicas: 1, serviceName: workflow-cache,",
                  "serviceAccountName: kubernaut-workflow-runner, containers: [{name: cache, image: '%s'}]"
                      .formatted(world.target("gateway")));
            },
            "PULL_CREDENTIALS_REJECTED Secret kubernaut-workflows/mirror-robot"),
        new Scenario(
            "a rule of an old kind that shadows a new one, and a tag that the new ones leave out",
            world -> {
              world.mirrorRule("quay.io/kubernaut-ai", world.mirror + "/kubernaut-ai");
              world.mirrorRule("registry.redhat.io", world.mirror);
              world.create(
                  ResourceType.IMAGE_CONTENT_SOURCE_POLICY,
                  """
                  {apiVersion: operator.openshift.io/v1alpha1, kind: ImageContentSourcePolicy, metadata: {name: %1$s},
                   spec: {repositoryDigestMirrors: [{source: quay.io/kubernaut-ai/signalprocessing, mirrors: ['old-mirror.corp:5000/kubernaut/signalprocessing']}]}}
                  """
                      .formatted(world.world.name("old-mirror")));
              world.waitForNodes();
              world.image("signalprocessing-controller", image -> world.pinned("signalprocessing"));
              world.recreate(
                  "authwebhook",
                  template -> {
                    Fields init = template.list("spec", "initContainers").get(0);
                    return template.with(
                        List.of(
                            init.with("registry.redhat.io/openshift4/ose-cli-rhel9:v4.17", "image")
                                .content()),
                        "spec",
                        "initContainers");
                  });
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
            },
            "MIRROR_RULE_SHADOWED quay.io/kubernaut-ai/signalprocessing@DIGEST",
            "REFERENCE_NOT_REDIRECTED_BY_TAG registry.redhat.io/openshift4/ose-cli-rhel9:v4.17"),
        new Scenario(
            "the version of the chart as the tag, in two services and the migration, and a client",
            world -> {
              world.recreate(
                  "datastorage",
                  template -> withImage(template, image -> image.replace(":v1.1.0", ":1.1.0")));
              world.image(
                  "effectivenessmonitor-controller", image -> image.replace(":v1.1.0", ":1.1.0"));
              world.createMigration(
                  world.target("db-migrate").toString().replace(":v1.1.0", ":1.1.0"), Map.of());
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:37Z	ERROR	setup	unable to create audit client	{\"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
            },
            "IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/datastorage:1.1.0",
            "IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/db-migrate:1.1.0",
            "IMAGE_NAME_MISSPELLED MIRROR/kubernaut-ai/effectivenessmonitor:1.1.0"));
  }

  /** Written from docs/troubleshooting.md alone, as an operator of OpenShift meets them. */
  private static Stream<Scenario> writtenByAnOperator() {
    return Stream.of(
        new Scenario(
            "an installation without hooks, so that certificate, caBundle and schema are absent",
            world -> {
              world.forgetHooks();
              for (String hook : List.of("hook-role", "hook-rolebinding")) {
                world.delete(
                    hook.equals("hook-role")
                        ? ResourceType.CLUSTER_ROLE
                        : ResourceType.CLUSTER_ROLE_BINDING,
                    null,
                    world.plan.release().name() + "-" + hook);
              }
              world.delete(ResourceType.SERVICE_ACCOUNT, world.plan.release().name() + "-hook-sa");
              world.delete(ResourceType.SECRET, "authwebhook-tls");
              world.change(
                  ResourceType.MUTATING_WEBHOOKS,
                  null,
                  "authwebhook-mutating",
                  DiagnosisInLabTest::withoutAuthority);
              world.change(
                  ResourceType.VALIDATING_WEBHOOKS,
                  null,
                  "authwebhook-validating",
                  DiagnosisInLabTest::withoutAuthority);
              world.restart("authwebhook");
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"audit_events\\\" does not exist (SQLSTATE 42P01)\"}");
            },
            "HOOK_NOT_RUN Job NS/kubernaut-db-migration",
            "HOOK_NOT_RUN Job NS/kubernaut-demo-content-seed",
            "HOOK_NOT_RUN Job NS/kubernaut-tls-cabundle-patch",
            "HOOK_NOT_RUN Job NS/kubernaut-tls-cert-gen"),
        new Scenario(
            "an upgrade whose first Job has failed and is gone, so that no later hook was run",
            world -> world.upgradeEndedBy("crd-upgrade"),
            "HOOK_FAILED Job NS/kubernaut-crd-upgrade"),
        new Scenario(
            "a user id that OpenShift does not allow, two clients, and an image from before the cut",
            world -> {
              world.assumeUserIdRanges();
              world.annotateNamespace("openshift.io/sa.scc.uid-range", "1000680000/10000");
              world.runFromSource("notification", "notification-controller");
              world.replacePods(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "{\"level\":\"fatal\",\"msg\":\"failed to connect to PostgreSQL\",\"error\":\"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): dial error: dial tcp 172.30.5.9:5432: connect: connection refused\"}");
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"audit\", \"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              world.recreate(
                  "postgresql",
                  template ->
                      withContainer(
                          template,
                          container -> container.with(26, "securityContext", "runAsUser")));
            },
            "ADMISSION_REFUSED Deployment NS/postgresql",
            "IMAGE_FROM_ELSEWHERE container NS/notification-controller/notification"),
        new Scenario(
            "a quota of the second namespace for which pods must have limits, beside one with room",
            world -> {
              world.create(
                  ResourceType.RESOURCE_QUOTA,
                  "{apiVersion: v1, kind: ResourceQuota, metadata: {name: object-counts, namespace: %s}, spec: {hard: {pods: '50'}}}"
                      .formatted(world.workflows()));
              world.create(
                  ResourceType.RESOURCE_QUOTA,
                  "{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute-resources, namespace: %s}, spec: {hard: {limits.memory: 16Gi}}}"
                      .formatted(world.workflows()));
              world.workflowQueue("");
              world.queueClientCrashes();
            },
            "QUOTA_EXCEEDED ResourceQuota kubernaut-workflows/compute-resources"),
        new Scenario(
            "a liveness probe that ends a slow program again and again, an old event, and a client",
            world -> {
              world.replacePods(
                  "holmesgpt-api",
                  "crash",
                  "137 Error",
                  """
                  INFO:     Started server process [1]
                  INFO:     Waiting for application startup.
                  2026-11-27 18:41:07,113 INFO holmesgpt_api.toolsets: loading 14 toolsets
                  2026-11-27 18:41:09,640 INFO holmesgpt_api.runbooks: building the index of 212 runbooks
                  INFO:     Shutting down
                  """);
              world.waitForCrash("holmesgpt-api");
              world.event(
                  "holmesgpt-api",
                  "FailedMount",
                  3,
                  Duration.ofMinutes(31),
                  "MountVolume.SetUp failed for volume \"llm-credentials\" : secret \"llm-credentials\" not found");
              world.event(
                  "holmesgpt-api",
                  "Unhealthy",
                  12,
                  Duration.ofSeconds(20),
                  "Liveness probe failed: Get \"http://10.129.2.31:8080/health\": dial tcp 10.129.2.31:8080: connect: connection refused");
              world.event(
                  "holmesgpt-api",
                  "Killing",
                  4,
                  Duration.ofSeconds(20),
                  "Container holmesgpt-api failed liveness probe, will be restarted");
              world.event(
                  "holmesgpt-api",
                  "BackOff",
                  2,
                  Duration.ofSeconds(5),
                  "Back-off restarting failed container holmesgpt-api in pod");
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"holmesgpt\", \"error\": \"Get \\\"http://holmesgpt-api:8080/health\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
            },
            "PROBE_FAILED Pod NS/holmesgpt-api"),
        new Scenario(
            "a migration whose only pod was evicted, a client, and an evicted pod that was replaced",
            world -> {
              world.evict("notification-controller");
              world.evictMigration();
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"workflow_catalog\\\" does not exist (SQLSTATE 42P01)\"}");
            },
            "POD_EVICTED Pod NS/kubernaut-db-migration"),
        new Scenario(
            "nodes that require a signature of an image of an init container, and a client of its pod",
            world -> {
              world.replacePods(
                  "authwebhook",
                  "pull-error",
                  "SignatureValidationFailed Source image rejected: A signature was required, but no signature exists",
                  "");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
            },
            "PULL_FAILED Pod NS/authwebhook"),
        new Scenario(
            "a key renamed that only the migration needs, and a StatefulSet without its CSI driver",
            world -> {
              world.change(
                  ResourceType.SECRET,
                  world.namespace,
                  "postgresql-secret",
                  secret -> {
                    Map<String, Object> data =
                        new HashMap<>(secret.fields().fields("data").content());
                    Object password = data.remove("POSTGRES_PASSWORD");
                    data.put("POSTGRESQL_PASSWORD", String.valueOf(password));
                    return secret.with(data, "data");
                  });
              world.runMigrationWithPassword();
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"workflow_catalog\\\" does not exist (SQLSTATE 42P01)\"}");
              world.create(
                  ResourceType.PERSISTENT_VOLUME_CLAIM,
                  "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-workflow-queue-0, namespace: %s}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
                      .formatted(world.workflows()));
              world.create(
                  ResourceType.STATEFUL_SET,
                  """
                  {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: workflow-queue, namespace: %1$s},
                   spec: {replicas: 1, serviceName: workflow-queue, selector: {matchLabels: {app: workflow-queue}}, template: {
                     metadata: {labels: {app: workflow-queue}, annotations: {
                       lab.kubernaut.ai/mount-error: '"pvc-5f0c9a1e-7d0e-4f0e-9a53-0d6b1a3c2f11" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name csi.vsphere.vmware.com not found in the list of registered CSI drivers'}},
                     spec: {serviceAccountName: kubernaut-workflow-runner, containers: [{name: valkey, image: '%2$s'}],
                       volumes: [{name: data, persistentVolumeClaim: {claimName: data-workflow-queue-0}}]}}}}
                  """
                      .formatted(world.workflows(), world.target("valkey-8")));
            },
            "SECRET_KEY_MISSING Secret NS/postgresql-secret",
            "VOLUME_NOT_MOUNTED Pod kubernaut-workflows/workflow-queue-0"),
        new Scenario(
            "a policy engine of a third namespace that crashes, and a hook whose pod it lets nobody create",
            world -> {
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"workflow_catalog\\\" does not exist (SQLSTATE 42P01)\"}");
              world.waitForContainers("datastorage", 1);
              world.crashingPolicyEngine();
              world.runMigration();
              world.restart("notification-controller");
            },
            "WEBHOOK_UNAVAILABLE admission webhook validate.kyverno.svc-fail"),
        new Scenario(
            "a pull secret that was corrected while the pool of the nodes is degraded",
            world -> {
              world.pullSecretBehindPool("expired", world::degrade);
              world.restart("notification-controller");
              world.restart("valkey");
            },
            "POOL_DEGRADED MachineConfigPool worker"));
  }

  /** Written from docs/troubleshooting.md alone, as an engineer on shift is called to them. */
  private static Stream<Scenario> writtenOnShift() {
    return Stream.of(
        new Scenario(
            "an upgrade that was cut short in its last hook, whose Job is gone, and an evicted pod",
            world -> {
              world.evict("notification-controller");
              world.upgradeCutShortIn("demo-content-seed");
            },
            "HOOK_NOT_COMPLETE Job NS/kubernaut-demo-content-seed"),
        new Scenario(
            "a claim of a StatefulSet without a class, a class that is no default, and a client",
            world -> {
              world.create(
                  ResourceType.STORAGE_CLASS,
                  "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: nfs-archive}, provisioner: nfs.csi.k8s.io, reclaimPolicy: Retain, volumeBindingMode: Immediate}");
              world.claimWithoutClass("data-workflow-queue-0");
              world.workflowQueue(
                  ", volumes: [{name: data, persistentVolumeClaim: {claimName: data-workflow-queue-0}}]");
              world.queueClientCrashes();
            },
            "STORAGE_CLASS_NOT_CHOSEN PersistentVolumeClaim kubernaut-workflows/data-workflow-queue-0"),
        new Scenario(
            "one node whose file with the pull secret somebody has overwritten",
            world -> {
              ImageRef image = world.target("notification");
              world.recreate(
                  "notification-controller",
                  template ->
                      annotated(
                              template,
                              Map.of(
                                  "pull-error",
                                  "ErrImagePull initializing source docker://%s: reading manifest v1.1.0 in %s: unauthorized: authentication required"
                                      .formatted(image, image.repository())))
                          .with(world.worker(1), "spec", "nodeSelector", HOST_NAME));
            },
            "PULL_UNAUTHORIZED Pod NS/notification-controller"),
        new Scenario(
            "a HelmRelease of Flux whose chart is looked for in the internet",
            DiagnosisInLabTest::managedByFlux,
            "GITOPS_NOT_READY HelmRelease NS/kubernaut"),
        new Scenario(
            "a user id of the migration that OpenShift does not allow, and two services behind it",
            world -> {
              world.assumeUserIdRanges();
              world.annotateNamespace("openshift.io/sa.scc.uid-range", "1000680000/10000");
              world.runMigrationAs(1001);
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: relation \\\"audit_events\\\" does not exist (SQLSTATE 42P01)\"}");
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:42:27Z	ERROR	setup	unable to load the catalog	{\"error\": \"GET http://data-storage-service:8080/api/v1/workflows: 503 Service Unavailable\"}");
            },
            "ADMISSION_REFUSED Job NS/kubernaut-db-migration"),
        new Scenario(
            "a claim that waits for its pod, which has no node, and an account of another namespace",
            world -> {
              world.create(
                  ResourceType.STORAGE_CLASS,
                  "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: lvms-vg1}, provisioner: topolvm.io, reclaimPolicy: Delete, volumeBindingMode: WaitForFirstConsumer}");
              world.create(
                  ResourceType.PERSISTENT_VOLUME_CLAIM,
                  "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-audit-queue-0, namespace: %s}, spec: {storageClassName: lvms-vg1, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}");
              world.beside(
                  ResourceType.STATEFUL_SET,
                  world.namespace,
                  "audit-queue",
                  "replicas: 1, serviceName: audit-queue,",
                  "nodeSelector: {node-role.kubernetes.io/storage: ''}, containers: [{name: valkey, image: '%s'}], volumes: [{name: data, persistentVolumeClaim: {claimName: data-audit-queue-0}}]"
                      .formatted(world.target("valkey-8")));
              world.waitsForItsPod("data-audit-queue-0", "audit-queue-0");
              world.annotate(
                  "notification-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "redis: 2026/11/27 18:41:07 pool.go:404: redis: connection pool: failed to dial after 5 attempts: dial tcp: lookup audit-queue on 172.30.0.10:53: no such host");
              world.beside(
                  ResourceType.DAEMON_SET,
                  world.workflows(),
                  "workflow-cache",
                  "",
                  "serviceAccountName: workflowexecution-controller, containers: [{name: cache, image: '%s'}]"
                      .formatted(world.target("gateway")));
            },
            "NODE_LABELS_MISSING StatefulSet NS/audit-queue",
            "SERVICE_ACCOUNT_NOT_FOUND ServiceAccount kubernaut-workflows/workflowexecution-controller"),
        new Scenario(
            "mirror rules for one of two publishers, a client, and a program that is not in its image",
            world -> {
              world.mirrorRule("quay.io/kubernaut-ai", world.mirror + "/kubernaut-ai");
              world.recreate(
                  "valkey", template -> withImage(template, image -> world.pinned("valkey-8")));
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:08Z	ERROR	setup	unable to subscribe	{\"address\": \"valkey:6379\", \"error\": \"dial tcp 172.30.33.4:6379: connect: connection refused\"}");
              world.withoutProgram("workflow-cache");
            },
            "CONTAINER_NOT_STARTED Pod kubernaut-workflows/workflow-cache-0",
            "MIRROR_RULE_MISSING registry.redhat.io/rhel10/valkey-8@DIGEST"),
        new Scenario(
            "a volume that is attached to another node, a migration past its deadline, and a client",
            world -> {
              world.attachedElsewhere("postgresql");
              world.migrationPastDeadline();
              world.replacePods(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "{\"level\":\"fatal\",\"msg\":\"failed to connect to PostgreSQL\",\"error\":\"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): dial error: dial tcp 172.30.5.9:5432: connect: connection refused\"}");
            },
            "VOLUME_NOT_MOUNTED Pod NS/postgresql"),
        new Scenario(
            "a typo in the name of the mirror, in a Deployment, an init container and a hook",
            world -> {
              String typo = "mirror.crop:5000";
              world.image(GATEWAY, image -> image.replace(world.mirror, typo));
              world.recreate(
                  "authwebhook",
                  template -> {
                    Fields init = template.list("spec", "initContainers").get(0);
                    String image = init.text("image").orElseThrow();
                    return template.with(
                        List.of(init.with(image.replace(world.mirror, typo), "image").content()),
                        "spec",
                        "initContainers");
                  });
              world.runDemoContent(
                  world.target("ose-cli-rhel9").toString().replace(world.mirror, typo));
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
            },
            "REFERENCE_OUTSIDE_MIRROR mirror.crop:5000/kubernaut-ai/gateway:v1.1.0",
            "REFERENCE_OUTSIDE_MIRROR mirror.crop:5000/openshift4/ose-cli-rhel9:v4.17"),
        new Scenario(
            "a policy against the tag latest beside one that only warns, and an init container out of memory",
            world -> {
              world.assumeAdmissionPolicies();
              world.policy(
                  "require-owner",
                  "has(object.metadata.labels) && 'owner' in object.metadata.labels",
                  "pods should have the label owner",
                  "Warn");
              world.policy(
                  "disallow-latest-tag",
                  "object.spec.containers.all(c, !c.image.endsWith(':latest'))",
                  "the tag latest is not allowed",
                  "Deny");
              WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
                  .until(() -> world.isPodRefused("any:latest"), refused -> refused);
              world.restart("valkey");
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:08Z	ERROR	setup	unable to subscribe	{\"address\": \"valkey:6379\", \"error\": \"dial tcp 172.30.33.4:6379: connect: connection refused\"}");
              world.recreate(
                  "authwebhook",
                  template -> {
                    Fields init = template.list("spec", "initContainers").get(0);
                    return annotated(
                        template.with(
                            List.of(init.with("16Mi", "resources", "limits", "memory").content()),
                            "spec",
                            "initContainers"),
                        Map.of("crash", "137 OOMKilled", "crash-container", "patch-cabundle"));
                  });
            },
            "ADMISSION_POLICY_REFUSES ValidatingAdmissionPolicy disallow-latest-tag",
            "CONTAINER_OUT_OF_MEMORY Pod NS/authwebhook"));
  }

  /** Written as an acceptance test by an operator of OpenShift who has not read the diagnosis. */
  private static Stream<Scenario> writtenForAcceptance() {
    return Stream.of(
        new Scenario(
            "a serving certificate that has expired, three services behind it, and a backup that was tried twice",
            world -> {
              world.backupAtSecondTry();
              world.certifyService("authwebhook", -3);
              world.replacePods(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-27T18:41:27Z is after 2026-11-24T08:11:09Z\"}"
                      .formatted(world.namespace));
              world.replacePods(
                  "notification-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"remediations\", \"error\": \"Get \\\"http://remediationorchestrator-controller.%s.svc:9090/metrics\\\": dial tcp 172.30.80.6:9090: connect: connection refused\"}"
                      .formatted(world.namespace));
              world.annotate(
                  "workflowexecution-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:09Z	ERROR	controller	unable to update the status	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.validating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/validating-remediationrequest?timeout=10s\\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-27T18:42:09Z is after 2026-11-24T08:11:09Z\"}"
                      .formatted(world.namespace));
            },
            "SERVING_CERTIFICATE_INVALID MutatingWebhookConfiguration authwebhook-mutating",
            "SERVING_CERTIFICATE_INVALID ValidatingWebhookConfiguration authwebhook-validating"),
        new Scenario(
            "the tag latest of the database overwritten by another team, a migration, and three services",
            world -> {
              Runnable restored = world.overwriteTag("postgresql-16");
              world.replacePods(
                  "postgresql",
                  "crash",
                  "1 Error",
                  """
                  Incompatible data directory. This container image provides
                  PostgreSQL '18', but data directory is of
                  version '16'.

                  This image supports automatic data directory upgrade from
                  '16', please _carefully_ consult image documentation
                  about how to use the '$POSTGRESQL_UPGRADE' startup option.
                  """);
              world.runMigration();
              world.replacePods(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "{\"level\":\"fatal\",\"msg\":\"failed to connect to PostgreSQL\",\"error\":\"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): dial error: dial tcp 172.30.5.9:5432: connect: connection refused\"}");
              world.replacePods(
                  "effectivenessmonitor-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"audit\", \"error\": \"Get \\\"http://data-storage-service.%s.svc.cluster.local:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
              world.annotate(
                  "aianalysis-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:37Z	ERROR	setup	unable to create audit client	{\"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
              // Before the Deployments are repaired, so that none of them runs this image.
              world.repairs.add(restored);
            },
            "IMAGE_DIFFERS_IN_MIRROR MIRROR/rhel10/postgresql-16:latest"),
        new Scenario(
            "the node of the database lost, whose new pod may run nowhere else, and a paused pool of masters",
            world -> {
              world.recreate(
                  "postgresql",
                  template -> template.with(world.worker(0), "spec", "nodeSelector", HOST_NAME));
              world.waitForRelease();
              world.pause("master", true);
              world.repairs.add(() -> world.pause("master", false));
              world.stopNode(0);
              world.restart("postgresql");
              world.replacePods(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "{\"level\":\"fatal\",\"msg\":\"failed to connect to PostgreSQL\",\"error\":\"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): dial error: dial tcp 172.30.5.9:5432: connect: no route to host\"}");
              world.replacePods(
                  "holmesgpt-api",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "WARNING:  audit: POST http://data-storage-service:8080/api/v1/audit/events: [Errno 111] Connection refused\nERROR:    readiness: the audit store http://data-storage-service:8080 is not available");
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"holmesgpt\", \"error\": \"Get \\\"http://holmesgpt-api:8080/health\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
            },
            "NODE_NOT_READY Node worker-0"),
        new Scenario(
            "pull Secrets of pods with the mirror, which do not apply to what mirror rules redirect",
            world -> {
              String user = world.lab.mirrorCredentials().username();
              world.createPullSecret(
                  "mirror-access", world.entry("", user, world.mirrorPassword()));
              world.mirrorRule("quay.io/kubernaut-ai", world.mirror + "/kubernaut-ai");
              world.pullSecret(null, null);
              for (String name : List.of("notification", "effectivenessmonitor")) {
                world.recreate(
                    name + "-controller",
                    template ->
                        withImage(template, image -> world.pinned(name))
                            .with(
                                List.of(Map.of("name", "mirror-access")),
                                "spec",
                                "imagePullSecrets"));
              }
              world.recreate(
                  "signalprocessing-controller",
                  template ->
                      template.with(
                          List.of(Map.of("name", "mirror-access")), "spec", "imagePullSecrets"));
            },
            "PULL_CREDENTIALS_MISSING Secret openshift-config/pull-secret"),
        new Scenario(
            "a tag rule that moves one path of the mirror, a client, and a pod of another release",
            world -> {
              world.otherRelease("loki-canary", "docker.io/grafana/loki-canary:3.2.1");
              world.create(
                  ResourceType.IMAGE_TAG_MIRROR_SET,
                  """
                  {apiVersion: config.openshift.io/v1, kind: ImageTagMirrorSet, metadata: {name: %1$s},
                   spec: {imageTagMirrors: [{source: '%2$s/rhel10', mirrors: ['mirror-dr.corp:5000/rhel10'], mirrorSourcePolicy: NeverContactSource}]}}
                  """
                      .formatted(world.world.name("rhel-moved"), world.mirror));
              world.waitForNodes();
              world.lab.replaceNodes();
              world.restart("valkey");
              world.restart("notification-controller");
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:08Z	ERROR	setup	unable to subscribe	{\"address\": \"valkey:6379\", \"error\": \"dial tcp 172.30.33.4:6379: connect: connection refused\"}");
            },
            "MIRROR_BLOCKED ImageTagMirrorSet rhel-moved"),
        new Scenario(
            "a migration created again without its ConfigMap, three services, and an empty key of the LLM",
            world -> {
              world.runMigrationWithFiles();
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: column \\\"severity\\\" of relation \\\"audit_events\\\" does not exist (SQLSTATE 42703)\"}");
              world.replacePods(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:42:27Z	ERROR	setup	unable to load the catalog	{\"error\": \"GET http://data-storage-service:8080/api/v1/workflows: 503 Service Unavailable\"}");
              world.change(
                  ResourceType.SECRET,
                  world.namespace,
                  "llm-credentials",
                  secret -> secret.with("", "data", "OPENAI_API_KEY"));
              world.replacePods(
                  "holmesgpt-api",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  """
                  INFO:     Application startup complete.
                  ERROR:    readiness: LLM check failed: litellm.AuthenticationError: AuthenticationError: OpenAIException - The api_key client option must be set either by passing api_key to the client or by setting the OPENAI_API_KEY environment variable
                  """);
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"holmesgpt\", \"error\": \"Get \\\"http://holmesgpt-api:8080/ready\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
            },
            "CONFIG_MAP_NOT_FOUND ConfigMap NS/kubernaut-migrations",
            "LLM_KEY_PLACEHOLDER Secret NS/llm-credentials"),
        new Scenario(
            "a HelmRelease of Flux that was suspended, and a service scaled to zero, after a maintenance",
            world -> {
              world.suspendedFlux();
              world.replacePods(
                  "effectivenessmonitor-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"signals\", \"error\": \"Get \\\"http://gateway-service.%s.svc:8080/ready\\\": dial tcp 172.30.44.8:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
              world.change(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  GATEWAY,
                  object -> object.with(0, "spec", "replicas"));
            },
            "GITOPS_SUSPENDED HelmRelease NS/kubernaut",
            "WORKLOAD_SCALED_TO_ZERO Deployment NS/gateway"),
        new Scenario(
            "an upgrade that the API server has ended before its last hooks, and an old event of a probe",
            world -> {
              world.event(
                  GATEWAY,
                  "Unhealthy",
                  4,
                  Duration.ofMinutes(42),
                  "Readiness probe failed: Get \"http://10.129.2.31:8080/ready\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
              world.upgradeRefused(
                  "cannot patch \"holmesgpt-api\" with kind Deployment: etcdserver: request timed out");
            },
            "RELEASE_NOT_DEPLOYED release kubernaut"),
        new Scenario(
            "a claim moved to a storage that is full, a client, and a ClusterRole without its verbs",
            world -> {
              world.claimOfFullStorage("valkey-data");
              world.restart("valkey");
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:08Z	ERROR	setup	unable to subscribe	{\"address\": \"valkey:6379\", \"error\": \"dial tcp 172.30.33.4:6379: connect: connection refused\"}");
              world.change(
                  ResourceType.CLUSTER_ROLE,
                  null,
                  "kubernaut-remediation",
                  role ->
                      role.with(
                          List.of(
                              Map.of(
                                  "apiGroups",
                                  List.of("kubernaut.ai"),
                                  "resources",
                                  List.of("*"),
                                  "verbs",
                                  List.of("get", "list", "watch"))),
                          "rules"));
              world.annotate(
                  GATEWAY,
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:19Z	ERROR	setup	self-test failed	{\"error\": \"remediationrequests.kubernaut.ai is forbidden: User \\\"system:serviceaccount:%1$s:gateway\\\" cannot create resource \\\"remediationrequests\\\" in API group \\\"kubernaut.ai\\\" in the namespace \\\"%1$s\\\"\"}"
                      .formatted(world.namespace));
            },
            "RELEASE_OBJECT_CHANGED ClusterRole kubernaut-remediation",
            "VOLUME_NOT_PROVISIONED PersistentVolumeClaim NS/valkey-data"),
        new Scenario(
            "manifests of platforms that the mirror has collected as garbage, and two behind the webhook",
            world -> {
              world.webhookThatMayFail();
              world.collectGarbage("authwebhook");
              world.restart("authwebhook");
              world.replacePods(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-27T18:41:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
              world.annotate(
                  "notification-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-27T18:42:07Z	INFO	healthz	healthz check failed	{\"checker\": \"remediations\", \"error\": \"Get \\\"http://remediationorchestrator-controller:9090/metrics\\\": dial tcp 172.30.80.6:9090: connect: connection refused\"}");
            },
            "IMAGE_INCOMPLETE_IN_MIRROR MIRROR/kubernaut-ai/authwebhook:v1.1.0"));
  }

  /** Written during a night on call, by an operator of OpenShift who has not read the diagnosis. */
  private static Stream<Scenario> writtenAtNight() {
    return Stream.of(
        new Scenario(
            "a database whose node was replaced by a machine of another platform, a migration, three services",
            world -> {
              world.replaceByMachine(1, "ppc64le");
              world.recreate(
                  "postgresql",
                  template ->
                      template
                          .with(world.worker(1), "spec", "nodeSelector", HOST_NAME)
                          .with(
                              List.of(
                                  Map.of(
                                      "key",
                                      "dedicated",
                                      "operator",
                                      "Equal",
                                      "value",
                                      "database",
                                      "effect",
                                      "NoSchedule")),
                              "spec",
                              "tolerations"));
              world.runMigration();
              world.replacePods(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "{\"level\":\"fatal\",\"msg\":\"failed to connect to PostgreSQL\",\"error\":\"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): dial error: dial tcp 172.30.5.9:5432: connect: connection refused\"}");
              world.replacePods(
                  "holmesgpt-api",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "WARNING:  audit: POST http://data-storage-service:8080/api/v1/audit/events: [Errno 111] Connection refused\nERROR:    readiness: the audit store http://data-storage-service:8080 is not available");
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:14:07Z	INFO	healthz	healthz check failed	{\"checker\": \"holmesgpt\", \"error\": \"Get \\\"http://holmesgpt-api:8080/health\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
            },
            "IMAGE_PLATFORM_MISSING MIRROR/rhel10/postgresql-16:latest"),
        new Scenario(
            "a claim restored for a volume that is not there, a client, and a key of a ConfigMap renamed",
            world -> {
              world.claimOfAbsentVolume("valkey-data");
              world.restart("valkey");
              world.replacePods(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:14:08Z	ERROR	setup	unable to subscribe	{\"address\": \"valkey:6379\", \"error\": \"dial tcp 172.30.33.4:6379: connect: connection refused\"}");
              world.change(
                  ResourceType.CONFIG_MAP,
                  world.namespace,
                  "gateway-config",
                  object ->
                      object.with(
                          Map.of(
                              "config.yml",
                              object.fields().text("data", "config.yaml").orElseThrow()),
                          "data"));
              world.replacePods(
                  GATEWAY,
                  "crash",
                  "1 Error",
                  """
                  {"level":"info","ts":"2026-11-28T02:14:07Z","msg":"starting gateway","version":"v1.1.0"}
                  {"level":"fatal","ts":"2026-11-28T02:14:07Z","msg":"failed to load configuration","error":"open /etc/kubernaut/config.yaml: no such file or directory"}
                  """);
              world.annotate(
                  "effectivenessmonitor-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:14:37Z	INFO	healthz	healthz check failed	{\"checker\": \"signals\", \"error\": \"Get \\\"http://gateway-service.%s.svc:8080/ready\\\": dial tcp 172.30.44.8:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
            },
            "RELEASE_OBJECT_CHANGED ConfigMap NS/gateway-config",
            "VOLUME_NOT_PROVISIONED PersistentVolumeClaim NS/valkey-data"),
        new Scenario(
            "a migration without memory, the upgrade of Flux that waits for it, and three services",
            world -> {
              world.upgradeFailedByFlux("db-migration");
              world.migrationOutOfMemory();
              world.replacePods(
                  "datastorage",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  "{\"level\":\"error\",\"msg\":\"schema check failed\",\"error\":\"ERROR: column \\\"severity\\\" of relation \\\"audit_events\\\" does not exist (SQLSTATE 42703)\"}");
              world.replacePods(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:14:27Z	ERROR	setup	unable to load the catalog	{\"error\": \"GET http://data-storage-service:8080/api/v1/workflows: 503 Service Unavailable\"}");
              world.annotate(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:14:37Z	INFO	healthz	healthz check failed	{\"checker\": \"audit\", \"error\": \"Get \\\"http://data-storage-service:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
            },
            "CONTAINER_OUT_OF_MEMORY Pod NS/kubernaut-db-migration"),
        new Scenario(
            "a quota that demands limits of the TLS hook, its Secret, the webhook, and two behind it",
            world -> {
              world.delete(ResourceType.SECRET, "authwebhook-tls");
              world.restart("authwebhook");
              world.replacePods(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:14:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
              world.replacePods(
                  "notification-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:14:37Z	INFO	healthz	healthz check failed	{\"checker\": \"remediations\", \"error\": \"Get \\\"http://remediationorchestrator-controller.%s.svc:9090/metrics\\\": dial tcp 172.30.80.6:9090: connect: connection refused\"}"
                      .formatted(world.namespace));
              // The quota would refuse these pods too, which have no limits.
              world.waitForMount("authwebhook");
              world.waitForCrash("remediationorchestrator-controller");
              world.waitForContainers("notification-controller", 1);
              world.create(
                  ResourceType.RESOURCE_QUOTA,
                  "{apiVersion: v1, kind: ResourceQuota, metadata: {name: team-quota, namespace: %s}, spec: {hard: {limits.memory: 32Gi}}}");
              world.runTlsHook("authwebhook-tls");
            },
            "QUOTA_EXCEEDED ResourceQuota NS/team-quota"),
        new Scenario(
            "mirror rules that were applied while the pool of the nodes was paused",
            world -> {
              world.pause("worker", true);
              world.mirrorRule("quay.io/kubernaut-ai", world.mirror + "/kubernaut-ai");
              // Before the rule is removed, so that the pool is updated twice and not left behind.
              world.repairs.add(() -> world.pause("worker", false));
              for (String name : List.of("notification", "effectivenessmonitor")) {
                String pinned = world.pinned(name);
                // The nodes do not have the rule, so that their runtime asks the source.
                world.recreate(
                    name + "-controller",
                    template ->
                        annotated(
                            withImage(template, image -> pinned),
                            Map.of(
                                "pull-error",
                                "ErrImagePull initializing source docker://%s: pinging container registry quay.io: Get \"https://quay.io/v2/\": dial tcp: lookup quay.io on 172.30.0.10:53: no such host"
                                    .formatted(pinned))));
              }
            },
            "POOL_PAUSED MachineConfigPool worker"),
        new Scenario(
            "a proxy of the LLM with an image of the internet, three behind it, and an LLM at zero that nobody uses",
            world -> {
              world.llmProxy("ghcr.io/berriai/litellm:main-v1.52.0");
              world.beside(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  "ollama",
                  "replicas: 0,",
                  "containers: [{name: ollama, image: '%s/ollama/ollama:0.4.1'}]"
                      .formatted(world.mirror));
              world.replacePods(
                  "holmesgpt-api",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 503",
                  """
                  INFO:     Application startup complete.
                  ERROR:    readiness: LLM check failed: litellm.InternalServerError: InternalServerError: OpenAIException - Connection error. Cannot connect to host litellm.%s.svc:4000 ssl:default [Connect call failed ('172.30.71.12', 4000)]
                  """
                      .formatted(world.namespace));
              world.replacePods(
                  "aianalysis-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:14:37Z	INFO	healthz	healthz check failed	{\"checker\": \"holmesgpt\", \"error\": \"Get \\\"http://holmesgpt-api:8080/ready\\\": dial tcp 172.30.61.2:8080: connect: connection refused\"}");
              world.annotate(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:14:57Z	ERROR	setup	unable to reach the analysis	{\"error\": \"Get \\\"http://aianalysis-controller.%s.svc:8080/\\\": dial tcp 172.30.77.3:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
            },
            "REFERENCE_OUTSIDE_MIRROR ghcr.io/berriai/litellm:main-v1.52.0"),
        new Scenario(
            "a renewed serving certificate beside the key of the old one, two behind the webhook, an old event",
            world -> {
              world.event(
                  GATEWAY,
                  "FailedMount",
                  6,
                  Duration.ofMinutes(53),
                  "MountVolume.SetUp failed for volume \"config\" : configmap \"gateway-config\" not found");
              world.renewCertificateOnly();
              world.replacePods(
                  "authwebhook",
                  "crash",
                  "1 Error",
                  """
                  2026-11-28T02:14:07Z	INFO	setup	starting manager
                  2026-11-28T02:14:07Z	INFO	controller-runtime.webhook	Starting webhook server
                  2026-11-28T02:14:07Z	ERROR	setup	problem running manager	{"error": "tls: private key does not match public key"}
                  """);
              world.replacePods(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:14:27Z	ERROR	setup	unable to resume remediations	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.mutating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/mutating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
              world.annotate(
                  "notification-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:14:37Z	INFO	healthz	healthz check failed	{\"checker\": \"remediations\", \"error\": \"Get \\\"http://remediationorchestrator-controller:9090/metrics\\\": dial tcp 172.30.80.6:9090: connect: connection refused\"}");
            },
            "SERVING_CERTIFICATE_INVALID MutatingWebhookConfiguration authwebhook-mutating",
            "SERVING_CERTIFICATE_INVALID ValidatingWebhookConfiguration authwebhook-validating"),
        new Scenario(
            "the account of the database and a webhook configuration deleted, a migration, and three services",
            world -> {
              world.delete(ResourceType.VALIDATING_WEBHOOKS, null, "authwebhook-validating");
              world.delete(ResourceType.SERVICE_ACCOUNT, "postgresql");
              world.restart("postgresql");
              world.runMigration();
              world.replacePods(
                  "datastorage",
                  "crash",
                  "1 Error",
                  "{\"level\":\"fatal\",\"msg\":\"failed to connect to PostgreSQL\",\"error\":\"failed to connect to `user=slm_user database=action_history`: 172.30.5.9:5432 (postgresql): dial error: dial tcp 172.30.5.9:5432: connect: connection refused\"}");
              world.replacePods(
                  "effectivenessmonitor-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:14:37Z	INFO	healthz	healthz check failed	{\"checker\": \"audit\", \"error\": \"Get \\\"http://data-storage-service.%s.svc.cluster.local:8080/health\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
              world.annotate(
                  "signalprocessing-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:14:47Z	ERROR	setup	unable to load the catalog	{\"error\": \"Get \\\"http://data-storage-service:8080/api/v1/workflows\\\": dial tcp 172.30.12.7:8080: connect: connection refused\"}");
            },
            "RELEASE_OBJECT_NOT_FOUND ValidatingWebhookConfiguration authwebhook-validating",
            "SERVICE_ACCOUNT_NOT_FOUND ServiceAccount NS/postgresql"),
        new Scenario(
            "an Application of Argo CD that nobody has synchronized, and a pull Secret of an account that is gone",
            world -> {
              world.outOfSyncInArgoCd();
              world.pullSecret(null, null);
              world.change(
                  ResourceType.SERVICE_ACCOUNT,
                  world.namespace,
                  "effectivenessmonitor-controller",
                  account ->
                      account.with(List.of(Map.of("name", "mirror-robot")), "imagePullSecrets"));
              world.restart("effectivenessmonitor-controller");
            },
            "GITOPS_OUT_OF_SYNC Application openshift-gitops/kubernaut",
            "PULL_SECRET_NOT_FOUND Secret NS/mirror-robot"),
        new Scenario(
            "a digest rule without the namespace of the mirror, the webhook at zero, and what is behind both",
            world -> {
              world.mirrorRule("quay.io/kubernaut-ai", world.mirror);
              world.recreate(
                  "aianalysis-controller",
                  template -> withImage(template, image -> world.pinned("aianalysis")));
              world.replacePods(
                  "remediationorchestrator-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:14:57Z	ERROR	setup	unable to reach the analysis	{\"error\": \"Get \\\"http://aianalysis-controller.%s.svc:8080/\\\": dial tcp 172.30.77.3:8080: connect: connection refused\"}"
                      .formatted(world.namespace));
              world.change(
                  ResourceType.DEPLOYMENT,
                  world.namespace,
                  "authwebhook",
                  object -> object.with(0, "spec", "replicas"));
              world.replacePods(
                  "workflowexecution-controller",
                  "crash",
                  "1 Error",
                  "2026-11-28T02:15:07Z	ERROR	setup	unable to update the status	{\"error\": \"Internal error occurred: failed calling webhook \\\"remediationrequest.validating.kubernaut.ai\\\": failed to call webhook: Post \\\"https://authwebhook.%s.svc:443/validating-remediationrequest?timeout=10s\\\": no endpoints available for service \\\"authwebhook\\\"\"}"
                      .formatted(world.namespace));
              world.annotate(
                  "notification-controller",
                  "failing-probe",
                  "HTTP probe failed with statuscode: 500",
                  "2026-11-28T02:15:17Z	INFO	healthz	healthz check failed	{\"checker\": \"executions\", \"error\": \"Get \\\"http://workflowexecution-controller-metrics:9090/metrics\\\": dial tcp 172.30.81.4:9090: connect: connection refused\"}");
            },
            "MIRROR_RULE_SHADOWED quay.io/kubernaut-ai/aianalysis@DIGEST",
            "WORKLOAD_SCALED_TO_ZERO Deployment NS/authwebhook"));
  }

  // How things are broken; each adds its repair.

  private ImageRef target(String name) {
    return plan.entries().stream()
        .map(entry -> entry.target())
        .filter(target -> target.repository().name().endsWith("/" + name))
        .findFirst()
        .orElseThrow();
  }

  private void deleteBlob(String name) throws IOException {
    ImageRef image = target(name);
    Descriptor blob = ImageContent.read(registry, image, Platforms.all()).blobs().iterator().next();
    byte[] content;
    try (InputStream in = registry.readBlob(image.repository(), blob, 0)) {
      content = in.readAllBytes();
    }
    lab.deleteBlobFromMirror(image);
    repairs.add(
        () -> registry.writeBlob(image.repository(), blob, new ByteArrayInputStream(content)));
    lab.replaceNodes();
  }

  /** A tag that is for one platform only, and a Deployment whose program does not run. */
  private void copyForPlatform(String name, String architecture, String deployment, String log) {
    ImageRef image = target(name);
    Manifest index = registry.readManifest(image);
    Digest child =
        index.children().stream()
            .filter(each -> each.platform().equals(Optional.of(Platform.of("linux", architecture))))
            .findFirst()
            .orElseThrow()
            .digest();
    registry.writeManifest(image, registry.readManifest(image.repository().digest(child)));
    lab.replaceNodes();
    recreate(deployment, template -> annotated(template, Map.of("crash", "1 Error", "log", log)));
    // Before the Deployment is repaired, so that it does not run this image.
    repairs.add(
        () -> {
          registry.writeManifest(image, index);
          lab.replaceNodes();
        });
  }

  /** Ends the pod of a Deployment as a node does that is low on a resource. */
  private void evict(String deployment) {
    Pod pod =
        kubernetes
            .pods()
            .inNamespace(namespace)
            .withLabel("app", deployment)
            .list()
            .getItems()
            .get(0);
    String name = pod.getMetadata().getName();
    kubernetes
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(
            now ->
                new PodBuilder(now)
                    .editStatus()
                    .withPhase("Failed")
                    .withReason("Evicted")
                    .withMessage(
                        "The node was low on resource: ephemeral-storage. Container was using 3Gi, request is 0, has larger consumption of ephemeral-storage. ")
                    .editMatchingCondition(each -> each.getType().equals("Ready"))
                    .withStatus("False")
                    .withReason("PodFailed")
                    .endCondition()
                    .editFirstContainerStatus()
                    .withReady(false)
                    .withNewState()
                    .withNewTerminated()
                    .withExitCode(137)
                    .withReason("Error")
                    .endTerminated()
                    .endState()
                    .endContainerStatus()
                    .endStatus()
                    .build());
    repairs.add(() -> remove(ResourceType.POD, namespace, name));
  }

  /** The name of a worker node, which is its host name too. */
  private String worker(int number) {
    return kubernetes.nodes().withLabel("node-role.kubernetes.io/worker").list().getItems().stream()
        .map(node -> node.getMetadata().getName())
        .filter(name -> name.endsWith("worker-" + number))
        .findFirst()
        .orElseThrow();
  }

  private void cordon(int number) {
    String name = worker(number);
    nodes(
        node -> {
          if (node.getMetadata().getName().equals(name)) {
            node.getSpec().setUnschedulable(true);
            node.getSpec()
                .setTaints(
                    List.of(
                        new Taint("NoSchedule", "node.kubernetes.io/unschedulable", null, null)));
          }
        });
  }

  /** Stops a node; its pods are no longer ready, as the controller of nodes says. */
  private void stopNode(int number) {
    String name = worker(number);
    nodes(
        node -> {
          if (node.getMetadata().getName().equals(name)) {
            node.getSpec()
                .setTaints(
                    List.of(
                        new Taint("NoSchedule", "node.kubernetes.io/unreachable", null, null),
                        new Taint("NoExecute", "node.kubernetes.io/unreachable", null, null)));
            node.getStatus()
                .setConditions(
                    List.of(
                        new NodeConditionBuilder()
                            .withType("Ready")
                            .withStatus("Unknown")
                            .withReason("NodeStatusUnknown")
                            .withMessage("Kubelet stopped posting node status.")
                            .build()));
          }
        });
    for (Pod pod : kubernetes.pods().inNamespace(namespace).list().getItems()) {
      if (name.equals(pod.getSpec().getNodeName())) {
        kubernetes
            .pods()
            .inNamespace(namespace)
            .withName(pod.getMetadata().getName())
            .editStatus(
                now ->
                    new PodBuilder(now)
                        .editStatus()
                        .editMatchingCondition(each -> each.getType().equals("Ready"))
                        .withStatus("False")
                        .endCondition()
                        .endStatus()
                        .build());
      }
    }
  }

  private void waitForRelease() {
    WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(200))
        .until(() -> airgap.verify(installation, ONCE), VerificationReport::isOk)
        .orElseThrow();
  }

  /** Creates the Job of the migration again, as the guide says for one that has failed. */
  private void runMigration() {
    String name = plan.release().name();
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s-db-migration, namespace: %%s, labels: {app.kubernetes.io/instance: %1$s}},
         spec: {backoffLimit: 3, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=postgresql}},
           spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never, containers: [
             {name: db-migration, image: '%2$s', env: [{name: PGHOST, value: postgresql}]}]}}}}
        """
            .formatted(name, target("db-migrate")));
  }

  /** Creates the Job of the TLS hook again, as an upgrade does; it creates this Secret. */
  private void runTlsHook(String secret) {
    runTlsHook(secret, "authwebhook");
  }

  private void runTlsHook(String secret, String service) {
    runTlsHook(secret, service, 365);
  }

  private void runTlsHook(String secret, String service, int days) {
    String name = plan.release().name();
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s-tls-cert-gen, namespace: %%s, labels: {app.kubernetes.io/instance: %1$s},
           annotations: {helm.sh/hook: 'pre-install,pre-upgrade'}},
         spec: {backoffLimit: 3, template: {
           metadata: {labels: {app: tls-cert-gen}, annotations: {
             lab.kubernaut.ai/creates-secret: %3$s, lab.kubernaut.ai/certificate-for: %4$s,
             lab.kubernaut.ai/certificate-days: '%5$d'}},
           spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never, containers: [
             {name: tls-cert-gen, image: '%2$s', command: [/bin/sh, -c, kubectl create secret tls %3$s]}]}}}}
        """
            .formatted(name, target("ose-cli-rhel9"), secret, service, days));
  }

  /** Rotates the certificate of the webhook, and leaves the webhook configurations as they are. */
  private void replaceServingCertificate() {
    repairs.add(() -> remove(ResourceType.SECRET, namespace, "rotated-tls"));
    runTlsHook("rotated-tls");
    Map<String, Object> rotated =
        WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
            .until(
                () -> cluster.get(ResourceType.SECRET, namespace, "rotated-tls"),
                Optional::isPresent)
            .orElseThrow()
            .fields()
            .fields("data")
            .content();
    change(
        ResourceType.SECRET, namespace, "authwebhook-tls", secret -> secret.with(rotated, "data"));
  }

  /**
   * The nodes keep this password although the pull secret has the right one again, because a pool
   * does not update them.
   */
  private void pullSecretBehindPool(String password, Consumer<Boolean> stop) {
    Object correct =
        cluster
            .get(ResourceType.SECRET, "openshift-config", "pull-secret")
            .orElseThrow()
            .fields()
            .fields("data")
            .content();
    pullSecret(lab.mirrorCredentials().username(), password);
    stop.accept(true);
    repairs.add(() -> stop.accept(false));
    replace(
        ResourceType.SECRET,
        "openshift-config",
        "pull-secret",
        secret -> secret.with(correct, "data"));
  }

  private void pause(boolean paused) {
    pause("worker", paused);
  }

  private void pause(String name, boolean paused) {
    replace(
        ResourceType.MACHINE_CONFIG_POOL, null, name, pool -> pool.with(paused, "spec", "paused"));
  }

  private void createPullSecret(String name, String entry) {
    create(
        ResourceType.SECRET,
        "{apiVersion: v1, kind: Secret, metadata: {name: "
            + name
            + ", namespace: %s}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: "
            + base64("{\"auths\":{" + entry + "}}")
            + "}}");
  }

  /** Its image is not in the mirror, so that its webhook, which all new pods need, has no pod. */
  private void policyEngine() {
    String engine = world.name("policy-engine");
    create(
        ResourceType.NAMESPACE,
        "{apiVersion: v1, kind: Namespace, metadata: {name: %1$s}}".formatted(engine));
    create(
        ResourceType.SERVICE,
        """
        {apiVersion: v1, kind: Service, metadata: {name: engine, namespace: %1$s},
         spec: {selector: {app: engine}, ports: [{port: 443, targetPort: 9443}]}}
        """
            .formatted(engine));
    create(
        ResourceType.DEPLOYMENT,
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: engine, namespace: %1$s},
         spec: {replicas: 1, selector: {matchLabels: {app: engine}}, template: {
           metadata: {labels: {app: engine}},
           spec: {containers: [{name: engine, image: 'ghcr.io/policy/engine:v1.12.0'}]}}}}
        """
            .formatted(engine));
    create(
        ResourceType.VALIDATING_WEBHOOKS,
        """
        {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: %1$s},
         webhooks: [{name: validate.policy-engine.io, admissionReviewVersions: [v1], sideEffects: None, failurePolicy: Fail,
           clientConfig: {service: {name: engine, namespace: %1$s, path: /validate}},
           namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %%s}},
           rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}]}
        """
            .formatted(engine));
  }

  /** The namespace in which workflows run. */
  private String workflows() {
    return world.name("kubernaut-workflows");
  }

  /** A workload that the chart does not have, in a namespace of the release, and its Service. */
  private void beside(
      ResourceType type, String where, String name, String specification, String pod) {
    create(
        ResourceType.SERVICE,
        """
        {apiVersion: v1, kind: Service, metadata: {name: %2$s, namespace: %1$s},
         spec: {clusterIP: None, selector: {app: %2$s}, ports: [{port: 8080}]}}
        """
            .formatted(where, name));
    create(
        type,
        """
        {apiVersion: apps/v1, kind: %3$s, metadata: {name: %2$s, namespace: %1$s},
         spec: {%4$s selector: {matchLabels: {app: %2$s}}, template: {
           metadata: {labels: {app: %2$s}}, spec: {%5$s}}}}
        """
            .formatted(where, name, type.kind(), specification, pod));
  }

  /** As annotate, but no earlier pod goes on to serve. */
  private void replacePods(String deployment, String name, String value, String log) {
    recreate(deployment, template -> annotated(template, Map.of(name, value, "log", log)));
  }

  private List<KubernetesObject> releaseSecrets() {
    return cluster.list(ResourceType.SECRET, namespace, Map.of("owner", "helm"));
  }

  /** The second revision of the release, as Helm leaves it when it is ended during an upgrade. */
  private void pendingUpgrade() throws IOException {
    String pending =
        storedRelease(releaseSecrets().get(0))
            .replace("\"status\":\"deployed\"", "\"status\":\"pending-upgrade\"")
            .replace("\"version\":1,\"namespace\"", "\"version\":2,\"namespace\"");
    assertThat(pending).contains("pending-upgrade", "\"version\":2,");
    storeSecondRevision((ObjectNode) new ObjectMapper().readTree(pending));
  }

  /** What Helm has stored in a Secret of a release, as JSON. */
  private static String storedRelease(KubernetesObject secret) throws IOException {
    byte[] stored =
        Base64.getDecoder()
            .decode(
                Base64.getDecoder().decode(secret.fields().text("data", "release").orElseThrow()));
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(stored))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The first revision of the release. */
  private ObjectNode firstRevision() throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(storedRelease(releaseSecrets().get(0)));
  }

  /** Replaces what Helm has stored of the first revision of the release. */
  private void changeFirstRevision(ObjectNode release) throws IOException {
    String data = stored(release.toString());
    change(
        ResourceType.SECRET,
        namespace,
        releaseSecrets().get(0).name(),
        secret -> secret.with(data, "data", "release"));
  }

  /** Replaces a part of the manifests that Helm has stored of the first revision. */
  private void changeManifest(String part, String other) throws IOException {
    ObjectNode release = firstRevision();
    String manifest = release.path("manifest").asText();
    assertThat(manifest).contains(part);
    changeFirstRevision(release.put("manifest", manifest.replace(part, other)));
  }

  /** Makes a release the second revision, with this status. */
  private static void setOutcome(ObjectNode release, String status, String description) {
    release.put("version", 2);
    ((ObjectNode) release.path("info")).put("status", status).put("description", description);
  }

  private static List<String> events(JsonNode hook) {
    List<String> events = new ArrayList<>();
    hook.path("events").forEach(event -> events.add(event.asText()));
    return events;
  }

  private static void lastRun(JsonNode hook, String started, String completed, String phase) {
    ((ObjectNode) hook)
        .putObject("last_run")
        .put("started_at", started)
        .put("completed_at", completed)
        .put("phase", phase);
  }

  /** A release as the data of its Secret has it. */
  private static String stored(String release) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(release.getBytes(StandardCharsets.UTF_8));
    }
    return base64(Base64.getEncoder().encodeToString(zipped.toByteArray()));
  }

  /** Stores a second revision of the release beside the first. */
  private void storeSecondRevision(ObjectNode release) throws IOException {
    KubernetesObject first = releaseSecrets().get(0);
    KubernetesObject second =
        plain(first)
            .with(first.name().replaceFirst("v1$", "v2"), "metadata", "name")
            .with(release.at("/info/status").asText(), "metadata", "labels", "status")
            .with("2", "metadata", "labels", "version")
            .with(stored(release.toString()), "data", "release");
    cluster.create(ResourceType.SECRET, second);
    repairs.add(() -> remove(ResourceType.SECRET, namespace, second.name()));
  }

  /** Creates the Job of the hook that sets the caBundle, which fails as often as it may. */
  private void failAuthorityHook(String log) {
    String name = plan.release().name() + "-tls-cabundle-patch";
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s, namespace: %%s, labels: {app.kubernetes.io/instance: %2$s},
           annotations: {helm.sh/hook: 'post-install,post-upgrade'}},
         spec: {backoffLimit: 1, template: {
           metadata: {labels: {app: tls-cabundle-patch}, annotations: {
             lab.kubernaut.ai/exit-code: '1', lab.kubernaut.ai/log: '%4$s'}},
           spec: {serviceAccountName: %2$s-hook-sa, restartPolicy: Never, containers: [
             {name: tls-cabundle-patch, image: '%3$s', command: [/bin/sh, -c, 'kubectl patch mutatingwebhookconfiguration,validatingwebhookconfiguration']}]}}}}
        """
            .formatted(name, plan.release().name(), target("ose-cli-rhel9"), log));
    waitForFailure(name);
  }

  /** A controller manager waits before it creates the next pod of a Job: 10 seconds at first. */
  private void waitForFailure(String job) {
    WaitPolicy.of(Duration.ofMinutes(2), Duration.ofMillis(100))
        .until(
            () -> cluster.get(ResourceType.JOB, namespace, job).orElseThrow(),
            found ->
                found.fields().list("status", "conditions").stream()
                    .anyMatch(condition -> condition.content().containsValue("Failed")));
  }

  /** All containers of all pods of a Deployment have been started. */
  private void waitForContainers(String deployment) {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () ->
                cluster.list(ResourceType.POD, namespace, Map.of("app", deployment)).stream()
                    .flatMap(pod -> pod.fields().list("status", "containerStatuses").stream())
                    .map(status -> status.fields("state").content().keySet())
                    .toList(),
            states -> states.size() > 1 && states.stream().allMatch(Set.of("running")::equals));
  }

  /** As an administrator does who cleans up; the objects of this kind go with it. */
  private void deleteCustomResourceDefinition(String name) {
    var definitions = kubernetes.apiextensions().v1().customResourceDefinitions();
    CustomResourceDefinition definition = definitions.withName(name).get();
    definitions.withName(name).delete();
    repairs.add(
        () -> {
          definition.getMetadata().setResourceVersion(null);
          definition.getMetadata().setUid(null);
          definition.setStatus(null);
          definitions.resource(definition).create();
        });
  }

  /** A certificate by hand for a Service of another name, and its CA for the webhooks. */
  private void certifyService(String service) {
    certifyService(service, 365);
  }

  /** As above; the certificate is valid for this number of days, or has expired so long ago. */
  private void certifyService(String service, int days) {
    repairs.add(() -> remove(ResourceType.SECRET, namespace, "manual-tls"));
    runTlsHook("manual-tls", service, days);
    Map<String, Object> certificate =
        WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
            .until(
                () -> cluster.get(ResourceType.SECRET, namespace, "manual-tls"),
                Optional::isPresent)
            .orElseThrow()
            .fields()
            .fields("data")
            .content();
    change(
        ResourceType.SECRET,
        namespace,
        "authwebhook-tls",
        secret -> secret.with(certificate, "data"));
    UnaryOperator<KubernetesObject> authority =
        configuration ->
            withClients(
                configuration,
                client -> client.put("caBundle", String.valueOf(certificate.get("ca.crt"))));
    change(ResourceType.MUTATING_WEBHOOKS, null, "authwebhook-mutating", authority);
    change(ResourceType.VALIDATING_WEBHOOKS, null, "authwebhook-validating", authority);
  }

  /** Its deletion has begun, and does not end before a snapshot of its volume has. */
  private void deleteClaimBehindSnapshot(String name) {
    KubernetesObject claim =
        cluster.get(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, name).orElseThrow();
    repairs.add(() -> cluster.create(ResourceType.PERSISTENT_VOLUME_CLAIM, plain(claim)));
    finalizers(name, List.of("snapshot.storage.kubernetes.io/pvc-as-source-protection"));
    remove(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, name);
    repairs.add(
        () -> {
          finalizers(name, List.of());
          WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
              .until(
                  () -> cluster.get(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, name),
                  Optional::isEmpty);
        });
  }

  private void finalizers(String claim, List<String> finalizers) {
    replace(
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        namespace,
        claim,
        object -> object.with(finalizers, "metadata", "finalizers"));
  }

  /** The Job of the migration, whose init container has this image. */
  private void runMigrationAfter(String image) {
    String name = plan.release().name();
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s-db-migration, namespace: %%s, labels: {app.kubernetes.io/instance: %1$s}},
         spec: {backoffLimit: 3, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=postgresql}},
           spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never,
             initContainers: [{name: wait-for-postgresql, image: '%3$s'}],
             containers: [{name: db-migration, image: '%2$s', env: [{name: PGHOST, value: postgresql}]}]}}}}
        """
            .formatted(name, target("db-migrate"), image));
  }

  /** The right credentials of the mirror, under another name of it. */
  private void pullSecretForHost(String host) {
    String auth = base64(lab.mirrorCredentials().username() + ":" + mirrorPassword());
    pullSecret("{\"%s\":{\"auth\":\"%s\"}}".formatted(host, auth));
  }

  /** All pods of a Deployment crash. */
  private void waitForCrash(String deployment) {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () ->
                cluster.list(ResourceType.POD, namespace, Map.of("app", deployment)).stream()
                    .flatMap(pod -> pod.fields().list("status", "containerStatuses").stream())
                    .map(status -> status.text("state", "waiting", "reason").orElse(""))
                    .toList(),
            reasons -> !reasons.isEmpty() && reasons.stream().allMatch("CrashLoopBackOff"::equals));
  }

  /** The containers of this number of pods, and of no other, run. */
  private void waitForContainers(String deployment, int pods) {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () ->
                cluster.list(ResourceType.POD, namespace, Map.of("app", deployment)).stream()
                    .filter(pod -> pod.fields().text("metadata", "deletionTimestamp").isEmpty())
                    .filter(pod -> !isReady(pod))
                    .flatMap(pod -> pod.fields().list("status", "containerStatuses").stream())
                    .map(status -> status.fields("state").content().keySet())
                    .toList(),
            states -> states.size() == pods && states.stream().allMatch(Set.of("running")::equals));
  }

  /** An image of one platform that has the blobs of a planned image and another digest. */
  private Manifest otherBuild(String name) {
    Manifest planned = registry.readManifest(ImageRef.parse(digestFor(name, "amd64")));
    String text = new String(planned.content(), StandardCharsets.UTF_8);
    return Manifest.of(planned.mediaType(), (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** The digest of one platform of an image in the mirror, as a reference. */
  private String digestFor(String name, String architecture) {
    ImageRef image = target(name);
    return registry.readManifest(image).children().stream()
        .filter(each -> each.platform().equals(Optional.of(Platform.of("linux", architecture))))
        .findFirst()
        .map(child -> image.repository().digest(child.digest()).toString())
        .orElseThrow();
  }

  /** Pushes a build that nobody has planned, under another tag. */
  private void pushBuild(String name, String tag) {
    ImageRef image = target(name).withTag(tag);
    registry.writeManifest(image, otherBuild(name));
    repairs.add(() -> lab.deleteFromMirror(image));
  }

  /** The pod of a Deployment runs what its tag was before the plan was mirrored once more. */
  private void runEarlierBuild(String name, String deployment) {
    ImageRef image = target(name);
    Manifest planned = registry.readManifest(image);
    Manifest earlier = otherBuild(name);
    registry.writeManifest(image, earlier);
    lab.replaceNodes();
    restart(deployment);
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () -> cluster.list(ResourceType.POD, namespace, Map.of("app", deployment)),
            pods ->
                pods.size() == 1
                    && isReady(pods.get(0))
                    && pods.get(0).fields().list("status", "containerStatuses").stream()
                        .anyMatch(
                            status ->
                                status
                                    .text("imageID")
                                    .orElse("")
                                    .endsWith(earlier.digest().toString())));
    registry.writeManifest(image, planned);
    // Before the Deployment is repaired, so that its pod pulls again.
    repairs.add(lab::replaceNodes);
  }

  /** Creates the Job of the migration with another image, and with annotations for the lab. */
  private void createMigration(String image, Map<String, String> annotations) {
    String name = plan.release().name();
    KubernetesObject job =
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "scenario",
                    """
                    {apiVersion: batch/v1, kind: Job,
                     metadata: {name: %1$s-db-migration, namespace: %2$s, labels: {app.kubernetes.io/instance: %1$s}},
                     spec: {backoffLimit: 1, template: {
                       metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=postgresql}},
                       spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never, containers: [
                         {name: db-migration, image: '%3$s', env: [{name: PGHOST, value: postgresql}]}]}}}}
                    """
                        .formatted(name, namespace, image),
                    Yaml.DuplicateKeys.REFUSED)));
    Fields template = annotated(job.fields().fields("spec", "template"), annotations);
    cluster.create(ResourceType.JOB, job.with(template.content(), "spec", "template"));
    repairs.add(() -> remove(ResourceType.JOB, namespace, job.name()));
  }

  /** The Job of the migration reaches the database, and fails as often as it may. */
  private void failMigration(String log) {
    createMigration(target("db-migrate").toString(), Map.of("exit-code", "1", "log", log));
    String name = plan.release().name() + "-db-migration";
    waitForFailure(name);
  }

  /** The second revision, as Helm leaves it when a hook has failed after the upgrade. */
  private void failedUpgrade(String hook) throws IOException {
    ObjectNode release = firstRevision();
    String job = plan.release().name() + "-" + hook;
    setOutcome(
        release,
        "failed",
        "Upgrade \"%s\" failed: post-upgrade hooks failed: job %s failed: BackoffLimitExceeded"
            .formatted(plan.release().name(), job));
    int failed = 0;
    for (JsonNode each : release.path("hooks")) {
      List<String> events = events(each);
      if (events.contains("pre-upgrade") || events.contains("post-upgrade")) {
        boolean isFailed = each.path("name").asText().equals(job);
        failed += isFailed ? 1 : 0;
        lastRun(
            each,
            "2026-11-27T18:41:07.113204Z",
            "2026-11-27T18:41:37.640118Z",
            isFailed ? "Failed" : "Succeeded");
      }
    }
    assertThat(failed).isEqualTo(1);
    storeSecondRevision(release);
  }

  private void assumeAdmissionPolicies() {
    assumeTrue(
        cluster.serves(ResourceType.ADMISSION_POLICY),
        () -> tooOld("ValidatingAdmissionPolicies", "1.30"));
  }

  private void assumePodSecurity() {
    assumeTrue(isAtLeast(23), () -> tooOld("Pod Security levels", "1.23"));
  }

  /** The API server of the lab checks user ids; of the others only that of OpenShift does. */
  private void assumeUserIdRanges() {
    assumeTrue(
        System.getProperty(OtherCluster.PROPERTY, "").isEmpty()
            || cluster.versions().apis().contains("security.openshift.io/v1"),
        "skipped: the cluster has no SecurityContextConstraints; OpenShift has them");
  }

  /** Whether the cluster has this minor version of Kubernetes 1, or a later one. */
  private boolean isAtLeast(int minor) {
    String version = cluster.versions().kubernetes();
    return Integer.parseInt(version.replaceFirst("v1\\.(\\d+).*", "$1")) >= minor;
  }

  private String tooOld(String kinds, String since) {
    return "skipped: the cluster is Kubernetes %s and has no %s; Kubernetes %s or later has them"
        .formatted(cluster.versions().kubernetes(), kinds, since);
  }

  /** Seals the namespaces for a plan of the same chart with other names in the mirror. */
  private void sealFor(Separator separator) {
    MirrorPlan other = airgap.plan(world.chart(), lab.target(separator));
    airgap.apply(airgap.planSeal(other, SealOptions.builder().build()).orElseThrow()).orElseThrow();
    repairs.add(() -> airgap.apply(airgap.planSealRemoval(plan.release())).orElseThrow());
    waitForPolicy();
  }

  /** What Helm has stored of the hooks of the first revision, as after an install --no-hooks. */
  private void forgetHooks() throws IOException {
    ObjectNode release = firstRevision();
    release.path("hooks").forEach(DiagnosisInLabTest::neverRun);
    changeFirstRevision(release);
  }

  private static void neverRun(JsonNode hook) {
    lastRun(hook, "", "", "");
  }

  /** The second revision, as Helm leaves it when this hook has failed before the upgrade. */
  private void upgradeEndedBy(String hook) throws IOException {
    ObjectNode release = firstRevision();
    String job = plan.release().name() + "-" + hook;
    setOutcome(
        release,
        "failed",
        "Upgrade \"%s\" failed: pre-upgrade hooks failed: 1 error occurred:\n\t* job %s failed: BackoffLimitExceeded\n\n"
            .formatted(plan.release().name(), job));
    int failed = 0;
    for (JsonNode each : release.path("hooks")) {
      List<String> events = events(each);
      boolean isFailed = each.path("name").asText().equals(job);
      boolean isEarlier = events.contains("pre-upgrade") && each.path("weight").asInt(0) < -2;
      failed += isFailed ? 1 : 0;
      if (isFailed || isEarlier) {
        lastRun(
            each,
            "2026-11-27T18:41:07.113204Z",
            "2026-11-27T18:41:37.640118Z",
            isFailed ? "Failed" : "Succeeded");
      } else {
        neverRun(each);
      }
    }
    assertThat(failed).isEqualTo(1);
    storeSecondRevision(release);
  }

  private void annotateNamespace(String key, String value) {
    change(
        ResourceType.NAMESPACE,
        null,
        namespace,
        object -> object.with(value, "metadata", "annotations", key));
  }

  /** A Deployment with the source name of its image, which its node has from earlier. */
  private void runFromSource(String name, String deployment) {
    String source = "quay.io/kubernaut-ai/" + name;
    lab.placeOnNodes(
        """
        [[registry]]
        prefix = "%1$s"
        location = "%1$s"
        [[registry.mirror]]
        location = "%2$s/kubernaut-ai/%3$s"
        pull-from-mirror = "tag-only"
        """
            .formatted(source, mirror, name),
        "{}");
    repairs.add(() -> lab.placeOnNodes("", "{}"));
    image(deployment, image -> source + ":v1.1.0");
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () -> cluster.list(ResourceType.POD, namespace, Map.of("app", deployment)),
            pods ->
                pods.size() == 1
                    && isReady(pods.get(0))
                    && pods.get(0).fields().list("status", "containerStatuses").stream()
                        .anyMatch(
                            status -> status.text("imageID").orElse("").startsWith(source + "@")));
  }

  /** An event of the kubelet about the pods of a Deployment or Job. */
  private void event(String app, String reason, int count, Duration age, String message) {
    for (KubernetesObject pod : cluster.list(ResourceType.POD, namespace, Map.of("app", app))) {
      String last = Instant.now().minus(age).truncatedTo(ChronoUnit.SECONDS).toString();
      Event event =
          new EventBuilder()
              .withNewMetadata()
              .withName("%s.%x".formatted(pod.name(), message.hashCode()))
              .withNamespace(namespace)
              .endMetadata()
              .withNewInvolvedObject()
              .withApiVersion("v1")
              .withKind("Pod")
              .withNamespace(namespace)
              .withName(pod.name())
              .withUid(pod.fields().text("metadata", "uid").orElseThrow())
              .endInvolvedObject()
              .withType(reason.equals("Killing") ? "Normal" : "Warning")
              .withReason(reason)
              .withMessage(message)
              .withCount(count)
              .withFirstTimestamp(last)
              .withLastTimestamp(last)
              .withNewSource()
              .withComponent("kubelet")
              .endSource()
              .build();
      kubernetes.v1().events().inNamespace(namespace).resource(event).create();
      repairs.add(() -> remove(ResourceType.EVENT, namespace, event.getMetadata().getName()));
    }
  }

  /** The Job of the migration, which may not fail once, loses its pod to a node without room. */
  private void evictMigration() {
    String name = plan.release().name() + "-db-migration";
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s, namespace: %%s, labels: {app.kubernetes.io/instance: %3$s}},
         spec: {backoffLimit: 0, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=none}},
           spec: {serviceAccountName: %3$s-hook-sa, restartPolicy: Never, containers: [
             {name: db-migration, image: '%2$s', env: [{name: PGHOST, value: postgresql}]}]}}}}
        """
            .formatted(name, target("db-migrate"), plan.release().name()));
    KubernetesObject pod = runningMigration();
    String message =
        "The node was low on resource: ephemeral-storage. Threshold quantity: 16095852134, available: 15204184Ki. Container db-migration was using 2148Mi, request is 0, has larger consumption of ephemeral-storage. ";
    kubernetes
        .pods()
        .inNamespace(namespace)
        .withName(pod.name())
        .editStatus(
            now ->
                new PodBuilder(now)
                    .editStatus()
                    .withPhase("Failed")
                    .withReason("Evicted")
                    .withMessage(message)
                    .addNewCondition()
                    .withType("DisruptionTarget")
                    .withStatus("True")
                    .withReason("TerminationByKubelet")
                    .withMessage(message)
                    .endCondition()
                    .editMatchingCondition(each -> each.getType().equals("Ready"))
                    .withStatus("False")
                    .withReason("PodFailed")
                    .endCondition()
                    .editFirstContainerStatus()
                    .withReady(false)
                    .withNewState()
                    .withNewTerminated()
                    .withExitCode(137)
                    .withReason("Error")
                    .endTerminated()
                    .endState()
                    .endContainerStatus()
                    .endStatus()
                    .build());
    event("db-migration", "Evicted", 1, Duration.ofMinutes(2), message);
    waitForFailure(name);
  }

  /** The Job of the migration with the password from the Secret, as the chart has it. */
  private void runMigrationWithPassword() {
    String name = plan.release().name();
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s-db-migration, namespace: %%s, labels: {app.kubernetes.io/instance: %1$s}},
         spec: {backoffLimit: 3, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=postgresql}},
           spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never, containers: [
             {name: db-migration, image: '%2$s', env: [{name: PGHOST, value: postgresql},
               {name: PGPASSWORD, valueFrom: {secretKeyRef: {name: postgresql-secret, key: POSTGRES_PASSWORD}}}]}]}}}}
        """
            .formatted(name, target("db-migrate")));
  }

  /** Its only pod crashes, so that its webhook, which all new pods need, does not answer. */
  private void crashingPolicyEngine() {
    String engine = world.name("kyverno");
    create(
        ResourceType.NAMESPACE,
        "{apiVersion: v1, kind: Namespace, metadata: {name: %1$s}}".formatted(engine));
    create(
        ResourceType.SERVICE,
        """
        {apiVersion: v1, kind: Service, metadata: {name: kyverno-svc, namespace: %1$s},
         spec: {selector: {app: kyverno}, ports: [{port: 443, targetPort: 9443}]}}
        """
            .formatted(engine));
    create(
        ResourceType.DEPLOYMENT,
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: kyverno-admission-controller, namespace: %1$s},
         spec: {replicas: 1, selector: {matchLabels: {app: kyverno}}, template: {
           metadata: {labels: {app: kyverno}, annotations: {lab.kubernaut.ai/crash: 1 Error,
             lab.kubernaut.ai/log: 'ERR failed to initialize TLS error="secret kyverno-svc.kyverno.svc.kyverno-tls-pair not found"'}},
           spec: {containers: [{name: kyverno, image: '%2$s'}]}}}}
        """
            .formatted(engine, target("gateway")));
    create(
        ResourceType.VALIDATING_WEBHOOKS,
        """
        {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: %2$s},
         webhooks: [{name: validate.kyverno.svc-fail, admissionReviewVersions: [v1], sideEffects: NoneOnDryRun, failurePolicy: Fail,
           clientConfig: {service: {name: kyverno-svc, namespace: %1$s, path: /validate/fail}},
           namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %%s}},
           rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]}]}
        """
            .formatted(engine, world.name("kyverno-resource-validating-webhook-cfg")));
  }

  /** A StatefulSet in the namespace of the workflows. */
  private void workflowQueue(String volumes) {
    beside(
        ResourceType.STATEFUL_SET,
        workflows(),
        "workflow-queue",
        "replicas: 1, serviceName: workflow-queue,",
        "serviceAccountName: kubernaut-workflow-runner, containers: [{name: valkey, image: '%s'}]%s"
            .formatted(target("valkey-8"), volumes));
  }

  private void queueClientCrashes() {
    annotate(
        "workflowexecution-controller",
        "crash",
        "1 Error",
        """
        redis: 2026/11/27 18:41:07 pool.go:404: redis: connection pool: failed to dial after 5 attempts: dial tcp: lookup workflow-queue.%1$s.svc.cluster.local on 172.30.0.10:53: no such host
        2026-11-27T18:41:08Z	ERROR	setup	unable to open the queue	{"error": "dial tcp: lookup workflow-queue.%1$s.svc.cluster.local on 172.30.0.10:53: no such host"}
        """
            .formatted(workflows()));
  }

  private KubernetesObject runningMigration() {
    return WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () -> cluster.list(ResourceType.POD, namespace, Map.of("app", "db-migration")),
            pods ->
                pods.size() == 1
                    && pods.get(0).fields().text("status", "phase").equals(Optional.of("Running")))
        .get(0);
  }

  private void degrade(boolean degraded) {
    String state = degraded ? "True" : "False";
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String detail =
        "Node %s is reporting: \"unexpected on-disk state validating against rendered-worker-7c1f0a9e5b3d: content mismatch for file \\\"/etc/chrony.conf\\\"\""
            .formatted(worker(1));
    List<Map<String, Object>> conditions =
        List.of(
            condition("Updated", degraded ? "False" : "True", now, "", ""),
            condition("Updating", state, now, "", ""),
            condition(
                "NodeDegraded",
                state,
                now,
                degraded ? "1 nodes are reporting degraded status on sync" : "",
                degraded ? detail : ""),
            condition("RenderDegraded", "False", now, "", ""),
            condition("Degraded", state, now, "", ""));
    kubernetes
        .genericKubernetesResources("machineconfiguration.openshift.io/v1", "MachineConfigPool")
        .withName("worker")
        .editStatus(
            pool -> {
              Map<String, Object> status = new HashMap<>(pool.get("status"));
              status.put("conditions", conditions);
              status.put("degradedMachineCount", degraded ? 1 : 0);
              pool.setAdditionalProperty("status", status);
              return pool;
            });
  }

  private static Map<String, Object> condition(
      String type, String status, String since, String reason, String message) {
    return Map.of(
        "type",
        type,
        "status",
        status,
        "lastTransitionTime",
        since,
        "reason",
        reason,
        "message",
        message);
  }

  /** The second revision, as Helm leaves it when it is ended while this last hook runs. */
  private void upgradeCutShortIn(String hook) throws IOException {
    ObjectNode release = firstRevision();
    String job = plan.release().name() + "-" + hook;
    setOutcome(release, "pending-upgrade", "Preparing upgrade");
    int running = 0;
    for (JsonNode each : release.path("hooks")) {
      List<String> events = events(each);
      if (each.path("name").asText().equals(job)) {
        running++;
        lastRun(each, "2026-11-27T18:41:07.113204Z", "", "Running");
      } else if (events.contains("pre-upgrade") || events.contains("post-upgrade")) {
        lastRun(each, "2026-11-27T18:40:12.204113Z", "2026-11-27T18:40:37.640118Z", "Succeeded");
      } else {
        neverRun(each);
      }
    }
    assertThat(running).isEqualTo(1);
    storeSecondRevision(release);
  }

  /** A claim of the second namespace that stays without a volume. */
  private void claimWithoutClass(String name) {
    create(
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: %s, annotations: {lab.kubernaut.ai/without-volume: 'true'}}, spec: {accessModes: [ReadWriteOnce], volumeMode: Filesystem, resources: {requests: {storage: 1Gi}}}}"
            .formatted(name, workflows()));
    event(
        "PersistentVolumeClaim",
        cluster.get(ResourceType.PERSISTENT_VOLUME_CLAIM, workflows(), name).orElseThrow(),
        "persistentvolume-controller",
        "Normal",
        "FailedBinding",
        "no persistent volumes available for this claim and no storage class is set");
  }

  /** An event of a controller about an object. */
  private void event(
      String kind,
      KubernetesObject about,
      String component,
      String type,
      String reason,
      String message) {
    String where = about.namespace().orElseThrow();
    String last =
        Instant.now().minus(Duration.ofMinutes(1)).truncatedTo(ChronoUnit.SECONDS).toString();
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withName("%s.%x".formatted(about.name(), message.hashCode()))
            .withNamespace(where)
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(kind.equals("Job") ? "batch/v1" : "v1")
            .withKind(kind)
            .withNamespace(where)
            .withName(about.name())
            .withUid(about.fields().text("metadata", "uid").orElseThrow())
            .endInvolvedObject()
            .withType(type)
            .withReason(reason)
            .withMessage(message)
            .withCount(7)
            .withFirstTimestamp(last)
            .withLastTimestamp(last)
            .withNewSource()
            .withComponent(component)
            .endSource()
            .withReportingComponent(component)
            .build();
    kubernetes.v1().events().inNamespace(where).resource(event).create();
    repairs.add(() -> remove(ResourceType.EVENT, where, event.getMetadata().getName()));
  }

  /** Removes the events of the lab about a pod that a real cluster words in another way. */
  private void removeEvents(String pod, String reason) {
    for (KubernetesObject event : cluster.list(ResourceType.EVENT, namespace, Map.of())) {
      if (event.fields().text("involvedObject", "name").equals(Optional.of(pod))
          && event.fields().text("reason").equals(Optional.of(reason))) {
        remove(ResourceType.EVENT, namespace, event.name());
      }
    }
  }

  /** The objects of the release have the labels of Flux, whose kind of a release is there. */
  private void labelledByFlux() throws IOException {
    String name = plan.release().name();
    Map<String, String> labels =
        Map.of("helm.toolkit.fluxcd.io/name", name, "helm.toolkit.fluxcd.io/namespace", namespace);
    changeManifest(
        "    app.kubernetes.io/managed-by: Helm\n",
        "    app.kubernetes.io/managed-by: Helm\n    helm.toolkit.fluxcd.io/name: %s\n    helm.toolkit.fluxcd.io/namespace: %s\n"
            .formatted(name, namespace));
    for (ResourceType type :
        List.of(
            ResourceType.DEPLOYMENT,
            ResourceType.SERVICE,
            ResourceType.SERVICE_ACCOUNT,
            ResourceType.CONFIG_MAP,
            ResourceType.PERSISTENT_VOLUME_CLAIM)) {
      for (KubernetesObject each :
          cluster.list(type, namespace, Map.of("app.kubernetes.io/instance", name))) {
        change(
            type,
            namespace,
            each.name(),
            object -> {
              Map<String, Object> all =
                  new HashMap<>(object.fields().fields("metadata", "labels").content());
              all.putAll(labels);
              return object.with(all, "metadata", "labels");
            });
      }
    }
    serve(HELM_RELEASE, "subresources: {status: {}},");
  }

  /** Creates a kind of another product, as its CustomResourceDefinition does. */
  private void serve(ResourceType type, String more) {
    String[] groupAndVersion = type.apiVersion().split("/", 2);
    create(
        ResourceType.cluster(
            "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions"),
        """
        {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: %1$s.%4$s},
         spec: {group: %4$s, scope: Namespaced, names: {plural: %1$s, singular: %2$s, kind: %3$s, listKind: %3$sList},
           versions: [{name: %5$s, served: true, storage: true, %6$s
             schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}
        """
            .formatted(
                type.plural(),
                type.kind().toLowerCase(Locale.ROOT),
                type.kind(),
                groupAndVersion[0],
                groupAndVersion[1],
                more));
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(() -> cluster.serves(type), served -> served);
  }

  /** Creates the HelmRelease of Flux that has deployed the release from a HelmRepository. */
  private void helmRelease(boolean isSuspended, String repository, Map<String, Object> status) {
    String name = plan.release().name();
    create(
        HELM_RELEASE,
        """
        {apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: %1$s, namespace: %2$s},
         spec: {suspend: %3$s, interval: 10m, timeout: 15m, releaseName: %1$s, chart: {spec: {chart: kubernaut, version: 1.1.0, interval: 10m,
           reconcileStrategy: ChartVersion, sourceRef: {kind: HelmRepository, name: %4$s, namespace: flux-system}}}}}
        """
            .formatted(name, namespace, isSuspended, repository));
    kubernetes
        .genericKubernetesResources("helm.toolkit.fluxcd.io/v2", "HelmRelease")
        .inNamespace(namespace)
        .withName(name)
        .editStatus(
            each -> {
              each.setAdditionalProperty("status", status);
              return each;
            });
  }

  /** The HelmRelease of Flux that has deployed the release cannot get the chart any more. */
  private void managedByFlux() throws IOException {
    String name = plan.release().name();
    labelledByFlux();
    String since = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String detail =
        "HelmChart 'flux-system/%s-%s' is not ready: chart pull error: failed to get chart version for remote reference: could not get tags for \"quay.io/kubernaut-ai/charts/kubernaut\": could not fetch tags for \"oci://quay.io/kubernaut-ai/charts/kubernaut\": Get \"https://quay.io/v2/kubernaut-ai/charts/kubernaut/tags/list\": dial tcp: lookup quay.io on 172.30.0.10:53: no such host"
            .formatted(namespace, name);
    helmRelease(
        false,
        "kubernaut-ai",
        Map.of(
            "observedGeneration",
            1,
            "helmChart",
            "flux-system/%s-%s".formatted(namespace, name),
            "storageNamespace",
            namespace,
            "conditions",
            List.of(
                condition("Ready", "False", since, "SourceNotReady", detail),
                condition(
                    "Released",
                    "True",
                    since,
                    "InstallSucceeded",
                    "Helm install succeeded for release %s/%s.v1 with chart kubernaut@1.1.0"
                        .formatted(namespace, name)))));
  }

  /** Creates the Job of the migration, whose container has this user. */
  private void runMigrationAs(int user) {
    String name = plan.release().name();
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s-db-migration, namespace: %%s, labels: {app.kubernetes.io/instance: %1$s},
           annotations: {helm.sh/hook: 'post-install,post-upgrade'}},
         spec: {backoffLimit: 3, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=postgresql}},
           spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never, containers: [
             {name: db-migration, image: '%2$s', securityContext: {runAsUser: %3$d}, env: [{name: PGHOST, value: postgresql}]}]}}}}
        """
            .formatted(name, target("db-migrate"), user));
  }

  /**
   * The events and the condition of a claim and of its pod with WaitForFirstConsumer: the scheduler
   * looks at the nodes, and does not say that the claim is not bound.
   */
  private void waitsForItsPod(String claim, String name) {
    event(
        "PersistentVolumeClaim",
        cluster.get(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, claim).orElseThrow(),
        "persistentvolume-controller",
        "Normal",
        "WaitForPodScheduled",
        "waiting for pod %s to be scheduled".formatted(name));
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () -> cluster.get(ResourceType.POD, namespace, name),
            pod ->
                pod.isPresent()
                    && pod.get().fields().list("status", "conditions").stream()
                        .anyMatch(each -> each.content().containsValue("Unschedulable")));
    String message =
        "0/5 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 3 node(s) had untolerated taint {node-role.kubernetes.io/master: }. preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.";
    kubernetes
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(
            now ->
                new PodBuilder(now)
                    .editStatus()
                    .withPhase("Pending")
                    .editMatchingCondition(each -> each.getType().equals("PodScheduled"))
                    .withMessage(message)
                    .endCondition()
                    .endStatus()
                    .build());
    removeEvents(name, "FailedScheduling");
    event(
        "Pod",
        cluster.get(ResourceType.POD, namespace, name).orElseThrow(),
        "default-scheduler",
        "Warning",
        "FailedScheduling",
        message);
  }

  /** A StatefulSet of the second namespace whose command its image does not have. */
  private void withoutProgram(String name) {
    String detail =
        "container create failed: runc create failed: unable to start container process: exec: \"/opt/cache/serve.sh\": stat /opt/cache/serve.sh: no such file or directory";
    create(
        ResourceType.STATEFUL_SET,
        """
        {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: %2$s, namespace: %1$s},
         spec: {replicas: 1, serviceName: %2$s, selector: {matchLabels: {app: %2$s}}, template: {
           metadata: {labels: {app: %2$s}, annotations: {lab.kubernaut.ai/start-error: '%4$s'}},
           spec: {serviceAccountName: kubernaut-workflow-runner, containers: [
             {name: cache, image: '%3$s', command: [/opt/cache/serve.sh]}]}}}}
        """
            .formatted(workflows(), name, target("gateway"), detail));
    KubernetesObject pod =
        WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
            .until(
                () -> cluster.get(ResourceType.POD, workflows(), name + "-0"), Optional::isPresent)
            .orElseThrow();
    event("Pod", pod, "kubelet", "Warning", "Failed", "Error: " + detail);
  }

  /** The new pod of a Deployment waits for its volume, which an earlier node has attached. */
  private void attachedElsewhere(String deployment) {
    String volume =
        cluster
            .get(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, deployment + "-data")
            .flatMap(claim -> claim.fields().text("spec", "volumeName"))
            .orElse("pvc-5f0c9a1e-7d0e-4f0e-9a53-0d6b1a3c2f11");
    String detail =
        "Multi-Attach error for volume \"%s\" Volume is already exclusively attached to one node and can't be attached to another"
            .formatted(volume);
    recreate(deployment, template -> annotated(template, Map.of("mount-error", detail)));
    KubernetesObject pod =
        WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
            .until(
                () -> cluster.list(ResourceType.POD, namespace, Map.of("app", deployment)),
                pods ->
                    pods.size() == 1
                        && hasEvent(pods.get(0).name(), "FailedMount")
                        && !isReady(pods.get(0)))
            .get(0);
    removeEvents(pod.name(), "FailedMount");
    event("Pod", pod, "attachdetach-controller", "Warning", "FailedAttachVolume", detail);
    event(
        "Pod",
        pod,
        "kubelet",
        "Warning",
        "FailedMount",
        "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded");
  }

  private boolean hasEvent(String about, String reason) {
    return cluster.list(ResourceType.EVENT, namespace, Map.of()).stream()
        .anyMatch(
            event ->
                event.fields().text("involvedObject", "name").equals(Optional.of(about))
                    && event.fields().text("reason").equals(Optional.of(reason)));
  }

  /** The Job of the migration has waited for the database too long; its pod is deleted. */
  private void migrationPastDeadline() {
    String name = plan.release().name() + "-db-migration";
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s, namespace: %%s, labels: {app.kubernetes.io/instance: %3$s},
           annotations: {helm.sh/hook: 'post-install,post-upgrade'}},
         spec: {backoffLimit: 3, activeDeadlineSeconds: 600, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=postgresql}},
           spec: {serviceAccountName: %3$s-hook-sa, restartPolicy: Never, containers: [
             {name: db-migration, image: '%2$s', env: [{name: PGHOST, value: postgresql}]}]}}}}
        """
            .formatted(name, target("db-migrate"), plan.release().name()));
    KubernetesObject pod = runningMigration();
    String message = "Job was active longer than specified deadline";
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var jobs = kubernetes.batch().v1().jobs().inNamespace(namespace).withName(name);
    jobs.editStatus(
        job ->
            new JobBuilder(job)
                .editStatus()
                .withActive(0)
                .withReady(0)
                .withFailed(1)
                .addNewCondition()
                .withType("FailureTarget")
                .withStatus("True")
                .withReason("DeadlineExceeded")
                .withMessage(message)
                .withLastTransitionTime(now)
                .withLastProbeTime(now)
                .endCondition()
                .addNewCondition()
                .withType("Failed")
                .withStatus("True")
                .withReason("DeadlineExceeded")
                .withMessage(message)
                .withLastTransitionTime(now)
                .withLastProbeTime(now)
                .endCondition()
                .endStatus()
                .build());
    remove(ResourceType.POD, namespace, pod.name());
    KubernetesObject job = cluster.get(ResourceType.JOB, namespace, name).orElseThrow();
    event("Job", job, "job-controller", "Normal", "SuccessfulDelete", "Deleted pod: " + pod.name());
    event("Job", job, "job-controller", "Warning", "DeadlineExceeded", message);
  }

  /** Creates the Job of the hook for the demo content again, with this image. */
  private void runDemoContent(String image) {
    String name = plan.release().name();
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s-demo-content-seed, namespace: %%s, labels: {app.kubernetes.io/instance: %1$s},
           annotations: {helm.sh/hook: 'post-install,post-upgrade'}},
         spec: {backoffLimit: 3, template: {
           metadata: {labels: {app: demo-content-seed}},
           spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never, containers: [
             {name: demo-content-seed, image: '%2$s', command: [/bin/sh, -c, kubectl apply -f /demo]}]}}}}
        """
            .formatted(name, image));
  }

  /** A policy about pods of the namespace, and its binding. */
  private void policy(String name, String expression, String message, String action) {
    create(
        ResourceType.ADMISSION_POLICY,
        """
        {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: %1$s},
         spec: {failurePolicy: Fail, matchConstraints: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %%s}}, resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]},
           validations: [{expression: "%2$s", message: %3$s}]}}
        """
            .formatted(name, expression, message));
    create(
        ResourceType.ADMISSION_POLICY_BINDING,
        """
        {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: %1$s},
         spec: {policyName: %1$s, validationActions: [%2$s]}}
        """
            .formatted(name, action));
  }

  /** A Job that has completed, although its first pod, which is still there, has failed. */
  private void backupAtSecondTry() {
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job, metadata: {name: pg-backup-29401560, namespace: %%s},
         spec: {backoffLimit: 2, template: {
           metadata: {labels: {app: pg-backup}, annotations: {lab.kubernaut.ai/needs-pod: app=none}},
           spec: {restartPolicy: Never, containers: [
             {name: pg-backup, image: '%1$s', command: [/bin/sh, -c, pg_dump -h postgresql]}]}}}}
        """
            .formatted(target("postgresql-16")));
    endBackup("Failed", "Error", 1);
    endBackup("Succeeded", "Completed", 0);
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () -> cluster.get(ResourceType.JOB, namespace, "pg-backup-29401560").orElseThrow(),
            job ->
                job.fields().list("status", "conditions").stream()
                    .anyMatch(condition -> condition.content().containsValue("Complete")));
  }

  /** Ends the pod of the backup that runs. */
  private void endBackup(String phase, String reason, int exit) {
    String name =
        WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
            .until(
                () ->
                    cluster.list(ResourceType.POD, namespace, Map.of("app", "pg-backup")).stream()
                        .filter(
                            pod ->
                                pod.fields().text("status", "phase").equals(Optional.of("Running")))
                        .map(KubernetesObject::name)
                        .toList(),
                running -> running.size() == 1)
            .get(0);
    endPod(name, phase, reason, exit);
  }

  /** The first container of a pod has ended, and the pod with it. */
  private void endPod(String name, String phase, String reason, int exit) {
    kubernetes
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(
            now ->
                new PodBuilder(now)
                    .editStatus()
                    .withPhase(phase)
                    .editMatchingCondition(each -> each.getType().equals("Ready"))
                    .withStatus("False")
                    .withReason(exit == 0 ? "PodCompleted" : "PodFailed")
                    .endCondition()
                    .editFirstContainerStatus()
                    .withReady(false)
                    .withNewState()
                    .withNewTerminated()
                    .withExitCode(exit)
                    .withReason(reason)
                    .endTerminated()
                    .endState()
                    .endContainerStatus()
                    .endStatus()
                    .build());
  }

  /** Another build under the tag of a planned image; returns what restores the planned one. */
  private Runnable overwriteTag(String name) {
    ImageRef image = target(name);
    Manifest planned = registry.readManifest(image);
    registry.writeManifest(image, otherBuild(name));
    lab.replaceNodes();
    return () -> {
      registry.writeManifest(image, planned);
      lab.replaceNodes();
    };
  }

  /** A Deployment of another release in the same namespace, whose image is nowhere. */
  private void otherRelease(String name, String image) {
    create(
        ResourceType.DEPLOYMENT,
        """
        {apiVersion: apps/v1, kind: Deployment,
         metadata: {name: %1$s, namespace: %%s,
           labels: {app.kubernetes.io/name: %1$s, app.kubernetes.io/instance: loki, app.kubernetes.io/managed-by: Helm, helm.sh/chart: loki-6.18.0},
           annotations: {meta.helm.sh/release-name: loki, meta.helm.sh/release-namespace: %%s}},
         spec: {replicas: 1, selector: {matchLabels: {app.kubernetes.io/name: %1$s, app.kubernetes.io/instance: loki}}, template: {
           metadata: {labels: {app.kubernetes.io/name: %1$s, app.kubernetes.io/instance: loki}},
           spec: {containers: [{name: %1$s, image: '%2$s'}]}}}}
        """
            .formatted(name, image));
  }

  /** Creates the Job of the migration as the chart has it, after Helm has deleted its ConfigMap. */
  private void runMigrationWithFiles() {
    String name = plan.release().name();
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s-db-migration, namespace: %%s, labels: {app.kubernetes.io/instance: %1$s},
           annotations: {helm.sh/hook: 'post-install,post-upgrade'}},
         spec: {backoffLimit: 3, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=postgresql}},
           spec: {serviceAccountName: %1$s-hook-sa, restartPolicy: Never,
             containers: [{name: db-migration, image: '%2$s', env: [{name: PGHOST, value: postgresql}],
               volumeMounts: [{name: migrations, mountPath: /migrations, readOnly: true}]}],
             volumes: [{name: migrations, configMap: {name: %1$s-migrations}}]}}}}
        """
            .formatted(name, target("db-migrate")));
  }

  /** The HelmRelease of Flux that has deployed the release is suspended. */
  private void suspendedFlux() throws IOException {
    String name = plan.release().name();
    labelledByFlux();
    String since =
        Instant.now().minus(Duration.ofHours(9)).truncatedTo(ChronoUnit.SECONDS).toString();
    String detail =
        "Helm install succeeded for release %s/%s.v1 with chart kubernaut@1.1.0"
            .formatted(namespace, name);
    helmRelease(
        true,
        "kubernaut-ai",
        Map.of(
            "observedGeneration",
            1,
            "storageNamespace",
            namespace,
            "conditions",
            List.of(
                condition("Ready", "True", since, "InstallSucceeded", detail),
                condition("Released", "True", since, "InstallSucceeded", detail))));
  }

  /** The second revision, as Helm leaves it when it could not patch an object. */
  private void upgradeRefused(String detail) throws IOException {
    ObjectNode release = firstRevision();
    setOutcome(
        release, "failed", "Upgrade \"%s\" failed: %s".formatted(plan.release().name(), detail));
    for (JsonNode each : release.path("hooks")) {
      List<String> events = events(each);
      if (events.contains("pre-upgrade")) {
        lastRun(each, "2026-11-27T18:40:12.204113Z", "2026-11-27T18:40:37.640118Z", "Succeeded");
      } else {
        neverRun(each);
      }
    }
    storeSecondRevision(release);
  }

  /** A claim created again from its own YAML, with a class whose storage has no room. */
  private void claimOfFullStorage(String name) {
    String storageClass = "ocs-storagecluster-ceph-rbd";
    create(
        ResourceType.STORAGE_CLASS,
        "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: %s}, provisioner: openshift-storage.rbd.csi.ceph.com, reclaimPolicy: Delete, volumeBindingMode: Immediate}"
            .formatted(storageClass));
    createClaimAgain(name, Map.of(), Map.of("storageClassName", storageClass));
    event(
        "PersistentVolumeClaim",
        cluster.get(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, name).orElseThrow(),
        "openshift-storage.rbd.csi.ceph.com",
        "Warning",
        "ProvisioningFailed",
        "failed to provision volume with StorageClass \"%s\": rpc error: code = DeadlineExceeded desc = context deadline exceeded"
            .formatted(storageClass));
  }

  /** Its manifests for platforms have no tag, so that the registry has deleted them. */
  private void collectGarbage(String name) {
    for (String architecture : List.of("amd64", "arm64")) {
      ImageRef child = ImageRef.parse(digestFor(name, architecture));
      Manifest manifest = lab.deleteFromMirror(child);
      repairs.add(() -> registry.writeManifest(child, manifest));
    }
    lab.replaceNodes();
  }

  /** A webhook of another product, without which the API server creates pods all the same. */
  private void webhookThatMayFail() {
    String where = world.name("image-audit");
    create(
        ResourceType.NAMESPACE,
        "{apiVersion: v1, kind: Namespace, metadata: {name: %1$s}}".formatted(where));
    create(
        ResourceType.SERVICE,
        """
        {apiVersion: v1, kind: Service, metadata: {name: image-audit, namespace: %1$s},
         spec: {selector: {app: image-audit}, ports: [{port: 443, targetPort: 8443}]}}
        """
            .formatted(where));
    create(
        ResourceType.DEPLOYMENT,
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: image-audit, namespace: %1$s},
         spec: {replicas: 0, selector: {matchLabels: {app: image-audit}}, template: {
           metadata: {labels: {app: image-audit}},
           spec: {containers: [{name: image-audit, image: 'registry.corp/audit/image-audit:2.4'}]}}}}
        """
            .formatted(where));
    create(
        ResourceType.VALIDATING_WEBHOOKS,
        """
        {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: %1$s},
         webhooks: [{name: audit.images.corp, admissionReviewVersions: [v1], sideEffects: None, failurePolicy: Ignore,
           clientConfig: {service: {name: image-audit, namespace: %1$s, path: /audit}},
           namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %%s}},
           rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}]}
        """
            .formatted(where));
  }

  /**
   * A worker node is drained and replaced by a machine of another platform under its name, which
   * only pods for it tolerate.
   */
  private void replaceByMachine(int number, String architecture) {
    String name = worker(number);
    nodes(
        node -> {
          if (node.getMetadata().getName().equals(name)) {
            node.getMetadata().getLabels().put(ARCHITECTURE, architecture);
            node.getStatus().getNodeInfo().setArchitecture(architecture);
            node.getSpec()
                .setTaints(List.of(new Taint("NoSchedule", "dedicated", null, "database")));
          }
        });
    repairs.add(
        () -> write(name, node -> node.getMetadata().getLabels().put(ARCHITECTURE, "amd64")));
    lab.replaceNodes();
    for (Pod pod : kubernetes.pods().inNamespace(namespace).list().getItems()) {
      if (name.equals(pod.getSpec().getNodeName())) {
        remove(ResourceType.POD, namespace, pod.getMetadata().getName());
      }
    }
    waitForRelease();
  }

  /** A claim created again for a certain volume without a class, which does not exist. */
  private void claimOfAbsentVolume(String name) {
    // Otherwise the lab provides a volume for a claim without a class.
    createClaimAgain(
        name,
        Map.of("lab.kubernaut.ai/without-volume", "true"),
        Map.of("storageClassName", "", "volumeName", "nfs-valkey-restored"));
  }

  /** Creates a claim again from its own YAML, without what controllers have added. */
  private void createClaimAgain(
      String name, Map<String, String> moreAnnotations, Map<String, String> source) {
    KubernetesObject before =
        cluster.get(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, name).orElseThrow();
    delete(ResourceType.PERSISTENT_VOLUME_CLAIM, name);
    Fields metadata = before.fields().fields("metadata");
    Map<String, Object> annotations = new HashMap<>(metadata.fields("annotations").content());
    annotations.keySet().removeIf(each -> each.startsWith("pv.kubernetes.io/"));
    annotations.putAll(moreAnnotations);
    Map<String, Object> spec = new HashMap<>(source);
    spec.put("accessModes", List.of("ReadWriteOnce"));
    spec.put("resources", before.fields().fields("spec", "resources").content());
    cluster.create(
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        KubernetesObject.named(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, name)
            .with(metadata.fields("labels").content(), "metadata", "labels")
            .with(annotations, "metadata", "annotations")
            .with(spec, "spec"));
    repairs.add(() -> remove(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace, name));
  }

  /** The second revision, which the HelmRelease of Flux could not deploy because of this hook. */
  private void upgradeFailedByFlux(String hook) throws IOException {
    String name = plan.release().name();
    String job = name + "-" + hook;
    String failure =
        "post-upgrade hooks failed: 1 error occurred:\n\t* job %s failed: BackoffLimitExceeded\n\n"
            .formatted(job);
    labelledByFlux();
    ObjectNode release = firstRevision();
    setOutcome(release, "failed", "Upgrade \"%s\" failed: %s".formatted(name, failure));
    int weight = 0;
    for (JsonNode each : release.path("hooks")) {
      if (each.path("name").asText().equals(job)) {
        weight = each.path("weight").asInt(0);
      }
    }
    int failed = 0;
    for (JsonNode each : release.path("hooks")) {
      List<String> events = events(each);
      boolean isFailed = each.path("name").asText().equals(job);
      boolean isEarlier =
          events.contains("pre-upgrade")
              || (events.contains("post-upgrade") && each.path("weight").asInt(0) < weight);
      failed += isFailed ? 1 : 0;
      if (isFailed || isEarlier) {
        lastRun(
            each,
            "2026-11-28T02:11:07.113204Z",
            "2026-11-28T02:11:37.640118Z",
            isFailed ? "Failed" : "Succeeded");
      } else {
        neverRun(each);
      }
    }
    assertThat(failed).isEqualTo(1);
    storeSecondRevision(release);
    String since =
        Instant.now().minus(Duration.ofMinutes(4)).truncatedTo(ChronoUnit.SECONDS).toString();
    String detail =
        "Helm upgrade failed for release %s/%s with chart kubernaut@1.1.0: %s"
            .formatted(namespace, name, failure);
    helmRelease(
        false,
        "kubernaut-mirror",
        Map.of(
            "observedGeneration",
            1,
            "failures",
            1,
            "upgradeFailures",
            1,
            "storageNamespace",
            namespace,
            "conditions",
            List.of(
                condition(
                    "Stalled",
                    "True",
                    since,
                    "RetriesExceeded",
                    "Failed to upgrade after 1 attempt(s)"),
                condition("Ready", "False", since, "UpgradeFailed", detail),
                condition("Released", "False", since, "UpgradeFailed", detail))));
  }

  /** The Job of the migration, which may not fail once, needs more memory than its limit. */
  private void migrationOutOfMemory() {
    String name = plan.release().name() + "-db-migration";
    create(
        ResourceType.JOB,
        """
        {apiVersion: batch/v1, kind: Job,
         metadata: {name: %1$s, namespace: %%s, labels: {app.kubernetes.io/instance: %3$s},
           annotations: {helm.sh/hook: 'post-install,post-upgrade'}},
         spec: {backoffLimit: 0, template: {
           metadata: {labels: {app: db-migration}, annotations: {lab.kubernaut.ai/needs-pod: app=none}},
           spec: {serviceAccountName: %3$s-hook-sa, restartPolicy: Never, containers: [
             {name: db-migration, image: '%2$s', resources: {limits: {memory: 64Mi}}, env: [{name: PGHOST, value: postgresql}]}]}}}}
        """
            .formatted(name, target("db-migrate"), plan.release().name()));
    KubernetesObject pod = runningMigration();
    endPod(pod.name(), "Failed", "OOMKilled", 137);
    waitForFailure(name);
    event(
        "Job",
        cluster.get(ResourceType.JOB, namespace, name).orElseThrow(),
        "job-controller",
        "Warning",
        "BackoffLimitExceeded",
        "Job has reached the specified backoff limit");
  }

  /** The only pod of a Deployment waits for a volume. */
  private void waitForMount(String deployment) {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(
            () -> cluster.list(ResourceType.POD, namespace, Map.of("app", deployment)),
            pods ->
                pods.size() == 1
                    && !isReady(pods.get(0))
                    && hasEvent(pods.get(0).name(), "FailedMount"));
  }

  /** The release was installed with a proxy of the LLM beside it, whose pod has this image. */
  private void llmProxy(String image) throws IOException {
    String installed = "http://litellm.internal.svc:4000";
    String endpoint = "http://litellm.%s.svc:4000".formatted(namespace);
    changeManifest(installed, endpoint);
    change(
        ResourceType.CONFIG_MAP,
        namespace,
        "holmesgpt-sdk-config",
        object ->
            object.with(
                object
                    .fields()
                    .text("data", "sdk-config.yaml")
                    .orElseThrow()
                    .replace(installed, endpoint),
                "data",
                "sdk-config.yaml"));
    create(
        ResourceType.SERVICE,
        "{apiVersion: v1, kind: Service, metadata: {name: litellm, namespace: %s}, spec: {selector: {app: litellm}, ports: [{name: http, port: 4000, targetPort: 4000}]}}");
    create(
        ResourceType.DEPLOYMENT,
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: litellm, namespace: %%s},
         spec: {replicas: 1, selector: {matchLabels: {app: litellm}}, template: {
           metadata: {labels: {app: litellm}},
           spec: {containers: [{name: litellm, image: '%1$s', ports: [{containerPort: 4000}]}]}}}}
        """
            .formatted(image));
  }

  /** A new certificate and its CA in the Secret and the webhooks, and the key of the old one. */
  private void renewCertificateOnly() {
    Object key =
        cluster
            .get(ResourceType.SECRET, namespace, "authwebhook-tls")
            .flatMap(secret -> secret.fields().text("data", "tls.key"))
            .orElseThrow();
    certifyService("authwebhook");
    replace(
        ResourceType.SECRET,
        namespace,
        "authwebhook-tls",
        secret -> secret.with(key, "data", "tls.key"));
  }

  /** The Application of Argo CD that has taken over the release waits for a synchronization. */
  private void outOfSyncInArgoCd() {
    String name = plan.release().name();
    String where = world.name("openshift-gitops");
    for (ResourceType type :
        List.of(
            ResourceType.DEPLOYMENT,
            ResourceType.SERVICE,
            ResourceType.SERVICE_ACCOUNT,
            ResourceType.CONFIG_MAP,
            ResourceType.PERSISTENT_VOLUME_CLAIM)) {
      String group = type.equals(ResourceType.DEPLOYMENT) ? "apps" : "";
      for (KubernetesObject each :
          cluster.list(type, namespace, Map.of("app.kubernetes.io/instance", name))) {
        change(
            type,
            namespace,
            each.name(),
            object ->
                object.with(
                    "%s:%s/%s:%s/%s".formatted(name, group, type.kind(), namespace, each.name()),
                    "metadata",
                    "annotations",
                    "argocd.argoproj.io/tracking-id"));
      }
    }
    create(
        ResourceType.NAMESPACE,
        "{apiVersion: v1, kind: Namespace, metadata: {name: %1$s}}".formatted(where));
    serve(APPLICATION, "");
    String since =
        Instant.now().minus(Duration.ofHours(3)).truncatedTo(ChronoUnit.SECONDS).toString();
    create(
        APPLICATION,
        """
        {apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: %1$s, namespace: %2$s},
         spec: {project: default, destination: {server: 'https://kubernetes.default.svc', namespace: %3$s},
           source: {repoURL: 'https://git.corp/platform/kubernaut.git', path: charts/kubernaut, targetRevision: main,
             helm: {releaseName: %1$s, valueFiles: [values-ocp.yaml, values-airgap.yaml]}}},
         status: {
           sync: {status: OutOfSync, revision: 4f1c2a9e0b7d6c5f8e3a1b2c4d5e6f7a8b9c0d1e,
             comparedTo: {destination: {server: 'https://kubernetes.default.svc', namespace: %3$s}, source: {repoURL: 'https://git.corp/platform/kubernaut.git', path: charts/kubernaut, targetRevision: main}}},
           health: {status: Healthy}, reconciledAt: '%4$s',
           operationState: {phase: Succeeded, message: 'successfully synced (all tasks run)', startedAt: '%4$s', finishedAt: '%4$s',
             operation: {sync: {revision: 0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b}}},
           resources: [
             {version: v1, kind: ConfigMap, namespace: %3$s, name: notification-controller-config, status: OutOfSync},
             {group: apps, version: v1, kind: Deployment, namespace: %3$s, name: gateway, status: Synced, health: {status: Healthy}}]}}
        """
            .formatted(name, where, namespace, since));
  }

  private static boolean isReady(KubernetesObject pod) {
    return pod.fields().list("status", "conditions").stream()
        .anyMatch(
            condition ->
                condition.text("type").equals(Optional.of("Ready"))
                    && condition.text("status").equals(Optional.of("True")));
  }

  private static Map<String, Object> variable(
      String name, String source, Map<String, Object> reference) {
    return Map.of("name", name, "valueFrom", Map.of(source, reference));
  }

  private static KubernetesObject withoutAuthority(KubernetesObject configuration) {
    return withClients(configuration, client -> client.remove("caBundle"));
  }

  /** As the data of a Secret that somebody has encoded once more. */
  private static KubernetesObject withAuthorityEncodedTwice(KubernetesObject configuration) {
    return withClients(
        configuration,
        client -> client.computeIfPresent("caBundle", (key, ca) -> base64(ca.toString())));
  }

  private static KubernetesObject withClients(
      KubernetesObject configuration, Consumer<Map<String, Object>> change) {
    return configuration.with(
        configuration.fields().list("webhooks").stream()
            .map(
                webhook -> {
                  Map<String, Object> client =
                      new HashMap<>(webhook.fields("clientConfig").content());
                  change.accept(client);
                  return webhook.with(client, "clientConfig").content();
                })
            .toList(),
        "webhooks");
  }

  private static Fields withAdded(Fields spec, String list, Map<String, Object> element) {
    return spec.with(
        Stream.concat(spec.list(list).stream().map(Fields::content), Stream.of(element)).toList(),
        list);
  }

  /** A template with annotations for the lab. */
  private static Fields annotated(Fields template, Map<String, String> annotations) {
    Fields annotated = template;
    for (Map.Entry<String, String> each : annotations.entrySet()) {
      annotated =
          annotated.with(
              each.getValue(), "metadata", "annotations", "lab.kubernaut.ai/" + each.getKey());
    }
    return annotated;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void deleteImage(String name) {
    ImageRef image = target(name);
    Manifest manifest = lab.deleteFromMirror(image);
    repairs.add(() -> registry.writeManifest(image, manifest));
    lab.replaceNodes();
  }

  private String pinned(String name) {
    return plan.entries().stream()
        .filter(entry -> entry.source().repository().name().endsWith("/" + name))
        .findFirst()
        .flatMap(plan::redirectedReference)
        .orElseThrow()
        .toString();
  }

  private void reach(String deployment, UnaryOperator<HttpRegistryClient.Builder> change) {
    lab.replaceNodes(change);
    restart(deployment);
  }

  private String tlsHost() {
    return cluster.address().substring("https://".length());
  }

  private String httpServer(int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    repairs.add(() -> server.stop(0));
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers what is not HTTP, such as the beginning of TLS, as web servers do. */
  private String plainServer() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                  if (client.getInputStream().read(new byte[8192]) > 0) {
                    client
                        .getOutputStream()
                        .write(
                            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                  }
                } catch (IOException e) {
                  // The client has gone, or the server is closed.
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    repairs.add(
        () -> {
          try {
            server.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return "127.0.0.1:" + server.getLocalPort();
  }

  private void pullSecret(String user, String password) {
    pullSecret(user == null ? "{}" : "{%s}".formatted(entry("", user, password)));
  }

  /** Entries for paths of the mirror, with the password of its user for each. */
  private void pullSecret(Map<String, String> passwords) {
    String user = lab.mirrorCredentials().username();
    pullSecret(
        passwords.entrySet().stream()
            .map(each -> entry(each.getKey(), user, each.getValue()))
            .collect(Collectors.joining(",", "{", "}")));
  }

  private void pullSecret(String auths) {
    String json = "{\"auths\":" + auths + "}";
    change(
        ResourceType.SECRET,
        "openshift-config",
        "pull-secret",
        secret -> secret.with(base64(json), "data", ".dockerconfigjson"));
    waitForNodes();
    repairs.add(this::waitForNodes);
    lab.replaceNodes();
  }

  private String mirrorPassword() {
    return lab.mirrorCredentials().password().reveal();
  }

  private String entry(String path, String user, String password) {
    return "\"%s\":{\"auth\":\"%s\"}".formatted(mirror + path, base64(user + ":" + password));
  }

  /** A change of the pull secret or of mirror rules reaches the nodes after some time. */
  private void waitForNodes() {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(50))
        .until(() -> lab.nodesAreUpdated(), has -> has);
  }

  private void mirrorRule(String source, String to) {
    create(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        """
        {apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: r%s},
         spec: {imageDigestMirrors: [{source: %s, mirrors: ['%s']}]}}
        """
            .formatted(Integer.toHexString(source.hashCode()), source, to));
    waitForNodes();
  }

  private void create(ResourceType type, String yaml) {
    KubernetesObject created =
        cluster.create(
            type,
            KubernetesObject.of(
                Fields.of(
                    Yaml.readMapping(
                        "scenario", yaml.replace("%s", namespace), Yaml.DuplicateKeys.REFUSED))));
    repairs.add(() -> remove(type, created.namespace().orElse(null), created.name()));
  }

  private void delete(ResourceType type, String name) {
    delete(type, namespace, name);
  }

  private void delete(ResourceType type, String where, String name) {
    KubernetesObject object = cluster.get(type, where, name).orElseThrow();
    remove(type, where, name);
    repairs.add(() -> cluster.create(type, plain(object)));
  }

  private static KubernetesObject plain(KubernetesObject object) {
    Map<String, Object> metadata = new HashMap<>(object.fields().fields("metadata").content());
    metadata.remove("resourceVersion");
    metadata.remove("uid");
    metadata.remove("annotations");
    Map<String, Object> spec = new HashMap<>(object.fields().fields("spec").content());
    KubernetesObject plain = object.with(metadata, "metadata");
    // A new claim gets another volume.
    return spec.remove("volumeName") == null ? plain : plain.with(spec, "spec");
  }

  /** Replaces an object, and puts it back afterwards. */
  private void change(
      ResourceType type, String where, String name, UnaryOperator<KubernetesObject> change) {
    KubernetesObject before = cluster.get(type, where, name).orElseThrow();
    replace(type, where, name, change);
    repairs.add(
        () ->
            replace(
                type,
                where,
                name,
                now ->
                    before.with(
                        now.fields().text("metadata", "resourceVersion").orElseThrow(),
                        "metadata",
                        "resourceVersion")));
  }

  private void replace(
      ResourceType type, String where, String name, UnaryOperator<KubernetesObject> change) {
    again(() -> cluster.replace(type, change.apply(cluster.get(type, where, name).orElseThrow())));
  }

  private void remove(ResourceType type, String where, String name) {
    if (type.equals(ResourceType.JOB)) {
      // API servers leave the pods of a Job unless the request says otherwise.
      kubernetes
          .batch()
          .v1()
          .jobs()
          .inNamespace(where)
          .withName(name)
          .withPropagationPolicy(DeletionPropagation.BACKGROUND)
          .delete();
      return;
    }
    again(() -> cluster.get(type, where, name).ifPresent(found -> cluster.delete(type, found)));
  }

  /** Controllers write the status of the same objects, so that a change may conflict. */
  private static void again(Runnable step) {
    for (int attempt = 1; ; attempt++) {
      try {
        step.run();
        return;
      } catch (ClusterException e) {
        if (e.reason() != ClusterException.Reason.CONFLICT || attempt == 50) {
          throw e;
        }
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == 50) {
          throw e;
        }
      }
    }
  }

  /** Changes the spec and the status of the nodes, as their kubelets do. */
  private void nodes(Consumer<Node> change) {
    for (Node before :
        kubernetes.nodes().withLabel("node-role.kubernetes.io/worker").list().getItems()) {
      String name = before.getMetadata().getName();
      write(name, change);
      repairs.add(
          () ->
              write(
                  name,
                  node -> {
                    node.setSpec(before.getSpec());
                    node.setStatus(before.getStatus());
                  }));
    }
  }

  private void write(String name, Consumer<Node> change) {
    var node = kubernetes.nodes().withName(name);
    again(() -> node.edit(now -> changed(now, change)));
    again(() -> node.editStatus(now -> changed(now, change)));
  }

  private static Node changed(Node node, Consumer<Node> change) {
    Node copy = new NodeBuilder(node).build();
    change.accept(copy);
    return copy;
  }

  private void platform(String architecture) {
    nodes(node -> node.getStatus().getNodeInfo().setArchitecture(architecture));
    lab.replaceNodes();
  }

  private void taint(String key, String value) {
    nodes(node -> node.getSpec().setTaints(List.of(new Taint("NoSchedule", key, null, value))));
  }

  private void nodesNotReady() {
    nodes(
        node -> {
          node.getSpec()
              .setTaints(
                  List.of(new Taint("NoSchedule", "node.kubernetes.io/not-ready", null, null)));
          node.getStatus()
              .setConditions(
                  List.of(
                      new NodeConditionBuilder()
                          .withType("Ready")
                          .withStatus("False")
                          .withMessage("kubelet stopped")
                          .build()));
        });
  }

  private void allocatable(String cpu) {
    nodes(node -> node.getStatus().setAllocatable(Map.of("cpu", Quantity.parse(cpu))));
  }

  private void allocatable(int number, String cpu) {
    String name = worker(number);
    nodes(
        node -> {
          if (node.getMetadata().getName().equals(name)) {
            node.getStatus().setAllocatable(Map.of("cpu", Quantity.parse(cpu)));
          }
        });
  }

  /** A policy that was just created does not apply at once. */
  private void waitForPolicy() {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(() -> isPodRefused("any:1"), refused -> refused);
  }

  private boolean isPodRefused(String image) {
    try {
      var unused =
          kubernetes
              .pods()
              .inNamespace(namespace)
              .resource(
                  new PodBuilder()
                      .withNewMetadata()
                      .withName("refused")
                      .endMetadata()
                      .withNewSpec()
                      .addNewContainer()
                      .withName("main")
                      .withImage(mirror + "/" + image)
                      .endContainer()
                      .endSpec()
                      .build())
              .dryRun()
              .create();
      return false;
    } catch (KubernetesClientException e) {
      return true;
    }
  }

  private void label(String key, String value) {
    change(
        ResourceType.NAMESPACE,
        null,
        namespace,
        object -> object.with(value, "metadata", "labels", key));
  }

  /** Deletes the pods of a Deployment, so that new ones are created. */
  private void restart(String deployment) {
    recreate(deployment, template -> template);
  }

  /** Deletes the pods of a Deployment, and changes the template for the new ones. */
  private void recreate(String deployment, UnaryOperator<Fields> change) {
    template(
        deployment,
        template ->
            change
                .apply(template)
                .with(String.valueOf(System.nanoTime()), "metadata", "annotations", "restarted"),
        true);
  }

  private void template(String deployment, UnaryOperator<Fields> change, boolean recreate) {
    change(
        ResourceType.DEPLOYMENT,
        namespace,
        deployment,
        object -> {
          KubernetesObject changed =
              object.with(
                  change.apply(object.fields().fields("spec", "template")).content(),
                  "spec",
                  "template");
          return recreate ? changed.with(Map.of("type", "Recreate"), "spec", "strategy") : changed;
        });
  }

  private void pod(String deployment, UnaryOperator<Fields> change) {
    template(
        deployment,
        template -> template.with(change.apply(template.fields("spec")).content(), "spec"),
        false);
  }

  private static Fields withContainer(Fields template, UnaryOperator<Fields> change) {
    Fields container = template.list("spec", "containers").get(0);
    return template.with(List.of(change.apply(container).content()), "spec", "containers");
  }

  /** Only the environment names Valkey then. */
  private static Fields withQueueAddress(Fields template) {
    return withContainer(
        template,
        container ->
            container.with(
                List.of(Map.of("name", "QUEUE_ADDRESS", "value", "valkey:6379")), "env"));
  }

  private void container(String deployment, UnaryOperator<Fields> change) {
    template(deployment, template -> withContainer(template, change), false);
  }

  private void image(String deployment, UnaryOperator<String> change) {
    template(deployment, template -> withImage(template, change), false);
  }

  private static Fields withImage(Fields template, UnaryOperator<String> change) {
    return withContainer(
        template,
        container -> container.with(change.apply(container.text("image").orElseThrow()), "image"));
  }

  private void volume(String deployment, Map<String, Object> volume) {
    pod(deployment, spec -> withAdded(spec, "volumes", volume));
  }

  private void annotate(String deployment, String name, String value, String log) {
    template(
        deployment,
        template ->
            template
                .with(value, "metadata", "annotations", "lab.kubernaut.ai/" + name)
                .with(log, "metadata", "annotations", "lab.kubernaut.ai/log"),
        false);
  }
}
