/**
 * How the nodes of an OpenShift cluster get a change: {@link
 * ai.kubernaut.airgap.cluster.openshift.NodeRollout} waits for the MachineConfigPools.
 *
 * <pre>{@code
 * ClusterChanger changer = new ClusterChanger(cluster, event -> {});
 * ClusterChange change =
 *     changer.plan(
 *         List.of(ObjectEdit.remove(ResourceType.IMAGE_DIGEST_MIRROR_SET, null, "old-rules")));
 * NodeRollout rollout = NodeRollout.before(cluster, change);
 * ChangeReport applied = changer.apply(change).orElseThrow();
 * rollout.await(applied, RolloutOptions.builder().build(), event -> {}).orElseThrow();
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.cluster.openshift;

import org.jspecify.annotations.NullMarked;
