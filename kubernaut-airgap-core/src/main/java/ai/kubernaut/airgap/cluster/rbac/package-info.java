/**
 * What the objects of RBAC grant: {@link ai.kubernaut.airgap.cluster.rbac.RoleRules} reads a role,
 * and {@link ai.kubernaut.airgap.cluster.rbac.RoleSubjects} a binding.
 *
 * <pre>{@code
 * KubernetesObject role = cluster.get(ResourceType.ROLE, "kubernaut-workflows", "workflow-runner").orElseThrow();
 * boolean mayCreateJobs = RoleRules.of(role).allow("create", "batch", "jobs");
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.cluster.rbac;

import org.jspecify.annotations.NullMarked;
