package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Recognizes who has deployed the workloads: Argo CD, Flux, or kubectl. */
final class DeployerChecks {
  private static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final String OF_HELM = "meta.helm.sh/release-name";

  private final Namespaces namespaces;
  private final Subject release;
  private final boolean isHelmRelease;
  private final List<GitOpsResource> managers;

  /**
   * Finds who has deployed the workloads.
   *
   * @param isHelmRelease whether Helm knows the release
   */
  DeployerChecks(Namespaces namespaces, ReleaseName release, boolean isHelmRelease) {
    this.namespaces = namespaces;
    this.release = new Subject(Subject.Kind.RELEASE, release.name());
    this.isHelmRelease = isHelmRelease;
    this.managers = find();
  }

  private List<GitOpsResource> find() {
    if (!namespaces.workloads().isEmpty()) {
      return GitOpsResource.of(namespaces.cluster(), namespaces.workloads(), !isHelmRelease);
    }
    // What should have been deployed to a namespace that it shares with others is not known.
    return namespaces.allWorkloads().isEmpty()
        ? GitOpsResource.deployingTo(namespaces.cluster(), namespaces.names())
        : List.of();
  }

  /** What manages the release. */
  List<GitOpsResource> managers() {
    return managers;
  }

  List<Check> run() {
    List<Check> checks = new ArrayList<>();
    for (GitOpsResource manager : managers) {
      checks.add(Check.of(Check.Kind.RELEASE, Check.Result.PASS, manager.manages(release)));
      manager
          .problems()
          .forEach(
              problem ->
                  checks.add(
                      Check.of(
                          Check.Kind.RELEASE,
                          manager.isProgressing() ? Check.Result.PENDING : Check.Result.FAIL,
                          problem)));
    }
    if (managers.isEmpty()
        && !isHelmRelease
        && !namespaces.workloads().isEmpty()
        && namespaces.workloads().stream().allMatch(DeployerChecks::isAppliedByKubectl)) {
      checks.add(
          Check.of(
              Check.Kind.RELEASE,
              Check.Result.PASS,
              Fact.of(FactCode.RELEASE_APPLIED, release, Map.of("tool", "kubectl"))));
    }
    return checks;
  }

  private static boolean isAppliedByKubectl(KubernetesObject workload) {
    return !workload.annotations().containsKey(OF_HELM)
        && (workload.annotations().containsKey(APPLIED)
            || workload.fields().list("metadata", "managedFields").stream()
                .anyMatch(DeployerChecks::isOfKubectl));
  }

  private static boolean isOfKubectl(Fields manager) {
    return manager.text("manager").orElse("").equals("kubectl")
        && manager.text("operation").orElse("").equals("Apply");
  }
}
