package ai.kubernaut.airgap.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.ForwardingClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A release that was deployed without Helm, in a namespace that it shares with others. */
final class SelectedObjectsTest {
  private static final String NAMESPACE = "kubernaut-system";
  private static final String LABELS = "app.kubernetes.io/instance=kubernaut";
  private static final String INSTANCE = "app.kubernetes.io/instance: kubernaut";
  private static final String IMAGE = "harbor.corp/kubernaut-ai/gateway:v1.1.0";

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final MemoryRegistryClient registries = MemoryRegistryClient.create();
  private Digest digest;
  private MirrorPlan plan;

  @BeforeEach
  void aReleaseThatRuns() {
    Manifest image =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"layers\":[]}"
                .formatted(Manifest.OCI_MANIFEST)
                .getBytes(UTF_8));
    digest = image.digest();
    registries.writeManifest(ImageRef.parse(IMAGE), image);
    plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .addEntries(
                MirrorEntry.builder()
                    .source(ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0"))
                    .target(ImageRef.parse(IMAGE))
                    .digest(digest)
                    .build())
            .build();
    deployment("gateway", INSTANCE, "app: gateway", 1);
    pod("gateway-7d9-x", INSTANCE + ", app: gateway", "ReplicaSet", "gateway-7d9", IMAGE);
    service("gateway", INSTANCE, "app: gateway");
  }

  private static KubernetesObject object(String yaml) {
    return KubernetesObject.of(
        Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED)));
  }

  private void deployment(String name, String labels, String ofPods, int ready) {
    cluster.put(
        ResourceType.DEPLOYMENT,
        object(
            """
            {apiVersion: apps/v1, kind: Deployment,
             metadata: {name: %s, namespace: %s, generation: 1, labels: {%s}},
             spec: {replicas: 1, selector: {matchLabels: {%s}},
               template: {metadata: {labels: {%s}}, spec: {volumes: [
                 {name: data, persistentVolumeClaim: {claimName: %s}}]}}},
             status: {observedGeneration: 1, updatedReplicas: 1, readyReplicas: %d}}
            """
                .formatted(name, NAMESPACE, labels, ofPods, ofPods, name, ready)));
    cluster.put(
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        object(
            """
            {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: %s},
             spec: {volumeName: pv-1}, status: {phase: Bound}}
            """
                .formatted(name, NAMESPACE)));
  }

  private void pod(String name, String labels, String ownerKind, String owner, String image) {
    cluster.put(
        ResourceType.POD,
        object(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: {%s},
               ownerReferences: [{kind: %s, name: %s}]},
             spec: {containers: [{name: main, image: '%s', ports: [{name: http, containerPort: 8080}],
               livenessProbe: {httpGet: {path: /healthz, port: http}}}]},
             status: {phase: Running, conditions: [{type: Ready, status: 'True'}],
               containerStatuses: [{name: main, imageID: '%s', state: {running: {}}}]}}
            """
                .formatted(
                    name,
                    NAMESPACE,
                    labels,
                    ownerKind,
                    owner,
                    image,
                    ImageRef.parse(image).repository() + "@" + digest)));
  }

  private void service(String name, String labels, String ofPods) {
    cluster
        .put(
            ResourceType.SERVICE,
            object(
                """
                {apiVersion: v1, kind: Service, metadata: {name: %s, namespace: %s, labels: {%s}},
                 spec: {selector: {%s}, ports: [{port: 80, targetPort: http}]}}
                """
                    .formatted(name, NAMESPACE, labels, ofPods)))
        .putAnswer(NAMESPACE, name, "/healthz", ServiceResponse.of(200, "ok"));
  }

  private VerifyOptions.Builder options(String selector) {
    return VerifyOptions.builder().selector(selector).waitPolicy(WaitPolicy.once());
  }

  private VerificationReport verify(String selector) {
    return verify(options(selector).build());
  }

  private VerificationReport verify(VerifyOptions options) {
    try (Airgap airgap = Airgap.builder().cluster(cluster).targetRegistry(registries).build()) {
      return airgap.verify(plan, options);
    }
  }

  private static List<String> problems(VerificationReport report) {
    return report.problems().stream()
        .map(problem -> problem.code() + " " + problem.subject())
        .toList();
  }

  private static List<String> checked(VerificationReport report) {
    return report.checks().stream()
        .map(check -> check.result() + " " + check.kind() + " " + check.subject())
        .toList();
  }

  @Test
  void isVerifiedByItsLabelsWithoutHelm() {
    VerificationReport report = verify(LABELS);
    assertThat(report.orElseThrow().isOk()).isTrue();
    assertThat(checked(report))
        .containsExactly(
            "SKIPPED RELEASE release kubernaut",
            "PASS WORKLOAD Deployment kubernaut-system/gateway",
            "PASS CLAIM PersistentVolumeClaim kubernaut-system/gateway",
            "PASS POD Pod kubernaut-system/gateway-7d9-x",
            "PASS IMAGE container kubernaut-system/gateway-7d9-x/main",
            "PASS HEALTH Service kubernaut-system/gateway");
    Fact fact = report.checks().get(0).fact().orElseThrow();
    assertThat(fact.code()).isEqualTo(FactCode.HELM_NOT_ASKED);
    assertThat(fact.message()).contains("verified by labels (" + LABELS + ") in " + NAMESPACE);
    assertThat(report.origins()).hasSize(1);
  }

  @Test
  void otherApplicationsInTheNamespaceDoNotFailIt() {
    deployment("shop", "app.kubernetes.io/instance: shop", "app: shop", 0);
    pod("shop-1-x", "app: shop", "ReplicaSet", "shop-1", "docker.io/library/nginx:1.27");
    service("shop", "", "app: shop");
    cluster.putAnswer(NAMESPACE, "shop", "/healthz", ServiceResponse.of(500, "down"));
    VerificationReport report = verify(LABELS);
    assertThat(report.isOk()).isTrue();
    assertThat(problems(report)).containsExactly("POD_NOT_SELECTED Pod kubernaut-system/shop-1-x");
    assertThat(report.problems().get(0).describe())
        .contains(LABELS, "docker.io/library/nginx:1.27");
    assertThat(checked(report))
        .noneMatch(check -> check.contains("Deployment " + NAMESPACE + "/s"));

    assertThat(problems(verify("")))
        .as("an empty selector selects everything")
        .containsExactly(
            "WORKLOAD_NOT_READY Deployment kubernaut-system/shop",
            "IMAGE_FROM_ELSEWHERE container kubernaut-system/shop-1-x/main",
            "SERVICE_UNHEALTHY Service kubernaut-system/shop");
  }

  @Test
  void podsOfSelectedWorkloadsNeedNoLabel() {
    deployment("api", INSTANCE, "app: api", 1);
    pod("api-5c-x", "app: api", "ReplicaSet", "api-5c", "docker.io/library/httpd:2");
    pod("api-other", "app: other", "ReplicaSet", "api-other-1", "docker.io/library/httpd:2");
    cluster.put(
        ResourceType.STATEFUL_SET,
        object(
            """
            {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: %s, generation: 1, labels: {%s}},
             spec: {replicas: 1}, status: {observedGeneration: 1, updatedReplicas: 1, readyReplicas: 1}}
            """
                .formatted(NAMESPACE, INSTANCE)));
    pod("db-0", "app: db", "StatefulSet", "db", "docker.io/library/postgres:16");
    service("db", "", "app: db");
    VerificationReport report = verify(LABELS);
    assertThat(problems(report))
        .containsExactlyInAnyOrder(
            "IMAGE_FROM_ELSEWHERE container kubernaut-system/api-5c-x/main",
            "IMAGE_FROM_ELSEWHERE container kubernaut-system/db-0/main",
            "POD_NOT_SELECTED Pod kubernaut-system/api-other");
    assertThat(checked(report)).contains("PASS HEALTH Service kubernaut-system/db");
  }

  @Test
  void podsWithImagesOfThePlanBelongToIt() {
    pod("hook-x", "job-name: hook", "Job", "hook", IMAGE);
    pod("direct", "", "Job", "hook", "quay.io/kubernaut-ai/gateway:v1.1.0");
    VerificationReport report = verify(LABELS);
    assertThat(checked(report)).contains("PASS POD Pod kubernaut-system/hook-x");
    assertThat(problems(report))
        .containsExactly("IMAGE_FROM_ELSEWHERE container kubernaut-system/direct/main");
  }

  @Test
  void podsThatHaveEndedAreNotNamed() {
    pod("backup-x", "", "Job", "backup", "docker.io/library/busybox:1");
    KubernetesObject pod = cluster.get(ResourceType.POD, NAMESPACE, "backup-x").orElseThrow();
    cluster.put(ResourceType.POD, pod.with("Succeeded", "status", "phase"));
    assertThat(problems(verify(LABELS))).isEmpty();
  }

  @Test
  void jobsAreSelectedToo() {
    String job =
        """
        {apiVersion: batch/v1, kind: Job, metadata: {name: %s, namespace: kubernaut-system, labels: {%s}},
         status: {conditions: [{type: Failed, status: 'True'}]}}
        """;
    cluster.put(ResourceType.JOB, object(job.formatted("migrate", INSTANCE)));
    cluster.put(ResourceType.JOB, object(job.formatted("nightly", "app: shop")));
    assertThat(problems(verify(LABELS))).containsExactly("JOB_FAILED Job kubernaut-system/migrate");
  }

  @Test
  void webhooksOfSelectedServicesAreChecked() {
    webhook("selected", "x: y", "gateway");
    webhook("labelled", INSTANCE, "gone");
    webhook("other", "x: y", "shop");
    assertThat(problems(verify(LABELS)))
        .containsExactly(
            "WEBHOOK_SERVICE_MISSING ValidatingWebhookConfiguration labelled",
            "WEBHOOK_CA_MISSING ValidatingWebhookConfiguration selected");
  }

  private void webhook(String name, String labels, String service) {
    cluster.put(
        ResourceType.VALIDATING_WEBHOOKS,
        object(
            """
            {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration,
             metadata: {name: %s, labels: {%s}},
             webhooks: [{name: check, clientConfig: {service: {namespace: %s, name: %s}}}]}
            """
                .formatted(name, labels, NAMESPACE, service)));
  }

  @Test
  void aSelectorThatSelectsNoWorkloadSaysWhichLabelsExist() {
    VerificationReport report = verify("app.kubernetes.io/instance=other");
    assertThat(problems(report)).contains("WORKLOADS_NOT_SELECTED release kubernaut");
    assertThat(report.problems().get(0).message())
        .contains(NAMESPACE, "app.kubernetes.io/instance=other", "have the label " + LABELS);
  }

  @Test
  void namespacesAreThoseOfTheOptions() {
    assertThat(checked(verify(options(LABELS).addNamespaces("default").build())))
        .containsExactly("SKIPPED RELEASE release kubernaut", "FAIL WORKLOAD release kubernaut");
    assertThat(verify(options(LABELS).namespaces(Set.of("default", NAMESPACE)).build()).isOk())
        .isTrue();
    assertThatThrownBy(() -> VerifyOptions.builder().addNamespaces("default").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("need a selector");
    assertThatThrownBy(() -> VerifyOptions.builder().selector("a in"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("invalid label selector 'a in'");
  }

  @Test
  void neitherSecretsNorARegistryAreNeeded() {
    ClusterClient withoutSecrets =
        new ForwardingClusterClient(cluster) {
          @Override
          public List<KubernetesObject> list(
              ResourceType type, @Nullable String namespace, Map<String, String> labels) {
            if (type.equals(ResourceType.SECRET) || type.equals(ResourceType.CONFIG_MAP)) {
              throw new ClusterException(ClusterException.Reason.FORBIDDEN, "forbidden", null);
            }
            return super.list(type, namespace, labels);
          }
        };
    try (Airgap airgap = Airgap.builder().cluster(withoutSecrets).build()) {
      VerificationReport report = airgap.verify(plan, options(LABELS).build());
      assertThat(problems(report)).isEmpty();
      assertThat(report.checks())
          .extracting(check -> check.fact().orElseThrow().code())
          .contains(FactCode.NOT_CHECKED_FORBIDDEN, FactCode.IMAGE_MIRRORED);
    }
  }

  @Test
  void withoutASelectorHelmIsNeeded() {
    VerifyOptions all = VerifyOptions.builder().waitPolicy(WaitPolicy.once()).build();
    Installation installation = Installation.of(plan.release(), plan);
    assertThatThrownBy(
            () -> new Verifier(cluster, null, registries, event -> {}).verify(installation, all))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("VerifyOptions.selector");
    assertThatThrownBy(() -> verify(all))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("helm(");
  }

  @Test
  void aReleaseThatHelmDoesNotKnowSuggestsTheSelector() {
    VerificationReport report =
        new Verifier(cluster, TemplateHelm.rendering(""), registries, event -> {})
            .verify(
                Installation.of(plan.release(), plan),
                VerifyOptions.builder().waitPolicy(WaitPolicy.once()).build());
    Problem unknown = report.problems().get(0);
    assertThat(unknown.code()).isEqualTo(ProblemCode.RELEASE_NOT_FOUND);
    assertThat(unknown.remedy())
        .contains("--selector " + LABELS, "its workloads have the label " + LABELS);
  }

  @Test
  void isDiagnosedByItsLabels() {
    cluster.put(
        ResourceType.POD,
        object(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: gateway-7d9-x, namespace: %s, labels: {%s, app: gateway},
               ownerReferences: [{kind: ReplicaSet, name: gateway-7d9}]},
             spec: {containers: [{name: main, image: '%s'}]},
             status: {phase: Pending, containerStatuses: [{name: main, imageID: '',
               state: {waiting: {reason: ImagePullBackOff, message: 'not found'}}}]}}
            """
                .formatted(NAMESPACE, INSTANCE, IMAGE)));
    MemoryRegistryClient empty = MemoryRegistryClient.create();
    try (Airgap airgap = Airgap.builder().cluster(cluster).targetRegistry(empty).build()) {
      Diagnosis diagnosis = airgap.diagnose(plan, VerifyOptions.builder().selector(LABELS).build());
      assertThat(diagnosis.roots())
          .extracting(root -> root.problem().code() + " " + root.problem().subject())
          .containsExactly("IMAGE_NOT_IN_MIRROR " + IMAGE);
    }
  }

  @Test
  void theApplicationThatDeploysItIsNamedWithItsState() {
    ResourceType type =
        ResourceType.namespaced("argoproj.io/v1alpha1", "Application", "applications");
    String application =
        """
        {apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: kubernaut, namespace: argocd},
         spec: {destination: {namespace: kubernaut-system}}, status: {sync: {status: %s}, health: {status: %s}}}
        """;
    cluster.put(type, object(application.formatted("Synced", "Healthy")));
    VerificationReport report = verify(LABELS).orElseThrow();
    assertThat(report.managedBy())
        .extracting(resource -> resource.subject().toString())
        .containsExactly("Application argocd/kubernaut");
    assertThat(report.checks())
        .flatExtracting(check -> check.fact().stream().map(Fact::code).toList())
        .contains(FactCode.RELEASE_MANAGED);
    cluster.put(type, object(application.formatted("OutOfSync", "Healthy")));
    assertThat(verify(LABELS).isOk()).as("is a warning").isTrue();
    assertThat(problems(verify(LABELS)))
        .containsExactly("GITOPS_OUT_OF_SYNC Application argocd/kubernaut");
    cluster.put(type, object(application.formatted("Synced", "Progressing")));
    assertThat(checked(verify(LABELS))).contains("PENDING RELEASE Application argocd/kubernaut");
    cluster.put(type, object(application.formatted("OutOfSync", "Missing")));
    assertThat(verify(LABELS).isOk()).isFalse();
    assertThat(problems(verify("app.kubernetes.io/instance=other")))
        .as("a namespace that is shared with others")
        .containsExactly("WORKLOADS_NOT_SELECTED release kubernaut");
  }

  @Test
  void objectsThatKubectlHasAppliedAreRecognized() {
    KubernetesObject deployment =
        cluster.get(ResourceType.DEPLOYMENT, NAMESPACE, "gateway").orElseThrow();
    String applied =
        "was deployed with kubectl: its workloads are objects that kubectl has applied";
    cluster.put(
        ResourceType.DEPLOYMENT,
        deployment.with(
            "{}", "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"));
    assertThat(facts(verify(LABELS))).contains(applied);
    cluster.put(
        ResourceType.DEPLOYMENT,
        deployment.with(
            List.of(Map.of("manager", "kubectl", "operation", "Apply")),
            "metadata",
            "managedFields"));
    VerificationReport report = verify(LABELS);
    assertThat(facts(report)).contains(applied);
    assertThat(report.checks())
        .flatExtracting(check -> check.fact().stream().map(Fact::code).toList())
        .contains(FactCode.RELEASE_APPLIED);
    cluster.put(
        ResourceType.DEPLOYMENT,
        deployment.with(
            List.of(Map.of("manager", "kubectl", "operation", "Update")),
            "metadata",
            "managedFields"));
    assertThat(facts(verify(LABELS))).doesNotContain(applied);
  }

  private static List<String> facts(VerificationReport report) {
    return report.checks().stream()
        .flatMap(check -> check.fact().stream())
        .map(Fact::message)
        .toList();
  }
}
