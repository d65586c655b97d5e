/**
 * What the steps do in a cluster, and whether a user is allowed to: {@link
 * ai.kubernaut.airgap.permissions.PermissionChecker} asks a cluster for exactly the planned change.
 *
 * <pre>{@code
 * StepContext context =
 *     StepContext.of(cluster, plan.release(), Set.of("kubernaut-system")).build();
 * PermissionReport report = new PermissionChecker(cluster).check(ClusterStep.VERIFY, context);
 * System.out.println(report.toYaml());
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.permissions;

import org.jspecify.annotations.NullMarked;
