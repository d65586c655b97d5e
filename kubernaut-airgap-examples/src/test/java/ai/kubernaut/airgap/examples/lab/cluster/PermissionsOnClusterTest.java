package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.chart.TemplateConditions;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.install.SecretRotation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirrorReports;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirrorrules.MirrorRule;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.permissions.ClusterStep;
import ai.kubernaut.airgap.permissions.Permission;
import ai.kubernaut.airgap.permissions.PermissionChecker;
import ai.kubernaut.airgap.permissions.PermissionReport;
import ai.kubernaut.airgap.permissions.StepContext;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.TestCertificates;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.repair.RepairOptions;
import ai.kubernaut.airgap.seal.ImagePolicyOptions;
import ai.kubernaut.airgap.seal.RootOfTrust;
import ai.kubernaut.airgap.seal.SealOptions;
import ai.kubernaut.airgap.verify.VerifyOptions;
import ai.kubernaut.airgap.yaml.Yaml;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each step succeeds for a user who has exactly the permissions of the table. Where the API server
 * tells what it was asked for, which only that in this JVM does, each step also uses every one of
 * them.
 */
@Timeout(240)
final class PermissionsOnClusterTest {
  private static final String KEY =
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----\n";
  private static final String RBAC = "rbac.authorization.k8s.io/v1";
  private static final Target MIRROR = Target.registry("harbor.corp");

  private static final Set<ClusterStep> CHANGES =
      Set.of(ClusterStep.INSTALL, ClusterStep.UPGRADE, ClusterStep.ROLLBACK);

  @TempDir Path directory;

  private final MemoryRegistryClient registry = MemoryRegistryClient.create();
  private final Set<Access> seen = ConcurrentHashMap.newKeySet();
  private TestCluster cluster;
  private ClusterClient admin;
  private String shop;
  private String workflows;
  private String users;
  private ReleaseName release;

  private void start(Flavour flavour) {
    cluster =
        TestCluster.start(
            directory,
            (image, configs) -> {
              if (image.contains("broken")) {
                throw new PullFailure("manifest unknown");
              }
              return new PulledImage(
                  image + "@" + Digest.sha256(image.getBytes(StandardCharsets.UTF_8)));
            },
            flavour,
            Duration.ofMillis(100));
    admin = Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig());
    cluster.audit(seen::add);
    shop = cluster.name("shop");
    workflows = cluster.name("workflows");
    users = cluster.name("users");
    release = ReleaseName.of("shop", shop);
    for (String name : List.of(shop, workflows, users)) {
      cluster.createNamespace(
          new NamespaceBuilder()
              .withNewMetadata()
              .withName(name)
              .addToLabels("app.kubernetes.io/managed-by", "Helm")
              .addToAnnotations("meta.helm.sh/release-name", "shop")
              .addToAnnotations("meta.helm.sh/release-namespace", shop)
              .endMetadata()
              .build());
    }
  }

  /**
   * What a hook that waits is explained by; when it is done depends on the time that hooks take.
   */
  private Set<String> whileHooksWait() {
    return Set.of("list events in " + shop, "get pods/log in " + shop);
  }

  /** What a step needs in situations that these tests do not have. */
  private Set<String> sometimes() {
    return Set.of(
        // Helm deletes revisions when there are more than ten.
        "delete secrets in " + shop,
        // The release may have been installed by others.
        "create leases.coordination.k8s.io in " + shop,
        // The namespace in the chart is the same in both revisions.
        "patch namespaces",
        "patch namespaces " + workflows,
        "delete namespaces",
        // The definitions of an earlier installation can remain, and a later chart can have more.
        "update customresourcedefinitions.apiextensions.k8s.io",
        "create customresourcedefinitions.apiextensions.k8s.io",
        // A binding that exists in both revisions is created again when someone has removed it.
        "bind roles.rbac.authorization.k8s.io b in " + workflows);
  }

  @AfterEach
  void stop() {
    admin.close();
    cluster.close();
  }

  /** A chart with objects of several kinds, each with the given names. */
  private Chart chart(String names) throws IOException {
    Path chart = directory.resolve("shop");
    Files.createDirectories(chart.resolve("templates"));
    Files.createDirectories(chart.resolve("crds"));
    Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    Files.writeString(chart.resolve("values.yaml"), "image: quay.io/shop/app:1\nnames: a-b\n");
    Files.writeString(
        chart.resolve("crds/order.yaml"),
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: orders.%1$s.io}
        spec:
          group: %1$s.io
          scope: Namespaced
          names: {plural: orders, kind: Order}
          versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
        """
            .formatted(shop));
    Files.writeString(
        chart.resolve("templates/all.yaml"),
        """
        {{- if not (lookup "v1" "Namespace" "" "kube-system") }}{{/* no cluster */}}{{ end }}
        apiVersion: v1
        kind: Namespace
        metadata: {name: WORKFLOWS}
        {{- range $name := splitList "-" .Values.names }}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{ $name }}}
        data: {names: {{ $.Values.names }}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{ $name }}, annotations: {names: {{ $.Values.names }}}}
        spec:
          selector: {matchLabels: {app: {{ $name }}}}
          template:
            metadata: {labels: {app: {{ $name }}}}
            spec:
              containers:
                - name: main
                  image: {{ $.Values.image }}
                  readinessProbe: {httpGet: {path: /ready, port: 8080}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: {{ $name }}, annotations: {names: {{ $.Values.names }}}}
        spec: {selector: {app: {{ $name }}}, ports: [{port: 8080}]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: {{ $name }}, namespace: WORKFLOWS, annotations: {names: {{ $.Values.names }}}}
        rules: [{apiGroups: [""], resources: [pods/exec], verbs: [create]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: {{ $name }}, namespace: WORKFLOWS, annotations: {names: {{ $.Values.names }}}}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }}}
        subjects: [{kind: ServiceAccount, name: default, namespace: {{ $.Release.Namespace }}}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: "{{ $.Release.Namespace }}-{{ $name }}", annotations: {names: {{ $.Values.names }}}}
        rules: [{apiGroups: [""], resources: [nodes], verbs: [watch]}]
        {{- end }}
        {{- range $event := list "install" "upgrade" "rollback" "delete" }}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: before-{{ $event }}, annotations: {helm.sh/hook: pre-{{ $event }}}}
        spec:
          template: {spec: {restartPolicy: Never, containers: [{name: main, image: {{ $.Values.image }}}]}}
        {{- end }}
        """
            .replace("WORKFLOWS", workflows));
    return Chart.at(chart).release(release).set("names", names);
  }

  private MirrorPlan plan(Airgap airgap, String names) throws IOException {
    MirrorPlan plan =
        airgap.plan(chart(names), MIRROR, PlanOptions.builder().resolveDigests(false).build());
    plan.entries()
        .forEach(
            entry ->
                registry.writeManifest(
                    entry.target(),
                    Manifest.of(
                        Manifest.OCI_INDEX,
                        ("{\"schemaVersion\":2,\"mediaType\":\""
                                + Manifest.OCI_INDEX
                                + "\",\"manifests\":[]}")
                            .getBytes(StandardCharsets.UTF_8))));
    return plan;
  }

  private Airgap airgap(Path kubeconfig) {
    return Airgap.builder()
        .cluster(Fabric8ClusterClient.fromKubeconfig(kubeconfig))
        .helm(HelmJavaClient.withKubeconfig(kubeconfig))
        .registry(registry)
        .build();
  }

  private StepContext context(MirrorPlan plan) {
    try (HelmJavaClient helm = HelmJavaClient.withKubeconfig(cluster.kubeconfig())) {
      RenderedChart rendered =
          RenderedChart.parse(helm.render(plan.chart().orElseThrow(), plan.release()));
      return StepContext.of(admin, plan.release(), rendered.namespaces(plan.release()))
          .addAllManifests(rendered.manifests())
          .accounts(
              PodPullSecrets.of(rendered, plan.release())
                  .accountsOutsideChart(Set.of("kubernaut-mirror")))
          .addAllLookups(
              helm.conditions(plan.chart().orElseThrow()).stream()
                  .map(TemplateConditions::lookups)
                  .flatMap(List::stream)
                  .toList())
          .build();
    }
  }

  /** Runs a step as a user with the permissions of the table, and compares both. */
  private void run(ClusterStep step, MirrorPlan plan, Consumer<Airgap> action) {
    PermissionReport table = PermissionChecker.needed(step, context(plan));
    TestUser user = cluster.createUser(directory, users, "user-" + step);
    try (Airgap airgap = airgap(user.kubeconfig())) {
      assertThat(airgap.checkPermissions(step, plan).missing())
          .as("without any role")
          .containsAll(
              table.needed().stream()
                  .filter(permission -> !permission.toString().startsWith("create namespaces"))
                  .toList());
      grant(table, user);
      PermissionReport checked =
          WaitPolicy.of(Duration.ofSeconds(20), Duration.ofMillis(50))
              .until(
                  () -> airgap.checkPermissions(step, plan), report -> report.problems().isEmpty());
      assertThat(checked.problems()).isEmpty();
      seen.clear();
      action.accept(airgap);
    }
    if (cluster.isInThisJvm()) {
      compareWithRequests(step, table, plan);
    }
  }

  private void compareWithRequests(ClusterStep step, PermissionReport table, MirrorPlan plan) {
    Set<String> used =
        seen.stream()
            .flatMap(
                access ->
                    table.needed().stream()
                        .filter(permission -> isFor(permission, access))
                        .map(Permission::toString))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(seen)
        .as("requests of " + step + " that the table does not have")
        .filteredOn(
            access -> table.needed().stream().noneMatch(permission -> isFor(permission, access)))
        .isEmpty();
    if (CHANGES.contains(step)) {
      used.addAll(whileHooksWait());
      used.addAll(sometimes());
    }
    if (step == ClusterStep.DIAGNOSE) {
      // Each cause has questions of its own, and these tests do not have all causes.
      PermissionChecker.needed(step, context(plan)).needed().stream()
          .filter(
              permission ->
                  Set.of("get", "list").contains(permission.verb())
                      && !PermissionChecker.needed(ClusterStep.VERIFY, context(plan))
                          .needed()
                          .contains(permission))
          .forEach(permission -> used.add(permission.toString()));
    }
    if (step == ClusterStep.REPAIR) {
      // What it needs depends on what is broken; the parts are compared as steps of their own.
      for (ClusterStep part :
          List.of(ClusterStep.DIAGNOSE, ClusterStep.PULL_SECRET, ClusterStep.UPGRADE)) {
        PermissionChecker.needed(part, context(plan))
            .needed()
            .forEach(permission -> used.add(permission.toString()));
      }
      used.add("get jobs.batch in " + workflows);
    }
    assertThat(table.needed())
        .as("superfluous permissions of " + step)
        .extracting(Permission::toString)
        .filteredOn(permission -> !used.contains(permission))
        .isEmpty();
  }

  private static boolean isFor(Permission permission, Access access) {
    return permission.verb().equals(access.verb())
        && permission.group().equals(access.group())
        && permission.resource().equals(access.resource())
        && permission.namespace().orElse("").equals(access.namespace())
        && (permission.name().isEmpty() || permission.name().get().equals(access.name()));
  }

  private Diagnosis aRejectedSecretAndAFailedHook() {
    Problem rejected =
        Problem.of(
            ProblemCode.PULL_CREDENTIALS_REJECTED,
            Subject.object(Subject.Kind.SECRET, shop, "kubernaut-mirror"),
            Map.of("registry", MIRROR.address()));
    Problem failed =
        Problem.of(
            ProblemCode.HOOK_FAILED,
            Subject.object(Subject.Kind.JOB, shop, "before-upgrade"),
            Map.of("events", "pre-upgrade"));
    return Diagnosis.of(
        release,
        Stream.of(rejected, failed)
            .map(problem -> Cause.builder().problem(problem).isRoot(true).build())
            .toList());
  }

  /** Creates the roles of the report, and binds them to the user. */
  private void grant(PermissionReport report, TestUser user) {
    for (RenderedManifest document : RenderedChart.parse(report.toYaml()).manifests()) {
      String kind = document.object().kind();
      boolean isRole = kind.equals("Role");
      String name = isRole ? document.object().name() : cluster.name(document.object().name());
      KubernetesObject role = document.object().with(name, "metadata", "name");
      admin.create(
          isRole
              ? ResourceType.namespaced(RBAC, kind, "roles")
              : ResourceType.cluster(RBAC, kind, "clusterroles"),
          role);
      ResourceType binding =
          isRole
              ? ResourceType.namespaced(RBAC, "RoleBinding", "rolebindings")
              : ResourceType.cluster(RBAC, "ClusterRoleBinding", "clusterrolebindings");
      admin.create(
          binding,
          KubernetesObject.named(binding, role.namespace().orElse(null), name)
              .with(List.of(user.subject()), "subjects")
              .with(Map.of("kind", kind, "name", name), "roleRef"));
    }
  }

  private void assumeAdmissionPolicies() {
    try (ClusterClient client = Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig())) {
      TestCluster.assumeAdmissionPolicies(client);
    }
  }

  @Test
  void theTableHasWhatTheLifeOfAReleaseNeedsAndNothingElse() throws Exception {
    start(Flavour.KUBERNETES);
    assumeAdmissionPolicies();
    try (Airgap administrator = airgap(cluster.kubeconfig())) {
      MirrorPlan first = plan(administrator, "a-b");
      MirrorPlan second = plan(administrator, "b-c");
      MirrorReport mirrored = MirrorReports.of(first, MirroredImage.Outcome.COPIED);
      InstallOptions options =
          InstallOptions.builder()
              .llmCredentials(Map.of("OPENAI_API_KEY", Secret.of("none")))
              .build();
      run(
          ClusterStep.PULL_SECRET,
          first,
          airgap -> {
            airgap.configurePullSecret(mirrored, Credentials.of("robot", "one"));
            airgap.configurePullSecret(mirrored, Credentials.of("robot", "two"));
          });
      MirrorPlan other =
          MirrorPlan.builder(MIRROR).image(ImageRef.parse("quay.io/shop/other:1")).build();
      run(
          ClusterStep.SEAL,
          first,
          airgap -> {
            SealOptions.Builder seal = SealOptions.builder().addNamespaces(shop, workflows);
            airgap.apply(airgap.planSeal(first, seal.build())).orElseThrow();
            airgap
                .apply(
                    airgap.planSeal(
                        first, seal.action(SealOptions.Action.WARN).addOtherPlans(other).build()))
                .orElseThrow();
            airgap.apply(airgap.planSealRemoval(release)).orElseThrow();
            airgap.apply(airgap.planSeal(first, seal.build())).orElseThrow();
          });
      PullSecretReport secret =
          administrator.findPullSecret(first, PullSecretOptions.builder().build());
      run(ClusterStep.INSTALL, first, airgap -> airgap.install(mirrored, secret, options));
      run(
          ClusterStep.UPGRADE,
          second,
          airgap ->
              airgap.install(
                  MirrorReports.of(second, MirroredImage.Outcome.COPIED), secret, options));
      run(
          ClusterStep.ROLLBACK,
          first,
          airgap -> airgap.rollback(release, 1, ReleaseOptions.builder().build()).orElseThrow());
      Map<ResourceType, String> readers =
          Map.of(
              ResourceType.DEPLOYMENT, "reader-a",
              ResourceType.STATEFUL_SET, "reader-b",
              ResourceType.DAEMON_SET, "reader-c");
      readers.forEach((type, name) -> admin.create(type, reader(type, name)));
      run(
          ClusterStep.ROTATE_SECRETS,
          first,
          airgap ->
              airgap
                  .rotateSecrets(
                      first,
                      SecretRotation.builder()
                          .addNames("llm-credentials")
                          .putLlmCredentials("OPENAI_API_KEY", Secret.of("another"))
                          .restart(WaitPolicy.of(Duration.ofMinutes(1), Duration.ofMillis(100)))
                          .build())
                  .orElseThrow());
      readers.forEach(
          (type, name) -> admin.delete(type, admin.get(type, shop, name).orElseThrow()));
      for (String namespace : List.of(shop, workflows)) {
        admin.create(ResourceType.JOB, failingJob(namespace));
        admin.create(ResourceType.POD, pod(namespace, "broken"));
        admin.create(ResourceType.POD, pod(namespace, "web"));
        admin.create(
            ResourceType.SERVICE,
            KubernetesObject.named(ResourceType.SERVICE, namespace, "web")
                .with(Map.of("app", "web"), "spec", "selector")
                .with(List.of(Map.of("port", 8080)), "spec", "ports"));
      }
      run(
          ClusterStep.VERIFY,
          first,
          airgap ->
              airgap.verify(
                  Installation.builder()
                      .release(release)
                      .plan(first)
                      .addOtherNamespaces(workflows)
                      .build(),
                  VerifyOptions.builder()
                      .waitPolicy(
                          WaitPolicy.of(
                              Duration.ofSeconds(cluster.isInThisJvm() ? 2 : 15),
                              Duration.ofMillis(100)))
                      .build()));
      run(
          ClusterStep.VERIFY_BY_LABELS,
          first,
          airgap ->
              airgap.verify(
                  first,
                  VerifyOptions.builder()
                      .selector("")
                      .addNamespaces(shop, workflows)
                      .waitPolicy(
                          WaitPolicy.of(
                              Duration.ofSeconds(cluster.isInThisJvm() ? 2 : 15),
                              Duration.ofMillis(100)))
                      .build()));
      Installation installed =
          Installation.builder().release(release).plan(first).addOtherNamespaces(workflows).build();
      run(ClusterStep.DIAGNOSE, first, airgap -> airgap.diagnose(installed));
      run(
          ClusterStep.REPAIR,
          first,
          airgap -> {
            airgap.diagnose(installed);
            RepairOptions renew =
                RepairOptions.builder().credentials(Credentials.of("robot", "three")).build();
            airgap.repair(installed, aRejectedSecretAndAFailedHook(), renew).orElseThrow();
          });
      run(ClusterStep.PRUNE, first, airgap -> airgap.history(release));
      run(
          ClusterStep.UNINSTALL,
          first,
          airgap ->
              assertThat(
                      airgap
                          .uninstall(release, ReleaseOptions.builder().build())
                          .orElseThrow()
                          .problems())
                  .isEmpty());
    }
  }

  private KubernetesObject reader(ResourceType type, String name) {
    return KubernetesObject.of(
        Fields.of(
            Yaml.readMapping(
                "reader",
                """
                apiVersion: apps/v1
                kind: %1$s
                metadata: {name: %2$s, namespace: %3$s}
                spec:
                  selector: {matchLabels: {app: %2$s}}
                  template:
                    metadata: {labels: {app: %2$s}}
                    spec: {containers: [{name: main, image: "harbor.corp/shop/app:1", envFrom: [{secretRef: {name: llm-credentials}}]}]}
                """
                    .formatted(type.kind(), name, shop),
                Yaml.DuplicateKeys.REFUSED)));
  }

  private static KubernetesObject pod(String namespace, String name) {
    return KubernetesObject.named(ResourceType.POD, namespace, name)
        .with(Map.of("app", name), "metadata", "labels")
        .with(
            List.of(
                Map.of(
                    "name",
                    "main",
                    "image",
                    "harbor.corp/shop/" + name + ":1",
                    "readinessProbe",
                    Map.of("httpGet", Map.of("path", "/ready", "port", 8080)))),
            "spec",
            "containers");
  }

  private static KubernetesObject failingJob(String namespace) {
    return KubernetesObject.of(
        Fields.of(
            Yaml.readMapping(
                "job",
                """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: failing, namespace: %s}
                spec:
                  backoffLimit: 0
                  template:
                    metadata: {annotations: {lab.kubernaut.ai/exit-code: "1"}}
                    spec: {restartPolicy: Never, containers: [{name: main, image: "harbor.corp/shop/app:1"}]}
                """
                    .formatted(namespace),
                Yaml.DuplicateKeys.REFUSED)));
  }

  @Test
  void theTableHasWhatOpenShiftNeedsAndNothingElse() throws Exception {
    start(Flavour.OPENSHIFT);
    try (Airgap administrator = airgap(cluster.kubeconfig())) {
      MirrorPlan plan = plan(administrator, "a-b");
      MirrorReport mirrored = MirrorReports.of(plan, MirroredImage.Outcome.COPIED);
      run(
          ClusterStep.PULL_SECRET,
          plan,
          airgap -> airgap.configurePullSecret(mirrored, Credentials.of("robot", "one")));
      run(
          ClusterStep.TRUST,
          plan,
          airgap -> {
            for (String name : List.of("one", "two")) {
              airgap.apply(airgap.planTrust(MIRROR, certificate(name))).orElseThrow();
            }
          });
      run(
          ClusterStep.IMAGE_POLICY,
          plan,
          airgap ->
              assertThat(
                      airgap
                          .draftImagePolicies(
                              plan,
                              ImagePolicyOptions.builder()
                                  .rootOfTrust(RootOfTrust.publicKey(KEY, Optional.empty()))
                                  .build())
                          .policies())
                  .isNotEmpty());
      run(
          ClusterStep.MIRROR_RULES,
          plan,
          airgap -> {
            MirrorRuleOptions.Builder options = MirrorRuleOptions.builder().forTags(true);
            airgap.apply(airgap.planMirrorRules(plan, options.build())).orElseThrow();
            options.sourcePolicy(MirrorRule.SourcePolicy.NEVER_CONTACT_SOURCE);
            airgap.apply(airgap.planMirrorRules(plan, options.build())).orElseThrow();
            airgap
                .apply(airgap.planMirrorRules(plan, options.forTags(false).build()))
                .orElseThrow();
          });
    }
  }

  private String certificate(String name) {
    try {
      return Files.readString(TestCertificates.create(directory.resolve(name)).authority());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eachMissingPermissionIsAProblemWithTheRuleThatAllowsIt() throws Exception {
    start(Flavour.KUBERNETES);
    assumeAdmissionPolicies();
    TestUser nobody = cluster.createUser(directory, users, "nobody");
    try (Airgap airgap = airgap(nobody.kubeconfig());
        Airgap administrator = airgap(cluster.kubeconfig())) {
      MirrorPlan plan = plan(administrator, "a-b");
      assertThat(administrator.checkPermissions(ClusterStep.INSTALL, plan).missing()).isEmpty();
      PermissionReport report = airgap.checkPermissions(ClusterStep.PRUNE, plan);
      assertThat(report.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.PERMISSION_MISSING);
      assertThat(report.problems().get(0).describe())
          .contains(
              "does not allow the user to list secrets in the namespace " + shop,
              "bind the user to a Role with the rule {apiGroups: [\"\"], resources: [\"secrets\"], verbs: [\"list\"]}");
      assertThat(
              airgap
                  .checkPermissions(
                      administrator.planSeal(
                          plan, SealOptions.builder().addNamespaces(shop).build()))
                  .missing())
          .extracting(Permission::toString)
          .containsExactly(
              "create validatingadmissionpolicies.admissionregistration.k8s.io",
              "create validatingadmissionpolicybindings.admissionregistration.k8s.io");
    }
  }
}
