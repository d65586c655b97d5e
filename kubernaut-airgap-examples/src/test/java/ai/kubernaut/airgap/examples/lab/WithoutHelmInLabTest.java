package ai.kubernaut.airgap.examples.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.repair.RepairOptions;
import ai.kubernaut.airgap.repair.RepairReport;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.ContainerOrigin;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.VerifyOptions;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart runs in the lab without a release of Helm: what {@code helm template} renders was
 * applied, as kubectl, Argo CD and Flux do. The pods do not have the label of the release.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WithoutHelmInLabTest {
  private static final ResourceType DEFINITION =
      ResourceType.cluster(
          "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions");
  private static final ResourceType APPLICATION =
      ResourceType.namespaced("argoproj.io/v1alpha1", "Application", "applications");
  private static final ResourceType KUSTOMIZATION =
      ResourceType.namespaced("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "kustomizations");
  private static final ResourceType HELM_RELEASE =
      ResourceType.namespaced("helm.toolkit.fluxcd.io/v2", "HelmRelease", "helmreleases");

  private static final Map<String, ResourceType> TYPES =
      Stream.of(
              ResourceType.NAMESPACE,
              ResourceType.SERVICE_ACCOUNT,
              ResourceType.CONFIG_MAP,
              ResourceType.PERSISTENT_VOLUME_CLAIM,
              ResourceType.SERVICE,
              ResourceType.ROLE,
              ResourceType.ROLE_BINDING,
              ResourceType.CLUSTER_ROLE,
              ResourceType.CLUSTER_ROLE_BINDING,
              ResourceType.DEPLOYMENT,
              ResourceType.JOB,
              ResourceType.MUTATING_WEBHOOKS,
              ResourceType.VALIDATING_WEBHOOKS)
          .collect(Collectors.toMap(ResourceType::kind, type -> type));

  @TempDir static Path directory;

  private TestLab world;
  private Lab lab;
  private ClusterClient cluster;
  private Airgap airgap;
  private MirrorPlan plan;
  private String namespace;
  private String workflows;
  private String selector;
  private final List<Runnable> undo = new ArrayList<>();

  @BeforeAll
  void theRenderedChartIsApplied() {
    world = TestLab.start(Flavour.OPENSHIFT);
    lab = world.lab();
    cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig());
    airgap =
        Airgap.builder()
            .cluster(cluster)
            .targetRegistry(lab.newRegistryClient())
            .closeClients(true)
            .build();
    try (Airgap withHelm =
        Airgap.builder()
            .registry(lab.newRegistryClient())
            .cluster(cluster)
            .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
            .build()) {
      plan = withHelm.plan(world.chart(), lab.target(Separator.SLASH));
      MirrorReport mirrored = withHelm.mirror(plan).orElseThrow();
      withHelm.configurePullSecret(mirrored, lab.mirrorCredentials());
      withHelm
          .apply(withHelm.planSecrets(plan, Map.of("OPENAI_API_KEY", Secret.of("none"))))
          .orElseThrow();
      namespace = plan.release().namespace();
      workflows = world.name("kubernaut-workflows");
      selector = "app.kubernetes.io/instance=" + plan.release().name();
      List<RenderedManifest> manifests = withHelm.prove(plan).orElseThrow().rendered().manifests();
      // Argo CD runs the hooks of Helm as its own.
      apply(manifests, manifest -> !manifest.isHook() && !isWorkload(manifest));
      apply(manifests, manifest -> isHookOf(manifest, "pre-install"));
      apply(manifests, manifest -> !manifest.isHook() && isWorkload(manifest));
      apply(
          manifests,
          manifest -> isHookOf(manifest, "post-install") && !isHookOf(manifest, "pre-install"));
    }
    define(APPLICATION);
    define(KUSTOMIZATION);
    define(HELM_RELEASE);
    healthy();
  }

  @AfterAll
  void close() {
    airgap.close();
    world.close();
  }

  @AfterEach
  void restore() {
    for (int i = undo.size() - 1; i >= 0; i--) {
      undo.get(i).run();
    }
    undo.clear();
    healthy();
  }

  private static boolean isWorkload(RenderedManifest manifest) {
    return manifest.object().kind().equals("Deployment");
  }

  private static boolean isHookOf(RenderedManifest manifest, String event) {
    return List.of(manifest.object().annotations().getOrDefault("helm.sh/hook", "").split(","))
        .contains(event);
  }

  private void apply(List<RenderedManifest> manifests, Predicate<RenderedManifest> chosen) {
    manifests.stream().filter(chosen).map(RenderedManifest::object).forEach(this::apply);
  }

  /** As {@code kubectl apply} does with an object that does not exist. */
  private void apply(KubernetesObject object) {
    ResourceType type = TYPES.get(object.kind());
    assertThat(type).as(object.kind()).isNotNull();
    KubernetesObject applied =
        object.with(
            "{}", "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration");
    if (cluster.get(type, object.namespace().orElse(null), object.name()).isEmpty()) {
      cluster.create(
          type,
          !type.isNamespaced() || object.namespace().isPresent()
              ? applied
              : applied.with(namespace, "metadata", "namespace"));
    }
  }

  /** Creates a kind of Argo CD or Flux that the cluster lacks. */
  private void define(ResourceType type) {
    if (cluster.serves(type)) {
      return;
    }
    cluster.create(
        DEFINITION,
        object(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: %1$s.%2$s}
            spec:
              group: %2$s
              scope: Namespaced
              names: {plural: %1$s, singular: %3$s, kind: %4$s, listKind: %4$sList}
              versions:
              - {name: %5$s, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
            """
                .formatted(
                    type.plural(),
                    type.group(),
                    type.kind().toLowerCase(Locale.ROOT),
                    type.kind(),
                    type.version())));
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(100))
        .until(() -> cluster.serves(type), Boolean::booleanValue);
  }

  private static KubernetesObject object(String yaml) {
    return KubernetesObject.of(
        Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED)));
  }

  private VerifyOptions.Builder options(String labels) {
    return VerifyOptions.builder()
        .selector(labels)
        .addNamespaces(namespace, workflows)
        .waitPolicy(WaitPolicy.once());
  }

  private VerificationReport verify() {
    return airgap.verify(plan, options(selector).build());
  }

  private void healthy() {
    WaitPolicy.of(Duration.ofSeconds(60), Duration.ofMillis(200))
        .until(this::verify, report -> report.problems().isEmpty())
        .orElseThrow();
  }

  private static List<String> problems(VerificationReport report) {
    return report.problems().stream()
        .map(problem -> problem.code() + " " + problem.subject())
        .toList();
  }

  private Diagnosis diagnosed(String... roots) {
    Diagnosis diagnosis =
        WaitPolicy.of(Duration.ofSeconds(30), Duration.ofMillis(200))
            .until(
                () -> airgap.diagnose(plan, options(selector).build()),
                found -> roots(found).equals(Arrays.asList(roots)));
    assertThat(roots(diagnosis)).as("%s", diagnosis.describe()).containsExactly(roots);
    return diagnosis;
  }

  private static List<String> roots(Diagnosis diagnosis) {
    return diagnosis.problems().stream()
        .map(problem -> problem.code() + " " + problem.subject())
        .toList();
  }

  private ImageRef image(String name) {
    return plan.entries().stream()
        .map(MirrorEntry::target)
        .filter(target -> target.repository().name().endsWith("/" + name))
        .findFirst()
        .orElseThrow();
  }

  /** Changes the labels or annotations of all Deployments. */
  private void mark(String field, UnaryOperator<KubernetesObject> change) {
    for (KubernetesObject workload : cluster.list(ResourceType.DEPLOYMENT, namespace, Map.of())) {
      Object before = workload.fields().value("metadata", field).orElse(Map.of());
      edit(ResourceType.DEPLOYMENT, workload.name(), change);
      undo.add(
          () ->
              edit(
                  ResourceType.DEPLOYMENT,
                  workload.name(),
                  each -> each.with(before, "metadata", field)));
    }
  }

  private void edit(ResourceType type, String name, UnaryOperator<KubernetesObject> change) {
    WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(50))
        .until(
            () -> {
              try {
                cluster.replace(
                    type, change.apply(cluster.get(type, namespace, name).orElseThrow()));
                return true;
              } catch (ClusterException e) {
                assertThat(e.reason()).isEqualTo(ClusterException.Reason.CONFLICT);
                return false;
              }
            },
            Boolean::booleanValue);
  }

  /** Creates an object of Argo CD or Flux, in the namespace of the release. */
  private void put(ResourceType type, String name, String spec, String status) {
    cluster.create(
        type,
        object(
            "{apiVersion: %s, kind: %s, metadata: {name: %s, namespace: %s}, spec: %s, status: %s}"
                .formatted(type.apiVersion(), type.kind(), name, namespace, spec, status)));
    undo.add(() -> cluster.delete(type, cluster.get(type, namespace, name).orElseThrow()));
  }

  private void status(ResourceType type, String name, String status) {
    edit(
        type,
        name,
        each ->
            each.with(
                object("{status: " + status + "}").fields().fields("status").content(), "status"));
  }

  @Test
  void itIsVerifiedByItsLabelsWithoutHelm() {
    VerificationReport report = verify();
    assertThat(report.orElseThrow().origins()).hasSizeGreaterThan(12);
    assertThat(report.origins())
        .extracting(ContainerOrigin::agreement)
        .allMatch(ContainerOrigin.Agreement::isProven);
    assertThat(report.checks())
        .extracting(Check::kind)
        .contains(
            Check.Kind.WORKLOAD,
            Check.Kind.POD,
            Check.Kind.CLAIM,
            Check.Kind.HEALTH,
            Check.Kind.WEBHOOK,
            Check.Kind.LLM);
    assertThat(report.checks())
        .flatExtracting(check -> check.fact().stream().map(fact -> fact.code()).toList())
        .contains(FactCode.HELM_NOT_ASKED, FactCode.RELEASE_APPLIED);
    assertThat(
            airgap.verify(
                plan,
                options(
                        "app.kubernetes.io/instance in (x, %s), app.kubernetes.io/part-of=kubernaut,!absent"
                            .formatted(plan.release().name()))
                    .build()))
        .extracting(VerificationReport::isOk)
        .isEqualTo(true);
  }

  @Test
  void anImageDeletedFromTheMirrorIsFound() {
    lab.deleteFromMirror(image("gateway"));
    undo.add(
        () -> {
          try (Airgap mirror =
              Airgap.builder().registry(lab.newRegistryClient()).closeClients(true).build()) {
            mirror.mirror(plan).orElseThrow();
          }
        });
    lab.replaceNodes();
    cluster
        .list(ResourceType.POD, namespace, Map.of("app", "gateway"))
        .forEach(pod -> cluster.delete(ResourceType.POD, pod));
    diagnosed("IMAGE_NOT_IN_MIRROR " + image("gateway"));
    assertThat(problems(verify()))
        .contains("WORKLOAD_NOT_READY Deployment " + namespace + "/gateway");
  }

  @Test
  void aPodWithAnImageOutsideThePlanIsFound() {
    intruder("unlabelled", "");
    intruder("labelled", "app.kubernetes.io/instance: " + plan.release().name());
    VerificationReport report =
        WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(200))
            .until(
                this::verify,
                seen ->
                    problems(seen).stream()
                        .noneMatch(problem -> problem.startsWith("POD_NOT_RUNNING")));
    assertThat(problems(report))
        .hasSize(2)
        .contains("POD_NOT_SELECTED Pod " + namespace + "/unlabelled")
        .anyMatch(problem -> problem.endsWith("Pod " + namespace + "/labelled"));
    assertThat(report.isOk()).isFalse();
    assertThat(report.origins())
        .filteredOn(origin -> origin.pod().equals("labelled"))
        .extracting(ContainerOrigin::requested)
        .containsExactly("docker.io/library/busybox:1.36");
  }

  private void intruder(String name, String labels) {
    cluster.create(
        ResourceType.POD,
        object(
            "{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: {%s}}, spec: {containers: [{name: main, image: 'docker.io/library/busybox:1.36'}]}}"
                .formatted(name, namespace, labels)));
    undo.add(
        () ->
            cluster
                .get(ResourceType.POD, namespace, name)
                .ifPresent(pod -> cluster.delete(ResourceType.POD, pod)));
  }

  @Test
  void anApplicationOfArgoIsRecognizedByItsLabel() {
    put(
        APPLICATION,
        plan.release().name(),
        "{destination: {namespace: %s}}".formatted(namespace),
        "{sync: {status: Synced}, health: {status: Healthy}}");
    String application = "Application " + namespace + "/" + plan.release().name();
    VerificationReport report = verify().orElseThrow();
    assertThat(report.managedBy())
        .extracting(each -> each.subject().toString())
        .containsExactly(application);

    status(
        APPLICATION,
        plan.release().name(),
        "{sync: {status: OutOfSync}, health: {status: Healthy}}");
    assertThat(problems(verify())).containsExactly("GITOPS_OUT_OF_SYNC " + application);
    status(
        APPLICATION,
        plan.release().name(),
        "{sync: {status: Unknown}, health: {status: Healthy}, conditions: [{type: ComparisonError, message: cannot reach git.corp}]}");
    assertThat(verify().isOk()).isFalse();
    diagnosed("GITOPS_NOT_READY " + application);
  }

  @Test
  void aJobThatArgoManagesIsNotCreatedAgainByAnUpgrade() {
    String job = "argo-migration";
    put(APPLICATION, "kubernaut-app", "{}", "{sync: {status: Synced}, health: {status: Healthy}}");
    mark(
        "annotations",
        workload ->
            workload.with(
                "kubernaut-app:apps/Deployment:" + namespace + "/" + workload.name(),
                "metadata",
                "annotations",
                "argocd.argoproj.io/tracking-id"));
    cluster.create(
        ResourceType.JOB,
        object(
            """
            {apiVersion: batch/v1, kind: Job, metadata: {name: %s, namespace: %s, labels: {app.kubernetes.io/instance: %s}},
             spec: {backoffLimit: 0, template: {metadata: {annotations: {lab.kubernaut.ai/exit-code: '1', lab.kubernaut.ai/log: 'goose: syntax error in 0002.sql'}},
               spec: {restartPolicy: Never, containers: [{name: main, image: '%s'}]}}}}
            """
                .formatted(job, namespace, plan.release().name(), image("db-migrate"))));
    undo.add(
        () ->
            cluster
                .list(ResourceType.POD, namespace, Map.of("job-name", job))
                .forEach(pod -> cluster.delete(ResourceType.POD, pod)));
    undo.add(
        () ->
            cluster.delete(
                ResourceType.JOB, cluster.get(ResourceType.JOB, namespace, job).orElseThrow()));
    Diagnosis diagnosis =
        WaitPolicy.of(Duration.ofSeconds(30), Duration.ofMillis(200))
            .until(
                () -> airgap.diagnose(plan, options(selector).build()),
                found ->
                    found.causes().stream()
                        .anyMatch(cause -> cause.problem().code() == ProblemCode.JOB_FAILED));
    RepairReport report =
        airgap.repair(
            Installation.of(plan.release(), plan), diagnosis, RepairOptions.builder().build());
    assertThat(report.facts()).isEmpty();
    assertThat(report.problems())
        .extracting(problem -> problem.code())
        .containsExactly(ProblemCode.REPAIR_LEFT_TO_GITOPS);
    assertThat(report.problems().get(0).remedy())
        .contains("argocd app sync " + namespace + "/kubernaut-app");
  }

  @Test
  void objectsOfFluxAreRecognizedByTheirLabels() {
    put(
        KUSTOMIZATION,
        "apps",
        "{suspend: true}",
        "{conditions: [{type: Ready, status: 'True', message: applied}]}");
    flux("kustomize.toolkit.fluxcd.io", "apps");
    assertThat(problems(verify()))
        .containsExactly("GITOPS_SUSPENDED Kustomization " + namespace + "/apps");
    assertThat(verify().isOk()).isTrue();

    put(
        HELM_RELEASE,
        "kubernaut",
        "{}",
        "{conditions: [{type: Ready, status: 'False', reason: ArtifactFailed, message: 'cannot reach charts.corp'}]}");
    flux("helm.toolkit.fluxcd.io", "kubernaut");
    assertThat(problems(verify()))
        .contains("GITOPS_NOT_READY HelmRelease " + namespace + "/kubernaut");
    assertThat(verify().isOk()).isFalse();
  }

  private void flux(String group, String name) {
    mark(
        "labels",
        workload ->
            workload
                .with(name, "metadata", "labels", group + "/name")
                .with(namespace, "metadata", "labels", group + "/namespace"));
  }

  @Test
  void theCommandsAcceptASelector() throws IOException {
    Path file = directory.resolve("plan.yaml");
    plan.save(file);
    String credentials =
        lab.mirrorCredentials().username() + ":" + lab.mirrorCredentials().password().reveal();
    Path authFile =
        Files.writeString(
            directory.resolve("auth.json"),
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                .formatted(
                    plan.target().registry(),
                    Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8))));
    Object[] reach = {
      "--plan",
      file,
      "--kubeconfig",
      lab.kubeconfig(),
      "--authfile",
      authFile,
      "--plain-http",
      plan.target().registry()
    };
    CommandLineRun healthy =
        run("verify", reach, "--selector", selector, "--timeout", "0", "--json");
    assertThat(healthy.status()).as("%s", healthy).isZero();
    assertThat(healthy.out()).contains("HELM_NOT_ASKED", "\"managedBy\" : [ ]");

    CommandLineRun text =
        run(
            "verify",
            reach,
            "--selector",
            selector,
            "--selector-namespace",
            namespace,
            "--selector-namespace",
            workflows);
    assertThat(text.status()).as("%s", text).isZero();
    assertThat(text.out())
        .containsIgnoringWhitespaces("Helm was not asked")
        .containsIgnoringWhitespaces("was deployed with kubectl");

    CommandLineRun diagnosed = run("diagnose", reach, "--selector", selector, "--json");
    assertThat(diagnosed.status()).as("%s", diagnosed).isZero();
    assertThat(diagnosed.out()).contains("no problem found");

    CommandLineRun other =
        run("verify", reach, "--selector", "app.kubernetes.io/instance=x", "--timeout", "0");
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.out())
        .containsIgnoringWhitespaces("have the label app.kubernetes.io/instance=");

    CommandLineRun bundle =
        run("diagnose", reach, "--selector", "", "--support-bundle", directory.resolve("s.tar.gz"));
    assertThat(bundle.status()).isEqualTo(2);
    assertThat(bundle.err()).contains("--support-bundle excludes --selector");

    CommandLineRun helm = run("verify", reach, "--timeout", "0");
    assertThat(helm.status()).isEqualTo(1);
    assertThat(helm.out())
        .contains("there is no such release")
        .containsIgnoringWhitespaces("--selector " + selector);
  }

  private static CommandLineRun run(String command, Object[] reach, Object... further) {
    return CommandLineRun.of(
        Stream.of(Stream.of((Object) command), Stream.of(reach), Stream.of(further))
            .flatMap(arguments -> arguments)
            .toArray());
  }
}
