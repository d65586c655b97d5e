package ai.kubernaut.airgap.cluster.openshift;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.Map;

/**
 * OpenShift clusters whose control plane is hosted by a management cluster (HyperShift). They have
 * no MachineConfigPools, and their API servers refuse changes of what the HostedCluster of the
 * management cluster sets, such as mirror rules.
 */
public final class HostedControlPlane {
  private HostedControlPlane() {}

  /**
   * Returns whether the control plane of a cluster is hosted.
   *
   * @param cluster any cluster
   * @return true for an OpenShift cluster that does not serve MachineConfigPools
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public static boolean isOf(ClusterClient cluster) {
    return cluster.serves(ResourceType.CLUSTER_VERSION)
        && !cluster.serves(ResourceType.MACHINE_CONFIG_POOL);
  }

  /**
   * Returns the problem that a step cannot change a setting.
   *
   * @param cluster the hosted cluster
   * @param what what the step would set, as a noun
   * @param field the field of the HostedCluster
   * @param value what the administrator has to add to it
   * @return the problem
   */
  public static Problem problem(ClusterClient cluster, String what, String field, String value) {
    return Problem.of(
        ProblemCode.HOSTED_CLUSTER_SETTING,
        new Subject(Subject.Kind.CLUSTER, cluster.address()),
        Map.of("what", what, "field", field, "value", value));
  }
}
