/**
 * Divides a plan that is too large for one machine into shards, which are mirrored by several
 * processes at the same time: {@link ai.kubernaut.airgap.shard.PlanPartition}, with the merge of
 * their reports, and {@link ai.kubernaut.airgap.shard.MirrorJob}, which writes the manifest of an
 * Indexed Job that runs the shards on a connected Kubernetes cluster.
 *
 * <pre>{@code
 * PlanPartition partition = airgap.partition(plan, 4);
 * List<MirrorReport> reports = new ArrayList<>();
 * for (int index = 0; index < partition.shards().size(); index++) {
 *   reports.add(airgap.mirror(partition.shard(index))); // each in a process of its own
 * }
 * MirrorReport report = partition.merge(plan, reports).orElseThrow();
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.shard;

import org.jspecify.annotations.NullMarked;
