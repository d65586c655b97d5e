package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.seal.SealConfigurer;
import ai.kubernaut.airgap.seal.SealOptions;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API server evaluates the expressions of the seal for every pod. Pods that tests create have a
 * scheduler that does not exist, so that no node starts them.
 */
@Timeout(120)
final class SealOnClusterTest {
  private static final Target MIRROR = Target.registry("harbor.corp:5000/mirror");
  private static final SealOptions DENY = SealOptions.builder().build();
  private static final String NO_SCHEDULER = "kubernaut-airgap-test";

  @TempDir Path directory;

  private TestCluster cluster;
  private KubernetesClient kubernetes;
  private ClusterClient client;
  private String sealed;
  private String other;

  @BeforeEach
  void start() {
    cluster = TestCluster.startWithoutPods(directory);
    kubernetes = cluster.client();
    client = Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig());
    TestCluster.assumeAdmissionPolicies(client);
    sealed = cluster.name("sealed");
    other = cluster.name("other");
    for (String name : List.of(sealed, other)) {
      cluster.createNamespace(
          new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build());
    }
  }

  @AfterEach
  void stop() {
    client.close();
    kubernetes.close();
    cluster.close();
  }

  private static Digest digest(String image) {
    return Digest.sha256(image.getBytes(StandardCharsets.UTF_8));
  }

  private MirrorPlan plan(Target mirror, String... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(mirror).release(release());
    for (String image : images) {
      ImageRef source = ImageRef.parse(image);
      plan.addEntries(
          MirrorEntry.builder()
              .source(source)
              .target(mirror.nameOf(source))
              .digest(source.digest().orElse(digest(image)))
              .build());
    }
    return plan.build();
  }

  private ReleaseName release() {
    return ReleaseName.of("kubernaut", sealed);
  }

  private ClusterChange seal(MirrorPlan plan, SealOptions options) {
    return new SealConfigurer(client).plan(plan, Set.of(sealed), options);
  }

  private ChangeReport apply(ClusterChange change) {
    return new ClusterChanger(client, event -> {}).apply(change).orElseThrow();
  }

  private static KubernetesObject pod(String namespace, String name, String image) {
    return KubernetesObject.named(ResourceType.POD, namespace, name)
        .with(NO_SCHEDULER, "spec", "schedulerName")
        .with(List.of(Map.of("name", "main", "image", image)), "spec", "containers");
  }

  /** Asks the API server whether it would create a pod. */
  private boolean accepts(String namespace, String image) {
    try {
      kubernetes
          .pods()
          .resource(
              new PodBuilder()
                  .withNewMetadata()
                  .withNamespace(namespace)
                  .withName("probe")
                  .endMetadata()
                  .withNewSpec()
                  .addNewContainer()
                  .withName("main")
                  .withImage(image)
                  .endContainer()
                  .endSpec()
                  .build())
          .dryRun()
          .create();
      return true;
    } catch (KubernetesClientException e) {
      assertThat(e.getCode()).as(e.getMessage()).isEqualTo(422);
      return false;
    }
  }

  /** Applies a seal that refuses an image, and waits until the API server knows of it. */
  private void applyAndAwaitRefusal(ClusterChange change, String image) {
    apply(change);
    await(() -> !accepts(sealed, image));
  }

  @Test
  void onlyTheReferencesOfThePlanAreAccepted() {
    String image = "quay.io/kubernaut-ai/gateway:v1.1.0";
    applyAndAwaitRefusal(seal(plan(MIRROR, image), DENY), "nginx");
    String mirrored = "harbor.corp:5000/mirror/kubernaut-ai/gateway";
    assertThat(
            List.of(
                mirrored + ":v1.1.0",
                mirrored + ":v1.1.0@" + digest(image),
                mirrored + "@" + digest(image)))
        .allMatch(allowed -> accepts(sealed, allowed));
    assertThat(
            List.of(
                mirrored,
                mirrored + ":v1.1.1",
                mirrored + ":v1.1.0@" + digest("another"),
                mirrored + "@" + digest("another"),
                mirrored + "-x:v1.1.0",
                "harbor.corp.evil:5000/mirror/kubernaut-ai/gateway:v1.1.0",
                "harbor.corp:5000.evil/mirror/kubernaut-ai/gateway:v1.1.0",
                "evil/" + mirrored + ":v1.1.0",
                "HARBOR.corp:5000/mirror/kubernaut-ai/gateway:v1.1.0",
                image,
                "quay.io/kubernaut-ai/gateway@" + digest(image),
                "nginx"))
        .noneMatch(foreign -> accepts(sealed, foreign))
        .allMatch(foreign -> accepts(other, foreign));
    assertThat(accepts(sealed, " " + mirrored + ":v1.1.0")).isFalse();
  }

  @Test
  void generatedReferencesAreAcceptedIfAndOnlyIfThePlanHasThem() {
    Random random = new Random(7);
    Set<String> images = new TreeSet<>();
    while (images.size() < 12) {
      images.add(
          "reg%d.io/org/%s:v%d".formatted(random.nextInt(2), word(random, 3), random.nextInt(3)));
    }
    MirrorPlan plan = plan(MIRROR, images.toArray(String[]::new));
    applyAndAwaitRefusal(seal(plan, DENY), "nginx");
    Set<String> allowed = new TreeSet<>();
    for (MirrorEntry entry : plan.entries()) {
      Digest digest = entry.digest().orElseThrow();
      allowed.add(entry.target().toString());
      allowed.add(entry.target().withDigest(digest).toString());
      allowed.add(entry.target().repository().digest(digest).toString());
    }
    assertThat(allowed).hasSize(36).allMatch(image -> accepts(sealed, image));
    List<String> known = List.copyOf(allowed);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      String mutant = mutant(known.get(random.nextInt(known.size())), random);
      assertThat(accepts(sealed, mutant)).as(mutant).isEqualTo(allowed.contains(mutant));
      refused += allowed.contains(mutant) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(250);
  }

  private static String word(Random random, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append((char) ('a' + random.nextInt(3)));
    }
    return word.toString();
  }

  /** The reference with a small change: another tag, digest, repository, registry or case. */
  private static String mutant(String image, Random random) {
    int at = random.nextInt(image.length());
    return switch (random.nextInt(7)) {
      case 0 -> image.substring(0, at) + word(random, 1) + image.substring(at + 1);
      case 1 -> image.substring(0, at) + word(random, 1) + image.substring(at);
      case 2 -> image.substring(0, at) + image.substring(at + 1);
      case 3 -> image.replace("harbor.corp", "harbor.corp.evil");
      case 4 -> image.replaceAll("@.*", "") + "@" + digest(word(random, 5));
      case 5 -> image.substring(0, at) + image.substring(at).toUpperCase(Locale.ROOT);
      default -> "evil.io/" + image;
    };
  }

  @Test
  void everyPartOfAPodThatHasAnImageIsChecked() {
    applyAndAwaitRefusal(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY), "nginx");
    KubernetesObject allowed = pod(sealed, "web", "harbor.corp:5000/mirror/org/app:v1");
    List<Map<String, String>> foreign = List.of(Map.of("name", "x", "image", "quay.io/org/app:v1"));
    List<Map<String, Object>> volume =
        List.of(Map.of("name", "x", "image", Map.of("reference", "quay.io/org/app:v1")));
    assertRefused(allowed.with(foreign, "spec", "initContainers"), "denied request");
    // Kubernetes validates these before it evaluates policies: pods are created without ephemeral
    // containers, containers have an image, and volumes are images only where that is enabled.
    for (KubernetesObject pod :
        List.of(
            allowed.with(foreign, "spec", "ephemeralContainers"),
            allowed.with(volume, "spec", "volumes"),
            allowed.with(List.of(Map.of("name", "x")), "spec", "initContainers"))) {
      assertRefused(pod, cluster.isInThisJvm() ? "denied request" : "");
    }
    client.create(
        ResourceType.POD,
        allowed
            .with(List.of(Map.of("name", "x", "emptyDir", Map.of())), "spec", "volumes")
            .with(
                List.of(Map.of("name", "x", "image", "harbor.corp:5000/mirror/org/app:v1")),
                "spec",
                "initContainers"));
  }

  private void assertRefused(KubernetesObject pod, String message) {
    assertThatThrownBy(() -> client.create(ResourceType.POD, pod))
        .isInstanceOfSatisfying(
            ClusterException.class,
            e -> assertThat(e.reason()).isEqualTo(ClusterException.Reason.INVALID))
        .hasMessageContaining(message);
  }

  @Test
  void anEphemeralContainerWithAnotherImageIsDenied() {
    client.create(ResourceType.POD, pod(sealed, "web", "nginx"));
    applyAndAwaitRefusal(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY), "nginx");
    PodResource web = kubernetes.pods().inNamespace(sealed).withName("web");
    assertThatThrownBy(() -> web.ephemeralContainers().edit(debug("busybox")))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(422);
              assertThat(e.getStatus().getReason()).isEqualTo("Invalid");
              assertThat(e.getStatus().getDetails().getKind()).isEqualTo("pods");
              assertThat(e.getStatus().getDetails().getCauses().get(0).getMessage())
                  .startsWith("ValidatingAdmissionPolicy 'seal-" + sealed + "-kubernaut-")
                  .contains(
                      "denied request: not allowed: busybox;",
                      "the namespace is sealed for release kubernaut",
                      "in harbor.corp:5000/mirror are allowed");
            });
    web.ephemeralContainers().edit(debug("harbor.corp:5000/mirror/org/app:v1"));
    assertThat(web.get().getSpec().getEphemeralContainers()).hasSize(1);
  }

  private static UnaryOperator<Pod> debug(String image) {
    return pod ->
        new PodBuilder(pod)
            .editSpec()
            .addNewEphemeralContainer()
            .withName("debug")
            .withImage(image)
            .endEphemeralContainer()
            .endSpec()
            .build();
  }

  @Test
  void aPodThatRunsAlreadyIsReportedAndCanBeUpdatedButGetsNoOtherImage() {
    KubernetesObject old = client.create(ResourceType.POD, pod(sealed, "old", "nginx"));
    ClusterChange change = seal(plan(MIRROR, "quay.io/org/app:v1"), DENY);
    assertThat(change.problems())
        .extracting(Problem::code, problem -> problem.subject().name())
        .containsExactly(tuple(ProblemCode.SEAL_REFUSES_RUNNING_POD, sealed + "/old"));
    applyAndAwaitRefusal(change, "nginx");
    KubernetesObject labelled =
        client.replace(
            ResourceType.POD,
            client
                .get(ResourceType.POD, sealed, "old")
                .orElse(old)
                .with("value", "metadata", "labels", "key"));
    assertThat(labelled.labels()).containsEntry("key", "value");
    Fields main = labelled.fields().list("spec", "containers").get(0).with("httpd", "image");
    KubernetesObject changed = labelled.with(List.of(main.content()), "spec", "containers");
    assertThatThrownBy(() -> client.replace(ResourceType.POD, changed))
        .hasMessageContaining("not allowed: httpd");
  }

  @Test
  void aWarningIsSentInsteadOfADenial() throws Exception {
    applyAndAwaitRefusal(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY), "nginx");
    apply(
        seal(
            plan(MIRROR, "quay.io/org/app:v1"),
            SealOptions.builder().action(SealOptions.Action.WARN).build()));
    await(() -> accepts(sealed, "nginx"));
    HttpClient http = kubernetes.getHttpClient();
    HttpResponse<String> response =
        http.sendAsync(
                http.newHttpRequestBuilder()
                    .uri(kubernetes.getMasterUrl() + "api/v1/namespaces/" + sealed + "/pods")
                    .post(
                        "application/json",
                        """
                        {"metadata": {"name": "web"}, "spec": {"schedulerName": "%s",
                         "containers": [{"name": "main", "image": "nginx"}]}}
                        """
                            .formatted(NO_SCHEDULER))
                    .build(),
                String.class)
            .get();
    assertThat(response.code()).isEqualTo(201);
    assertThat(response.headers("Warning"))
        .filteredOn(warning -> warning.contains("ValidatingAdmissionPolicy"))
        .singleElement()
        .asString()
        .startsWith("299 - \"Validation failed for ValidatingAdmissionPolicy 'seal-" + sealed + "-")
        .contains("not allowed: nginx");
  }

  @Test
  void thePodsOfWorkloadsAreCheckedToo() {
    applyAndAwaitRefusal(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY), "nginx");
    client.create(
        ResourceType.DEPLOYMENT, deployment("ours", "harbor.corp:5000/mirror/org/app:v1"));
    client.create(ResourceType.DEPLOYMENT, deployment("foreign", "quay.io/org/app:v1"));
    await(
        () ->
            client.list(ResourceType.EVENT, sealed, Map.of()).stream()
                .anyMatch(
                    event ->
                        event.fields().text("reason").orElse("").equals("FailedCreate")
                            && event.fields().text("message").orElse("").contains("quay.io")));
    await(() -> pods().contains("ours"));
    assertThat(pods()).doesNotContain("foreign");

    apply(new SealConfigurer(client).planRemoval(release()).orElseThrow());
    await(() -> pods().contains("foreign"));
  }

  private static void await(BooleanSupplier condition) {
    assertThat(
            WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(20))
                .until(condition::getAsBoolean, reached -> reached))
        .isTrue();
  }

  private Set<String> pods() {
    return client.list(ResourceType.POD, sealed, Map.of()).stream()
        .map(pod -> pod.labels().getOrDefault("app", ""))
        .collect(Collectors.toSet());
  }

  private KubernetesObject deployment(String name, String image) {
    return KubernetesObject.named(ResourceType.DEPLOYMENT, sealed, name)
        .with(Map.of("app", name), "spec", "selector", "matchLabels")
        .with(Map.of("app", name), "spec", "template", "metadata", "labels")
        .with(NO_SCHEDULER, "spec", "template", "spec", "schedulerName")
        .with(
            List.of(Map.of("name", "main", "image", image)),
            "spec",
            "template",
            "spec",
            "containers");
  }

  @Test
  void aThousandImagesAreSealed() {
    String[] images = new String[1000];
    for (int i = 0; i < images.length; i++) {
      images[i] = "quay.io/an-organisation/a-repository-with-a-long-name-%d:v1.2.3".formatted(i);
    }
    MirrorPlan plan = plan(MIRROR, images);
    ClusterChange change = seal(plan, DENY);
    assertThat(change.toYaml().length()).isBetween(400_000, 700_000);
    applyAndAwaitRefusal(change, "nginx");
    for (MirrorEntry entry : List.of(plan.entries().get(0), plan.entries().get(999))) {
      assertThat(accepts(sealed, entry.target().toString())).isTrue();
      assertThat(accepts(sealed, entry.target().withTag("v1.2.4").toString())).isFalse();
    }
    KubernetesObject pod = pod(sealed, "many", plan.entries().get(0).target().toString());
    List<Map<String, String>> containers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      containers.add(
          Map.of("name", "c" + i, "image", plan.entries().get(i * 20).target().toString()));
    }
    client.create(ResourceType.POD, pod.with(containers, "spec", "containers"));
  }

  @Test
  void sourceNamesByDigestAreAllowedOnRequest() {
    MirrorPlan plan = plan(MIRROR, "quay.io/org/app:v1", "postgres:16");
    applyAndAwaitRefusal(seal(plan, SealOptions.builder().sourceDigests(true).build()), "nginx");
    assertThat(
            List.of(
                "quay.io/org/app@" + digest("quay.io/org/app:v1"),
                "quay.io/org/app:v1@" + digest("quay.io/org/app:v1"),
                "docker.io/library/postgres@" + digest("postgres:16"),
                "postgres:16@" + digest("postgres:16")))
        .allMatch(image -> accepts(sealed, image));
    assertThat(List.of("quay.io/org/app:v1", "postgres:16", "postgres@" + digest("x")))
        .noneMatch(image -> accepts(sealed, image));
  }

  @Test
  void theImagesOfAnotherRevisionAreAllowedOnRequest() {
    SealOptions both =
        SealOptions.builder().addOtherPlans(plan(MIRROR, "quay.io/org/app:v1")).build();
    applyAndAwaitRefusal(seal(plan(MIRROR, "quay.io/org/app:v2"), both), "nginx");
    assertThat(accepts(sealed, "harbor.corp:5000/mirror/org/app:v1")).isTrue();
    assertThat(accepts(sealed, "harbor.corp:5000/mirror/org/app:v2")).isTrue();
    applyAndAwaitRefusal(
        seal(plan(MIRROR, "quay.io/org/app:v2"), DENY), "harbor.corp:5000/mirror/org/app:v1");
  }

  @Test
  void sealingAgainChangesNothingAndUndoRestoresTheCluster() {
    List<KubernetesObject> before = policies();
    ChangeReport report = apply(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY));
    assertThat(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY).isEmpty()).isTrue();
    assertThat(policies()).hasSize(2);
    apply(new ClusterChanger(client, event -> {}).undo(report));
    assertThat(policies()).isEqualTo(before);
    await(() -> accepts(sealed, "nginx"));
  }

  /** The policies and bindings of the namespace. */
  private List<KubernetesObject> policies() {
    return Stream.of(ResourceType.ADMISSION_POLICY, ResourceType.ADMISSION_POLICY_BINDING)
        .flatMap(type -> client.list(type, null, Map.of()).stream())
        .filter(object -> object.name().contains(sealed))
        .toList();
  }

  @Test
  void aPolicyThatDoesNotCompileIsRefusedAndOneThatFailsDeniesUnlessItIgnoresFailures() {
    assertThatThrownBy(() -> policy("object.spec.", "Fail"))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("compilation failed");
    policy("object.spec.missing == 'x'", "Fail");
    client.create(
        ResourceType.ADMISSION_POLICY_BINDING,
        KubernetesObject.named(ResourceType.ADMISSION_POLICY_BINDING, null, cluster.name("test"))
            .with(cluster.name("test"), "spec", "policyName")
            .with(List.of("Deny"), "spec", "validationActions")
            .with(
                Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", other)),
                "spec",
                "matchResources",
                "namespaceSelector"));
    await(() -> !accepts(other, "nginx"));
    assertThat(accepts(sealed, "nginx")).isTrue();
    assertRefused(pod(other, "web", "nginx"), "resulted in error");
    client.replace(
        ResourceType.ADMISSION_POLICY,
        client
            .get(ResourceType.ADMISSION_POLICY, null, cluster.name("test"))
            .orElseThrow()
            .with("Ignore", "spec", "failurePolicy"));
    await(() -> accepts(other, "nginx"));
  }

  private void policy(String expression, String failurePolicy) {
    client.create(
        ResourceType.ADMISSION_POLICY,
        KubernetesObject.named(ResourceType.ADMISSION_POLICY, null, cluster.name("test"))
            .with(failurePolicy, "spec", "failurePolicy")
            .with(
                List.of(
                    Map.of(
                        "apiGroups", List.of(""),
                        "apiVersions", List.of("v1"),
                        "operations", List.of("*"),
                        "resources", List.of("pods"))),
                "spec",
                "matchConstraints",
                "resourceRules")
            .with(List.of(Map.of("expression", expression)), "spec", "validations"));
  }
}
