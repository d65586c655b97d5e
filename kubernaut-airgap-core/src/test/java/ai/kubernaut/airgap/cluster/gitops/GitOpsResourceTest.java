package ai.kubernaut.airgap.cluster.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.ForwardingClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GitOpsResourceTest {
  private static final ResourceType HELM_RELEASE =
      ResourceType.namespaced("helm.toolkit.fluxcd.io/v2", "HelmRelease", "helmreleases");
  private static final ResourceType OLD_KUSTOMIZATION =
      ResourceType.namespaced(
          "kustomize.toolkit.fluxcd.io/v1beta2", "Kustomization", "kustomizations");
  private static final String READY =
      "{observedGeneration: 1, conditions: [{type: Ready, status: 'True', message: applied}]}";
  private static final String HEALTHY =
      "{sync: {status: Synced, revision: abc}, health: {status: Healthy}}";

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();

  private static KubernetesObject object(String yaml) {
    return KubernetesObject.of(
        Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED)));
  }

  private static KubernetesObject deployment(String metadata) {
    return object(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: gateway, namespace: ns, %s}}"
            .formatted(metadata));
  }

  private static KubernetesObject tracked(String application) {
    return deployment(
        "annotations: {argocd.argoproj.io/tracking-id: '%s:apps/Deployment:ns/gateway'}"
            .formatted(application));
  }

  private static KubernetesObject ofHelmRelease() {
    return deployment(
        "labels: {helm.toolkit.fluxcd.io/name: kubernaut, helm.toolkit.fluxcd.io/namespace: flux-system}");
  }

  private static KubernetesObject ofKustomization() {
    return deployment(
        "labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system}");
  }

  private static KubernetesObject instance(String name) {
    return deployment("labels: {app.kubernetes.io/instance: %s}".formatted(name));
  }

  private void application(String name, String spec, String status) {
    application(name, "", spec, status);
  }

  private void application(String name, String annotations, String spec, String status) {
    cluster.put(
        GitOpsFinder.APPLICATION,
        object(
            "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: %s, namespace: argocd, annotations: {%s}}, spec: %s, status: %s}"
                .formatted(name, annotations, spec, status)));
  }

  private void helmRelease(String spec, String status) {
    cluster.put(
        HELM_RELEASE,
        object(
            "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: kubernaut, namespace: flux-system, generation: 1}, spec: %s, status: %s}"
                .formatted(spec, status)));
  }

  private List<GitOpsResource> found(KubernetesObject... objects) {
    return GitOpsResource.of(cluster, List.of(objects), true);
  }

  private GitOpsResource only(KubernetesObject... objects) {
    List<GitOpsResource> found = found(objects);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static List<String> problems(GitOpsResource resource) {
    return resource.problems().stream()
        .map(problem -> problem.code() + " " + problem.message())
        .toList();
  }

  private Problem problem(KubernetesObject object) {
    GitOpsResource resource = only(object);
    assertThat(resource.problems()).hasSize(1);
    return resource.problems().get(0);
  }

  @Test
  void nothingIsRecognizedWithoutItsLabels() {
    application("kubernaut", "{destination: {namespace: ns}}", HEALTHY);
    helmRelease("{}", READY);
    assertThat(found(deployment("labels: {app: gateway}"))).isEmpty();
    assertThat(found(deployment("labels: {helm.toolkit.fluxcd.io/name: kubernaut}"))).isEmpty();
  }

  @Test
  void anApplicationIsRecognizedByTheTrackingIdOfItsObjects() {
    application("kubernaut", "{}", HEALTHY);
    GitOpsResource resource = only(tracked("kubernaut"), tracked("kubernaut"));
    assertThat(resource.subject()).hasToString("Application argocd/kubernaut");
    assertThat(resource.tool()).hasToString("Argo CD");
    assertThat(resource.problems()).isEmpty();
    assertThat(resource.unread()).isEmpty();
    assertThat(resource.evidence())
        .extracting(Fact::message)
        .containsExactly(
            "its field status.sync.status is Synced",
            "its field status.sync.revision is abc",
            "its field status.health.status is Healthy");
    assertThat(only(tracked("argocd_kubernaut")).path()).isEqualTo("argocd/kubernaut");
    assertThat(resource.manages(new Subject(Subject.Kind.RELEASE, "kubernaut")).code())
        .isEqualTo(FactCode.RELEASE_MANAGED);
    assertThat(
            found(
                deployment(
                    "annotations: {argocd.argoproj.io/tracking-id: 'kubernaut:apps/Deployment:other/gateway'}")))
        .as("a copy of an object that it manages")
        .isEmpty();
  }

  @Test
  void theLabelThatChartsSetTooCountsOnlyForAnApplicationThatDeploysTheObject() {
    assertThat(found(instance("kubernaut"))).isEmpty();
    application("kubernaut", "{destination: {namespace: elsewhere}}", HEALTHY);
    assertThat(found(instance("kubernaut"))).isEmpty();
    application("kubernaut", "{destination: {namespace: ns}}", HEALTHY);
    assertThat(only(instance("kubernaut")).path()).isEqualTo("argocd/kubernaut");
    assertThat(GitOpsResource.of(cluster, List.of(instance("kubernaut")), false))
        .as("of Helm")
        .isEmpty();
    application(
        "kubernaut",
        "{destination: {namespace: ns}}",
        "{resources: [{kind: Deployment, namespace: ns, name: other}]}");
    assertThat(found(instance("kubernaut"))).isEmpty();
    application(
        "kubernaut", "{}", "{resources: [{kind: Deployment, namespace: ns, name: gateway}]}");
    assertThat(only(instance("kubernaut")).path()).isEqualTo("argocd/kubernaut");
  }

  @Test
  void anApplicationInAnotherClusterIsNamedWithoutItsState() {
    GitOpsResource resource = only(tracked("team_kubernaut"));
    assertThat(resource.subject()).hasToString("Application team/kubernaut");
    assertThat(resource.unread()).contains("it is not in this cluster");
    assertThat(resource.manages(resource.subject()).message())
        .endsWith("its state is not known: it is not in this cluster");
  }

  @Test
  void anApplicationHasTheProblemsThatArgoReports() {
    application(
        "kubernaut",
        "{}",
        "{sync: {status: Unknown}, health: {status: Healthy}, conditions: [{type: ComparisonError, message: cannot reach git.corp}]}");
    assertThat(problem(tracked("kubernaut")).message())
        .isEqualTo(
            "Argo CD has not deployed it successfully: ComparisonError: cannot reach git.corp");
    application(
        "kubernaut",
        "{}",
        "{sync: {status: OutOfSync}, health: {status: Missing}, resources: ["
            + "{kind: Deployment, namespace: ns, name: api, status: OutOfSync, health: {status: Missing}}, {kind: Service, name: x, status: Synced}]}");
    GitOpsResource missing = only(tracked("kubernaut"));
    assertThat(problems(missing))
        .containsExactly(
            "GITOPS_NOT_READY Argo CD has not deployed it successfully: Missing",
            "GITOPS_OUT_OF_SYNC the cluster differs from its source: Deployment ns/api (Missing)");
    assertThat(missing.isProgressing()).isFalse();
    assertThat(missing.problems().get(1).remedy()).endsWith("argocd app sync argocd/kubernaut");
    assertThat(missing.problems().get(1).isError()).isFalse();
    application(
        "kubernaut",
        "{}",
        "{sync: {status: OutOfSync}, health: {status: Progressing}, operationState: {phase: Running}}");
    assertThat(only(tracked("kubernaut")).isProgressing()).isTrue();
    assertThat(problems(only(tracked("kubernaut")))).hasSize(1);
    application(
        "kubernaut",
        "{}",
        "{sync: {status: Synced}, health: {status: Healthy}, operationState: {phase: Failed, message: one or more objects failed to apply}}");
    assertThat(problem(tracked("kubernaut")).message())
        .endsWith("SyncFailed: one or more objects failed to apply");
    application("kubernaut", "argocd.argoproj.io/skip-reconcile: 'true'", "{}", HEALTHY);
    Problem skipped = problem(tracked("kubernaut"));
    assertThat(skipped.code()).isEqualTo(ProblemCode.GITOPS_SUSPENDED);
    assertThat(skipped.remedy())
        .endsWith(
            "kubectl annotate application kubernaut -n argocd argocd.argoproj.io/skip-reconcile-");
    application("kubernaut", "{}", "{sync: {status: Synced}, health: {status: Suspended}}");
    assertThat(problem(tracked("kubernaut")).code()).isEqualTo(ProblemCode.GITOPS_SUSPENDED);
  }

  @Test
  void aHelmReleaseIsRecognizedByTheLabelsOfItsObjects() {
    helmRelease("{}", READY);
    GitOpsResource resource = only(ofHelmRelease());
    assertThat(resource.subject()).hasToString("HelmRelease flux-system/kubernaut");
    assertThat(resource.isHelmRelease()).isTrue();
    assertThat(resource.problems()).isEmpty();
    assertThat(resource.syncCommand())
        .isEqualTo("flux reconcile helmrelease kubernaut -n flux-system --force");
  }

  @Test
  void aHelmReleaseHasTheProblemsThatFluxReports() {
    helmRelease("{suspend: true}", READY);
    Problem suspended = problem(ofHelmRelease());
    assertThat(suspended.code()).isEqualTo(ProblemCode.GITOPS_SUSPENDED);
    assertThat(suspended.remedy()).endsWith("flux resume helmrelease kubernaut -n flux-system");
    helmRelease(
        "{}",
        "{observedGeneration: 1, conditions: [{type: Ready, status: 'False', reason: InstallFailed, message: timed out}]}");
    assertThat(problem(ofHelmRelease()).message())
        .isEqualTo("Flux has not deployed it successfully: InstallFailed: timed out");
    helmRelease(
        "{}",
        "{observedGeneration: 1, conditions: [{type: Ready, status: 'False', reason: InstallFailed, message: timed out},"
            + " {type: Stalled, status: 'True', reason: RetriesExceeded, message: failed after 3 attempts}]}");
    assertThat(problem(ofHelmRelease()).message()).endsWith("InstallFailed: timed out");
    assertThat(only(ofHelmRelease()).evidence())
        .extracting(Fact::message)
        .contains("its condition Stalled is True: failed after 3 attempts");
    assertThat(only(ofHelmRelease()).isProgressing()).isFalse();
    helmRelease(
        "{}",
        "{observedGeneration: 1, conditions: [{type: Stalled, status: 'True', reason: InvalidSpec, message: no chart}]}");
    assertThat(problem(ofHelmRelease()).message()).endsWith("InvalidSpec: no chart");
    helmRelease(
        "{}",
        "{observedGeneration: 1, conditions: [{type: Ready, status: Unknown, message: running 'install' action}]}");
    assertThat(problem(ofHelmRelease()).message()).endsWith("running 'install' action");
    assertThat(only(ofHelmRelease()).isProgressing()).isTrue();
    helmRelease("{}", "{conditions: [{type: Ready, status: 'True'}]}");
    assertThat(problem(ofHelmRelease()).message())
        .endsWith("its controller has not applied its latest specification yet");
  }

  @Test
  void aKustomizationOfAnOlderApiIsRecognized() {
    cluster.put(
        OLD_KUSTOMIZATION,
        object(
            "{apiVersion: kustomize.toolkit.fluxcd.io/v1beta2, kind: Kustomization, metadata: {name: apps, namespace: flux-system},"
                + " status: {lastAppliedRevision: main@sha1:abc, conditions: [{type: Ready, status: 'True'}]}}"));
    GitOpsResource resource = only(ofKustomization());
    assertThat(resource.subject()).hasToString("Kustomization flux-system/apps");
    assertThat(resource.isHelmRelease()).isFalse();
    assertThat(resource.evidence())
        .extracting(Fact::message)
        .contains("its field status.lastAppliedRevision is main@sha1:abc");
    assertThat(resource.syncCommand())
        .isEqualTo("flux reconcile kustomization apps -n flux-system --with-source");
    cluster.withoutType(OLD_KUSTOMIZATION);
    assertThat(only(ofKustomization()).unread()).contains("it is not in this cluster");
  }

  @Test
  void whatTheUserMayNotReadIsNamedWithoutItsState() {
    application("kubernaut", "{}", HEALTHY);
    helmRelease("{suspend: true}", READY);
    ForwardingClusterClient restricted =
        new ForwardingClusterClient(cluster) {
          @Override
          public Optional<KubernetesObject> get(
              ResourceType type, @Nullable String namespace, String name) {
            if (type.equals(HELM_RELEASE)) {
              throw forbidden();
            }
            return super.get(type, namespace, name);
          }

          @Override
          public List<KubernetesObject> list(
              ResourceType type, @Nullable String namespace, Map<String, String> labels) {
            throw forbidden();
          }

          private ClusterException forbidden() {
            return new ClusterException(ClusterException.Reason.FORBIDDEN, "forbidden", null);
          }
        };
    List<GitOpsResource> found =
        GitOpsResource.of(
            restricted, List.of(ofHelmRelease(), tracked("kubernaut"), tracked("other")), true);
    assertThat(found)
        .extracting(resource -> resource.path() + " " + resource.unread().orElse("read"))
        .containsExactly(
            "flux-system/kubernaut the user is not allowed to read it",
            "argocd/kubernaut read",
            "other the user is not allowed to read it");
    assertThat(GitOpsResource.deployingTo(restricted, List.of("ns"))).isEmpty();
  }

  @Test
  void whatShouldDeployToANamespaceIsFoundByItsTarget() {
    application("kubernaut", "{destination: {namespace: ns}}", HEALTHY);
    application("other", "{destination: {namespace: other}}", HEALTHY);
    helmRelease("{targetNamespace: ns}", READY);
    cluster.put(
        OLD_KUSTOMIZATION,
        object(
            "{apiVersion: kustomize.toolkit.fluxcd.io/v1beta2, kind: Kustomization, metadata: {name: apps, namespace: flux-system}, spec: {targetNamespace: ns}}"));
    assertThat(GitOpsResource.deployingTo(cluster, List.of("ns")))
        .extracting(resource -> resource.subject().toString())
        .containsExactly(
            "HelmRelease flux-system/kubernaut",
            "Kustomization flux-system/apps",
            "Application argocd/kubernaut");
    assertThat(GitOpsResource.deployingTo(cluster, List.of("flux-system"))).isEmpty();
  }

  @Test
  void aCopyWithoutValuesIsReadAsTheSame() {
    application(
        "kubernaut",
        "{destination: {namespace: ns}, source: {helm: {values: 'password: hunter2'}}}",
        "{sync: {status: OutOfSync, comparedTo: {source: {helm: {values: 'password: hunter2'}}}}, history: [{source: hunter2}],"
            + " operationState: {phase: Failed, operation: {sync: hunter2}}, resources: [{kind: Deployment, namespace: ns, name: gateway, status: OutOfSync}]}");
    helmRelease("{suspend: true, values: {password: hunter2}}", READY);
    List<GitOpsResource> before = found(ofHelmRelease(), tracked("kubernaut"));
    for (ResourceType type : List.of(GitOpsFinder.APPLICATION, HELM_RELEASE)) {
      for (KubernetesObject each : cluster.list(type, null, Map.of())) {
        KubernetesObject copy = GitOpsResource.withoutValues(each);
        assertThat(copy.fields().toString()).doesNotContain("hunter2");
        cluster.put(type, copy);
      }
    }
    assertThat(found(ofHelmRelease(), tracked("kubernaut"))).isEqualTo(before);
    assertThat(GitOpsResource.withoutValues(tracked("kubernaut"))).isEqualTo(tracked("kubernaut"));
  }
}
