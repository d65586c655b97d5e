package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What Argo CD or Flux has not deployed because it cannot, or should not; and what it reports only
 * because pods do not run.
 */
final class GitOpsCauses {
  /** A synchronization of Argo CD fails when one of its hooks fails, which are Jobs. */
  private static final String SYNC_FAILED = "SyncFailed";

  /** The reasons with which it reports that what it has deployed does not become ready. */
  private static final Set<String> OF_WORKLOADS =
      Set.of(
          "Degraded",
          "Progressing",
          "HealthCheckFailed",
          "InstallFailed",
          "UpgradeFailed",
          "RollbackFailed",
          "TestFailed");

  private static final List<Subject.Kind> WORKLOADS =
      List.of(
          Subject.Kind.JOB,
          Subject.Kind.DEPLOYMENT,
          Subject.Kind.STATEFUL_SET,
          Subject.Kind.DAEMON_SET);

  private final List<GitOpsResource> managers;
  private final CauseGraph graph;

  GitOpsCauses(List<GitOpsResource> managers, CauseGraph graph) {
    this.managers = managers;
    this.graph = graph;
  }

  void explain() {
    for (GitOpsResource manager : managers) {
      manager.problems().forEach(problem -> graph.add(problem, manager.evidence()));
      // What is not applied cannot be ready.
      for (Problem outOfSync : problems(manager, ProblemCode.GITOPS_OUT_OF_SYNC)) {
        problems(manager, ProblemCode.GITOPS_NOT_READY).stream()
            .filter(notReady -> reason(notReady).equals("Missing"))
            .forEach(notReady -> graph.link(outOfSync, notReady));
      }
      for (Problem problem : manager.problems()) {
        absent(manager).forEach(absent -> graph.link(problem, absent));
      }
      for (Problem notReady : problems(manager, ProblemCode.GITOPS_NOT_READY)) {
        if (OF_WORKLOADS.contains(reason(notReady))) {
          ofWorkloads().forEach(cause -> graph.link(cause, notReady));
        } else if (reason(notReady).equals(SYNC_FAILED)) {
          graph.of(Subject.Kind.JOB).forEach(cause -> graph.link(cause, notReady));
        }
      }
    }
  }

  private static List<Problem> problems(GitOpsResource manager, ProblemCode code) {
    return manager.problems().stream().filter(problem -> problem.code() == code).toList();
  }

  private static String reason(Problem notReady) {
    return notReady.parameters().getOrDefault("reason", "");
  }

  /**
   * What does not exist before it is deployed. A HelmRelease has a release of Helm then; others
   * never have one.
   */
  private List<Problem> absent(GitOpsResource manager) {
    List<Problem> absent = new ArrayList<>();
    Dependencies.WITHOUT_WORKLOADS.forEach(code -> absent.addAll(graph.problems(code)));
    if (manager.isHelmRelease()) {
      absent.addAll(graph.problems(ProblemCode.RELEASE_NOT_FOUND));
    }
    return absent;
  }

  /** What does not run, and a release of Helm that has failed. */
  private List<Problem> ofWorkloads() {
    List<Problem> causes = new ArrayList<>(graph.problems(ProblemCode.RELEASE_NOT_DEPLOYED));
    WORKLOADS.forEach(kind -> causes.addAll(graph.of(kind)));
    return causes.isEmpty() ? graph.of(Subject.Kind.POD) : causes;
  }
}
