/**
 * Which object of Argo CD or Flux applies the objects of a release, and its state: {@link
 * ai.kubernaut.airgap.cluster.gitops.GitOpsResource}.
 *
 * <pre>{@code
 * List<KubernetesObject> workloads = cluster.list(ResourceType.DEPLOYMENT, "kubernaut-system", Map.of());
 * for (GitOpsResource resource : GitOpsResource.of(cluster, workloads, true)) {
 *   System.out.println(resource.subject() + " of " + resource.tool());
 *   resource.problems().forEach(problem -> System.out.println(problem.describe()));
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.cluster.gitops;

import org.jspecify.annotations.NullMarked;
