package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.openshift.HostedControlPlane;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.immutables.value.Value;

/** What the permissions for a step depend on. Immutable. */
@Value.Immutable
public interface StepContext {
  /** The kinds of clusters that differ in what a step does. */
  enum Cluster {
    /** Kubernetes without the APIs of OpenShift. */
    KUBERNETES,
    /** OpenShift with MachineConfigPools. */
    OPENSHIFT,
    /** A hosted cluster of OpenShift, which has no MachineConfigPools. */
    HOSTED
  }

  /** {@return the name and namespace of the release} */
  ReleaseName release();

  /**
   * The kind of cluster.
   *
   * @return by default Kubernetes
   */
  @Value.Default
  default Cluster cluster() {
    return Cluster.KUBERNETES;
  }

  /**
   * Whether the cluster has ImageDigestMirrorSets.
   *
   * @return by default true; false for OpenShift before 4.13
   */
  @Value.Default
  default boolean hasDigestMirrorSets() {
    return true;
  }

  /**
   * The namespaces in which pods of the release run.
   *
   * @return by default that of the release
   */
  @Value.Default
  default Set<String> namespaces() {
    return Set.of(release().namespace());
  }

  /**
   * Those of the namespaces that do not exist, so that a step has to create them.
   *
   * @return by default none
   */
  Set<String> missingNamespaces();

  /**
   * The ServiceAccounts that the chart does not create and that get the name of the pull secret,
   * because no value of the chart gives it to the pods.
   *
   * @return by default none
   */
  Set<PodPullSecrets.Account> accounts();

  /**
   * The objects of the chart, hooks included.
   *
   * @return by default none: then only what Helm needs for the release itself is known
   */
  List<RenderedManifest> manifests();

  /**
   * The calls of {@code lookup} in the templates.
   *
   * @return their arguments as they are written there; by default none
   */
  Set<String> lookups();

  /**
   * Asks a cluster what it is, and whether the namespaces exist. Read-only.
   *
   * @param cluster the cluster
   * @param release the release
   * @param namespaces where its pods run
   * @return the context without a chart
   * @throws ClusterException when the cluster cannot be asked
   */
  static Builder of(ClusterClient cluster, ReleaseName release, Collection<String> namespaces) {
    Cluster kind = Cluster.KUBERNETES;
    if (cluster.serves(ResourceType.CLUSTER_VERSION)) {
      kind = HostedControlPlane.isOf(cluster) ? Cluster.HOSTED : Cluster.OPENSHIFT;
    }
    return builder()
        .release(release)
        .cluster(kind)
        .hasDigestMirrorSets(cluster.serves(ResourceType.IMAGE_DIGEST_MIRROR_SET))
        .namespaces(namespaces)
        .missingNamespaces(
            namespaces.stream()
                .filter(namespace -> !exists(cluster, namespace))
                .collect(Collectors.toSet()));
  }

  private static boolean exists(ClusterClient cluster, String namespace) {
    try {
      return cluster.get(ResourceType.NAMESPACE, null, namespace).isPresent();
    } catch (ClusterException e) {
      if (e.reason() == ClusterException.Reason.FORBIDDEN) {
        // That it is forbidden is reported with the other permissions.
        return true;
      }
      throw e;
    }
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link StepContext}. Not thread-safe. */
  final class Builder extends ImmutableStepContext.Builder {
    Builder() {}
  }
}
