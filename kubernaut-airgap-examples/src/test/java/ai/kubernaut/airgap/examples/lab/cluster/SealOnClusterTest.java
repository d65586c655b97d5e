package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
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
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
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

/** The API server of the lab evaluates the expressions of the seal for every pod. */
@Timeout(120)
final class SealOnLabTest {
  private static final Target MIRROR = Target.registry("harbor.corp:5000/mirror");
  private static final SealOptions DENY = SealOptions.builder().build();
  private static final Set<String> SEALED = Set.of("sealed");

  @TempDir Path directory;

  private LabCluster cluster;
  private ClusterClient client;

  @BeforeEach
  void start() {
    cluster =
        LabCluster.builder((image, configs) -> new PulledImage(image))
            .flavour(Flavour.KUBERNETES)
            .start();
    client = Fabric8ClusterClient.fromKubeconfig(cluster.writeKubeconfig(directory));
    for (String name : List.of("sealed", "other")) {
      client.create(
          ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, name));
    }
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private static Digest digest(String image) {
    return Digest.sha256(image.getBytes(StandardCharsets.UTF_8));
  }

  private static MirrorPlan plan(Target mirror, String... images) {
    MirrorPlan.Builder plan =
        MirrorPlan.builder(mirror).release(ReleaseName.of("kubernaut", "sealed"));
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

  private ClusterChange seal(MirrorPlan plan, SealOptions options) {
    return new SealConfigurer(client).plan(plan, SEALED, options);
  }

  private ChangeReport apply(ClusterChange change) {
    return new ClusterChanger(client, event -> {}).apply(change).orElseThrow();
  }

  private static KubernetesObject pod(String namespace, String name, String image) {
    return KubernetesObject.named(ResourceType.POD, namespace, name)
        .with(List.of(Map.of("name", "main", "image", image)), "spec", "containers");
  }

  /** Creates a pod, and removes it at once if it was accepted. */
  private boolean accepts(String namespace, String image) {
    try {
      client.delete(
          ResourceType.POD,
          KubernetesObject.named(ResourceType.POD, namespace, "probe")
              .with(
                  client
                      .create(ResourceType.POD, pod(namespace, "probe", image))
                      .fields()
                      .text("metadata", "uid")
                      .orElseThrow(),
                  "metadata",
                  "uid"));
      return true;
    } catch (ClusterException e) {
      assertThat(e.reason()).isEqualTo(ClusterException.Reason.INVALID);
      return false;
    }
  }

  @Test
  void onlyTheReferencesOfThePlanAreAccepted() {
    String image = "quay.io/kubernaut-ai/gateway:v1.1.0";
    apply(seal(plan(MIRROR, image), DENY));
    String mirrored = "harbor.corp:5000/mirror/kubernaut-ai/gateway";
    assertThat(
            List.of(
                mirrored + ":v1.1.0",
                mirrored + ":v1.1.0@" + digest(image),
                mirrored + "@" + digest(image)))
        .allMatch(allowed -> accepts("sealed", allowed));
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
                " " + mirrored + ":v1.1.0",
                image,
                "quay.io/kubernaut-ai/gateway@" + digest(image),
                "nginx"))
        .noneMatch(foreign -> accepts("sealed", foreign))
        .allMatch(foreign -> accepts("other", foreign));
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
    apply(seal(plan, DENY));
    Set<String> allowed = new TreeSet<>();
    for (MirrorEntry entry : plan.entries()) {
      Digest digest = entry.digest().orElseThrow();
      allowed.add(entry.target().toString());
      allowed.add(entry.target().withDigest(digest).toString());
      allowed.add(entry.target().repository().digest(digest).toString());
    }
    assertThat(allowed).hasSize(36).allMatch(image -> accepts("sealed", image));
    List<String> known = List.copyOf(allowed);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      String mutant = mutant(known.get(random.nextInt(known.size())), random);
      assertThat(accepts("sealed", mutant)).as(mutant).isEqualTo(allowed.contains(mutant));
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
    apply(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY));
    KubernetesObject allowed = pod("sealed", "web", "harbor.corp:5000/mirror/org/app:v1");
    List<Map<String, String>> foreign = List.of(Map.of("name", "x", "image", "quay.io/org/app:v1"));
    List<Map<String, Object>> volume =
        List.of(Map.of("name", "x", "image", Map.of("reference", "quay.io/org/app:v1")));
    assertThat(
            List.of(
                allowed.with(foreign, "spec", "initContainers"),
                allowed.with(foreign, "spec", "ephemeralContainers"),
                allowed.with(volume, "spec", "volumes"),
                allowed.with(List.of(Map.of("name", "x")), "spec", "initContainers")))
        .allSatisfy(
            pod ->
                assertThatThrownBy(() -> client.create(ResourceType.POD, pod))
                    .hasMessageContaining("denied request"));
    client.create(
        ResourceType.POD,
        allowed
            .with(List.of(Map.of("name", "x", "emptyDir", Map.of())), "spec", "volumes")
            .with(
                List.of(Map.of("name", "x", "image", "harbor.corp:5000/mirror/org/app:v1")),
                "spec",
                "initContainers"));
  }

  @Test
  void anEphemeralContainerWithAnotherImageIsDenied() {
    try (KubernetesClient kubernetes = kubernetes()) {
      client.create(ResourceType.POD, pod("sealed", "web", "nginx"));
      apply(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY));
      PodResource web = kubernetes.pods().inNamespace("sealed").withName("web");
      assertThatThrownBy(() -> web.ephemeralContainers().edit(debug("busybox")))
          .isInstanceOfSatisfying(
              KubernetesClientException.class,
              e -> {
                assertThat(e.getCode()).isEqualTo(422);
                assertThat(e.getStatus().getReason()).isEqualTo("Invalid");
                assertThat(e.getStatus().getDetails().getKind()).isEqualTo("pods");
                assertThat(e.getStatus().getDetails().getCauses().get(0).getMessage())
                    .startsWith("ValidatingAdmissionPolicy 'seal-sealed-kubernaut-")
                    .contains(
                        "denied request: not allowed: busybox;",
                        "the namespace is sealed for release kubernaut",
                        "in harbor.corp:5000/mirror are allowed");
              });
      web.ephemeralContainers().edit(debug("harbor.corp:5000/mirror/org/app:v1"));
      assertThat(web.get().getSpec().getEphemeralContainers()).hasSize(1);
    }
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

  private KubernetesClient kubernetes() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(directory.resolve("lab.kubeconfig").toFile()))
        .build();
  }

  @Test
  void aPodThatRunsAlreadyIsReportedAndCanBeUpdatedButGetsNoOtherImage() {
    KubernetesObject old = client.create(ResourceType.POD, pod("sealed", "old", "nginx"));
    ClusterChange change = seal(plan(MIRROR, "quay.io/org/app:v1"), DENY);
    assertThat(change.problems())
        .extracting(Problem::code, problem -> problem.subject().name())
        .containsExactly(tuple(ProblemCode.SEAL_REFUSES_RUNNING_POD, "sealed/old"));
    apply(change);
    KubernetesObject labelled =
        client.replace(
            ResourceType.POD,
            client
                .get(ResourceType.POD, "sealed", "old")
                .orElse(old)
                .with("value", "metadata", "labels", "key"));
    assertThat(labelled.labels()).containsEntry("key", "value");
    assertThatThrownBy(
            () ->
                client.replace(
                    ResourceType.POD,
                    labelled.with(
                        List.of(Map.of("name", "main", "image", "httpd")), "spec", "containers")))
        .hasMessageContaining("not allowed: httpd");
  }

  @Test
  void aWarningIsSentInsteadOfADenial() throws Exception {
    apply(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY));
    apply(
        seal(
            plan(MIRROR, "quay.io/org/app:v1"),
            SealOptions.builder().action(SealOptions.Action.WARN).build()));
    try (KubernetesClient kubernetes = kubernetes()) {
      HttpClient http = kubernetes.getHttpClient();
      HttpResponse<String> response =
          http.sendAsync(
                  http.newHttpRequestBuilder()
                      .uri(cluster.url() + "/api/v1/namespaces/sealed/pods")
                      .post(
                          "application/json",
                          "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"nginx\"}]}}")
                      .build(),
                  String.class)
              .get();
      assertThat(response.code()).isEqualTo(201);
      assertThat(response.headers("Warning"))
          .singleElement()
          .asString()
          .startsWith("299 - \"Validation failed for ValidatingAdmissionPolicy 'seal-sealed-")
          .contains("not allowed: nginx");
    }
  }

  @Test
  void thePodsOfWorkloadsAreCheckedToo() {
    apply(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY));
    client.create(
        ResourceType.DEPLOYMENT, deployment("ours", "harbor.corp:5000/mirror/org/app:v1"));
    client.create(ResourceType.DEPLOYMENT, deployment("foreign", "quay.io/org/app:v1"));
    await(
        () ->
            client.list(ResourceType.EVENT, "sealed", Map.of()).stream()
                .anyMatch(
                    event ->
                        event.fields().text("reason").orElse("").equals("FailedCreate")
                            && event.fields().text("message").orElse("").contains("quay.io")));
    await(() -> pods().contains("ours"));
    assertThat(pods()).doesNotContain("foreign");

    apply(
        new SealConfigurer(client)
            .planRemoval(ReleaseName.of("kubernaut", "sealed"))
            .orElseThrow());
    await(() -> pods().contains("foreign"));
  }

  private static void await(BooleanSupplier condition) {
    assertThat(
            WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(20))
                .until(condition::getAsBoolean, reached -> reached))
        .isTrue();
  }

  private Set<String> pods() {
    return client.list(ResourceType.POD, "sealed", Map.of()).stream()
        .map(pod -> pod.labels().getOrDefault("app", ""))
        .collect(Collectors.toSet());
  }

  private static KubernetesObject deployment(String name, String image) {
    return KubernetesObject.named(ResourceType.DEPLOYMENT, "sealed", name)
        .with(Map.of("app", name), "spec", "selector", "matchLabels")
        .with(Map.of("app", name), "spec", "template", "metadata", "labels")
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
    apply(change);
    for (MirrorEntry entry : List.of(plan.entries().get(0), plan.entries().get(999))) {
      assertThat(accepts("sealed", entry.target().toString())).isTrue();
      assertThat(accepts("sealed", entry.target().withTag("v1.2.4").toString())).isFalse();
    }
    KubernetesObject pod = pod("sealed", "many", plan.entries().get(0).target().toString());
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
    apply(seal(plan, SealOptions.builder().sourceDigests(true).build()));
    assertThat(
            List.of(
                "quay.io/org/app@" + digest("quay.io/org/app:v1"),
                "quay.io/org/app:v1@" + digest("quay.io/org/app:v1"),
                "docker.io/library/postgres@" + digest("postgres:16"),
                "postgres:16@" + digest("postgres:16")))
        .allMatch(image -> accepts("sealed", image));
    assertThat(List.of("quay.io/org/app:v1", "postgres:16", "postgres@" + digest("x")))
        .noneMatch(image -> accepts("sealed", image));
  }

  @Test
  void theImagesOfAnotherRevisionAreAllowedOnRequest() {
    SealOptions both =
        SealOptions.builder().addOtherPlans(plan(MIRROR, "quay.io/org/app:v1")).build();
    apply(seal(plan(MIRROR, "quay.io/org/app:v2"), both));
    assertThat(accepts("sealed", "harbor.corp:5000/mirror/org/app:v1")).isTrue();
    assertThat(accepts("sealed", "harbor.corp:5000/mirror/org/app:v2")).isTrue();
    apply(seal(plan(MIRROR, "quay.io/org/app:v2"), DENY));
    assertThat(accepts("sealed", "harbor.corp:5000/mirror/org/app:v1")).isFalse();
  }

  @Test
  void sealingAgainChangesNothingAndUndoRestoresTheCluster() {
    List<KubernetesObject> before = policies();
    ChangeReport report = apply(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY));
    assertThat(seal(plan(MIRROR, "quay.io/org/app:v1"), DENY).isEmpty()).isTrue();
    assertThat(policies()).hasSize(2);
    apply(new ClusterChanger(client, event -> {}).undo(report));
    assertThat(policies()).isEqualTo(before);
    assertThat(accepts("sealed", "nginx")).isTrue();
  }

  private List<KubernetesObject> policies() {
    return Stream.of(ResourceType.ADMISSION_POLICY, ResourceType.ADMISSION_POLICY_BINDING)
        .flatMap(type -> client.list(type, null, Map.of()).stream())
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
        KubernetesObject.named(ResourceType.ADMISSION_POLICY_BINDING, null, "test")
            .with("test", "spec", "policyName")
            .with(List.of("Deny"), "spec", "validationActions"));
    assertThatThrownBy(() -> client.create(ResourceType.POD, pod("other", "web", "nginx")))
        .hasMessageContaining("resulted in error");
    client.replace(
        ResourceType.ADMISSION_POLICY,
        client
            .get(ResourceType.ADMISSION_POLICY, null, "test")
            .orElseThrow()
            .with("Ignore", "spec", "failurePolicy"));
    assertThat(accepts("other", "nginx")).isTrue();
  }

  private void policy(String expression, String failurePolicy) {
    client.create(
        ResourceType.ADMISSION_POLICY,
        KubernetesObject.named(ResourceType.ADMISSION_POLICY, null, "test")
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
