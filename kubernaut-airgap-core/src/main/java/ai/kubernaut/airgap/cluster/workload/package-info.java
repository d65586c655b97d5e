/**
 * What the state of pods and Jobs in a cluster means, for all steps that look at them: {@link
 * ai.kubernaut.airgap.cluster.workload.WorkloadInspector}.
 *
 * <pre>{@code
 * WorkloadInspector inspector = new WorkloadInspector(cluster);
 * inspector.pod(pod).problem().ifPresent(problem -> System.out.println(problem.describe()));
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.cluster.workload;

import org.jspecify.annotations.NullMarked;
