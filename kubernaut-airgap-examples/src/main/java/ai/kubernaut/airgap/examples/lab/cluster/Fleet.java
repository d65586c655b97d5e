package ai.kubernaut.airgap.examples.lab.cluster;

import java.util.Set;

/**
 * The nodes that a kubelet runs pods on. Pods of other nodes are not touched.
 *
 * @param names the names of the nodes; every node of the cluster, if empty
 * @param isScheduled whether pods without a node are assigned to one of these nodes; otherwise a
 *     scheduler of the cluster does so
 */
record Fleet(Set<String> names, boolean isScheduled) {
  static final Fleet WHOLE_CLUSTER = new Fleet(Set.of(), true);

  boolean has(String node) {
    return names.isEmpty() || names.contains(node);
  }
}
