package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.rbac.RoleSubjects;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Pods that fail because the API server refuses their requests: a role or a binding of the release
 * was deleted or changed.
 */
final class AccessCauses {
  private static final List<ProblemCode> LOST =
      List.of(ProblemCode.RELEASE_OBJECT_NOT_FOUND, ProblemCode.RELEASE_OBJECT_CHANGED);

  private static final Set<ProblemCode> OF_PROGRAMS =
      Set.of(
          ProblemCode.CONTAINER_CRASHED,
          ProblemCode.CONTAINER_WAITING,
          ProblemCode.PROBE_FAILED,
          ProblemCode.POD_NOT_READY);

  private final ClusterState state;
  private final List<KubernetesObject> deployed;
  private final CauseGraph graph;

  /**
   * Creates the causes.
   *
   * @param deployed the objects of the deployed revision
   */
  AccessCauses(ClusterState state, List<KubernetesObject> deployed, CauseGraph graph) {
    this.state = state;
    this.deployed = deployed;
    this.graph = graph;
  }

  void explain() {
    for (ProblemCode code : LOST) {
      for (Problem lost : graph.problems(code)) {
        deployed.stream()
            .filter(object -> object.subject().equals(lost.subject()))
            .forEach(object -> explain(lost, object));
      }
    }
  }

  private void explain(Problem lost, KubernetesObject object) {
    for (KubernetesObject pod : state.all(ResourceType.POD)) {
      graph.of(pod.subject()).stream()
          .filter(problem -> OF_PROGRAMS.contains(problem.code()))
          .filter(
              problem ->
                  AccessDenial.in(log(pod, problem)).anyMatch(denial -> grants(object, denial)))
          .forEach(problem -> graph.link(lost, problem));
    }
  }

  private String log(KubernetesObject pod, Problem problem) {
    return Optional.ofNullable(problem.parameters().get("log")).orElseGet(() -> state.log(pod));
  }

  /** Whether an object of the release is part of what would allow a request. */
  private boolean grants(KubernetesObject object, AccessDenial denial) {
    return switch (object.kind()) {
      case "Role", "ClusterRole" ->
          deployed.stream()
              .anyMatch(binding -> refersTo(binding, object) && grants(binding, denial));
      case "RoleBinding", "ClusterRoleBinding" ->
          RoleSubjects.of(object).haveServiceAccount(denial.namespace(), denial.account())
              && denial.isIn(object.namespace())
              && deployed.stream()
                  .filter(role -> refersTo(object, role))
                  .allMatch(denial::isAllowedBy);
      default -> false;
    };
  }

  private static boolean refersTo(KubernetesObject binding, KubernetesObject role) {
    return role.kind().equals(binding.fields().text("roleRef", "kind").orElse(""))
        && role.name().equals(binding.fields().text("roleRef", "name").orElse(""))
        && (role.namespace().isEmpty() || role.namespace().equals(binding.namespace()));
  }
}
