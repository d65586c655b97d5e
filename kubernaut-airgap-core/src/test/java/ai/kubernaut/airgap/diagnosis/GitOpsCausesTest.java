package ai.kubernaut.airgap.diagnosis;

import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.GATEWAY;
import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Releases that Argo CD or Flux deploys. */
final class GitOpsCausesTest {
  private final DiagnosedRelease release = DiagnosedRelease.onKubernetes();

  private void application(String status) {
    release.put(
        "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: kubernaut, namespace: argocd},"
            + " spec: {destination: {namespace: NS}}, status: %s}".formatted(status));
  }

  private void helmRelease(String spec, String status) {
    release.put(
        "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: kubernaut, namespace: flux-system},"
            + " spec: %s, status: %s}".formatted(spec, status));
  }

  private void withoutWorkloads() {
    release.withoutRelease();
    release
        .cluster
        .list(ResourceType.DEPLOYMENT, NAMESPACE, Map.of())
        .forEach(each -> release.cluster.delete(ResourceType.DEPLOYMENT, each));
  }

  /** Gives the Deployment a label or an annotation. */
  private void mark(String name, String value, String field) {
    release
        .cluster
        .get(ResourceType.DEPLOYMENT, NAMESPACE, "gateway")
        .ifPresent(
            each ->
                release.cluster.put(
                    ResourceType.DEPLOYMENT, each.with(value, "metadata", field, name)));
  }

  private Cause root(Diagnosis diagnosis, String name) {
    return diagnosis.roots().stream()
        .filter(root -> DiagnosedRelease.name(root.problem()).equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSourceThatArgoCannotReachIsTheRootOfMissingWorkloads() {
    withoutWorkloads();
    application(
        "{sync: {status: Unknown}, health: {status: Healthy}, conditions: [{type: ComparisonError, message: cannot reach git.corp}]}");
    Diagnosis diagnosis = release.diagnose();
    Cause cause = root(diagnosis, "GITOPS_NOT_READY Application argocd/kubernaut");
    assertThat(diagnosis.isOk()).isFalse();
    assertThat(cause.evidence())
        .extracting(Fact::message)
        .contains("its field status.conditions is ComparisonError: cannot reach git.corp");
    assertThat(diagnosis.allConsequences(cause))
        .extracting(DiagnosedRelease::name)
        .containsExactly("WORKLOADS_MISSING release kubernaut");
    assertThat(cause.repair().orElseThrow().command())
        .isEqualTo("argocd app sync argocd/kubernaut");
  }

  @Test
  void anApplicationThatWasNeverSyncedIsTheOnlyRootOfWhatItLacks() {
    withoutWorkloads();
    application("{sync: {status: OutOfSync}, health: {status: Missing}}");
    assertThat(release.roots())
        .contains("GITOPS_OUT_OF_SYNC Application argocd/kubernaut")
        .doesNotContain("GITOPS_NOT_READY Application argocd/kubernaut");
    assertThat(release.diagnose().isOk()).as("consequences are errors").isFalse();
  }

  @Test
  void aSuspendedHelmReleaseIsTheRootOfAReleaseThatDoesNotExist() {
    withoutWorkloads();
    helmRelease("{suspend: true, targetNamespace: NS}", "{}");
    Diagnosis diagnosis = release.diagnose();
    assertThat(diagnosis.roots())
        .extracting(root -> DiagnosedRelease.name(root.problem()))
        .containsExactly("GITOPS_SUSPENDED HelmRelease flux-system/kubernaut");
    assertThat(diagnosis.allConsequences(diagnosis.roots().get(0)))
        .extracting(DiagnosedRelease::name)
        .containsExactlyInAnyOrder(
            "RELEASE_NOT_FOUND release kubernaut",
            "WORKLOADS_MISSING release kubernaut",
            "MIGRATION_JOB_MISSING Job " + NAMESPACE + "/migration");
    assertThat(diagnosis.roots().get(0).repair().orElseThrow().command())
        .isEqualTo("flux resume helmrelease kubernaut -n flux-system");
    assertThat(diagnosis.isOk()).isFalse();
  }

  @Test
  void aHelmReleaseThatFailsBecauseOfItsPodsIsAConsequence() {
    release.failingPull("gateway", GATEWAY, "manifest unknown");
    release.unpublish(GATEWAY);
    release.helmStatus("failed");
    mark("helm.toolkit.fluxcd.io/name", "kubernaut", "labels");
    mark("helm.toolkit.fluxcd.io/namespace", "flux-system", "labels");
    helmRelease(
        "{}",
        "{conditions: [{type: Ready, status: 'False', reason: UpgradeFailed, message: timed out}]}");
    Diagnosis diagnosis = release.diagnose();
    assertThat(diagnosis.roots())
        .extracting(root -> DiagnosedRelease.name(root.problem()))
        .containsExactly("IMAGE_NOT_IN_MIRROR " + GATEWAY);
    assertThat(diagnosis.allConsequences(diagnosis.roots().get(0)))
        .extracting(DiagnosedRelease::name)
        .contains(
            "RELEASE_NOT_DEPLOYED release kubernaut",
            "GITOPS_NOT_READY HelmRelease flux-system/kubernaut");
  }

  @Test
  void aRepairThatAControllerWouldRevertIsLeftToIt() {
    release.failingPull("gateway", "docker.io/acme/gateway:1", "connection refused");
    mark(
        "argocd.argoproj.io/tracking-id",
        "kubernaut:apps/Deployment:" + NAMESPACE + "/gateway",
        "annotations");
    application("{sync: {status: Synced}, health: {status: Degraded}}");
    Diagnosis diagnosis = release.diagnose();
    assertThat(diagnosis.managedBy()).hasSize(1);
    Cause cause = diagnosis.roots().get(0);
    assertThat(cause.problem().code().name()).isEqualTo("REFERENCE_OUTSIDE_MIRROR");
    assertThat(cause.repair()).contains(new Repair("argocd app sync argocd/kubernaut", ""));
    assertThat(cause.evidence())
        .filteredOn(fact -> fact.code() == FactCode.RELEASE_MANAGED)
        .extracting(Fact::message)
        .singleElement()
        .asString()
        .contains("Application argocd/kubernaut of Argo CD", "change its source instead");
    assertThat(diagnosis.roots())
        .extracting(root -> root.problem().code().name())
        .doesNotContain("GITOPS_NOT_READY");
  }

  @Test
  void aSyncOfArgoFailsBecauseOfAHook() {
    release.job(
        "migration",
        "{containers: [{name: main, image: x}]}",
        "conditions: [{type: Failed, status: 'True', message: exit code 1}]");
    mark(
        "argocd.argoproj.io/tracking-id",
        "kubernaut:apps/Deployment:" + NAMESPACE + "/gateway",
        "annotations");
    application(
        "{sync: {status: Synced}, health: {status: Healthy}, operationState: {phase: Failed, message: a hook failed}}");
    Diagnosis diagnosis = release.diagnose();
    assertThat(diagnosis.roots())
        .extracting(root -> DiagnosedRelease.name(root.problem()))
        .containsExactly("JOB_FAILED Job " + NAMESPACE + "/migration");
    assertThat(diagnosis.allConsequences(diagnosis.roots().get(0)))
        .extracting(DiagnosedRelease::name)
        .containsExactly("GITOPS_NOT_READY Application argocd/kubernaut");
  }
}
