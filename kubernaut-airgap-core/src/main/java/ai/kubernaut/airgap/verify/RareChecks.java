package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks of what rarely changes while pods start, and needs large answers: webhooks, the LLM,
 * roles, objects of Argo CD and Flux, and the stored release. While a verification waits, they are
 * read again only now and then. Not thread-safe.
 */
final class RareChecks {
  private static final int LOOKS = 5;

  private final ClusterClient cluster;
  private final ReleaseName release;
  private final ProductProfile profile;
  private final Optional<Instant> moment;
  private List<Check> checks = List.of();
  private List<GitOpsResource> managers = List.of();
  private int age = LOOKS;
  private Optional<StoredRevision> revision = Optional.empty();
  private boolean hasReadRevision;

  RareChecks(
      ClusterClient cluster,
      ReleaseName release,
      ProductProfile profile,
      Optional<Instant> moment) {
    this.cluster = cluster;
    this.release = release;
    this.profile = profile;
    this.moment = moment;
  }

  /** Returns the latest revision; that of a release that is deployed does not change. */
  Optional<StoredRevision> revision(boolean isDeployed) {
    if (!hasReadRevision || !isDeployed) {
      revision = StoredRevision.latest(cluster, release);
      hasReadRevision = isDeployed;
    }
    return revision;
  }

  /** What manages the release, as of the last run. */
  List<GitOpsResource> managers() {
    return managers;
  }

  /**
   * Checks the webhooks, the LLM, who deploys the release, and the roles and definitions of a
   * deployed release.
   *
   * @param isHelmRelease whether Helm knows the release
   * @param isWaiting whether this look is followed by others
   */
  List<Check> run(Namespaces namespaces, boolean isHelmRelease, boolean isWaiting) {
    if (!isWaiting || age >= LOOKS) {
      List<Check> seen =
          new ArrayList<>(new WebhookChecks(namespaces, moment.orElseGet(Instant::now)).run());
      llmNamespaces(namespaces)
          .forEach(each -> seen.addAll(new LlmChecks(namespaces, each, profile).run()));
      if (hasReadRevision && revision.isPresent()) {
        ReleaseObjectChecks objects = new ReleaseObjectChecks(namespaces, revision.get());
        seen.addAll(objects.access());
        seen.addAll(objects.definitions());
        seen.addAll(objects.webhooks());
      }
      DeployerChecks deployer = new DeployerChecks(namespaces, release, isHelmRelease);
      managers = deployer.managers();
      seen.addAll(deployer.run());
      checks = List.copyOf(seen);
      age = 0;
    }
    age++;
    return checks;
  }

  /** The LLM is configured in the namespace of the release, or where objects are selected. */
  private Set<String> llmNamespaces(Namespaces namespaces) {
    return namespaces.selection().isPresent() ? namespaces.names() : Set.of(release.namespace());
  }
}
