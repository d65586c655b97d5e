package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Hooks whose Jobs do not exist: Helm has stored their manifests and how their last runs ended. */
final class AbsentHooks {
  /** What Helm has stored of the last run of a hook. */
  private static final Map<ProblemCode, String> PHASES =
      Map.of(
          ProblemCode.HOOK_FAILED, "Failed",
          ProblemCode.HOOK_NOT_COMPLETE, "Running",
          ProblemCode.HOOK_NOT_RUN, "not set");

  private final List<KubernetesObject> jobs;
  private final CauseGraph graph;

  /**
   * Creates the hooks.
   *
   * @param revision the deployed revision; empty when it is not needed, or cannot be read
   */
  AbsentHooks(ClusterState state, Optional<StoredRevision> revision, CauseGraph graph) {
    this.graph = graph;
    Set<Subject> existing =
        state.all(ResourceType.JOB).stream()
            .map(KubernetesObject::subject)
            .collect(Collectors.toSet());
    this.jobs =
        revision.map(StoredRevision::hookJobs).orElseGet(List::of).stream()
            .filter(job -> !existing.contains(job.subject()))
            .toList();
  }

  /** Whether a hook without a Job may explain a problem. */
  static boolean mayExplain(CauseGraph graph) {
    return PHASES.keySet().stream().anyMatch(code -> !graph.problems(code).isEmpty());
  }

  /** The Jobs that do not exist, with what is known of their templates. */
  List<KubernetesObject> jobs() {
    return jobs;
  }

  /** Adds what Helm has stored. */
  void explain() {
    PHASES.forEach(
        (code, phase) ->
            graph.problems(code).forEach(problem -> graph.add(problem, evidence(problem, phase))));
  }

  private static List<Fact> evidence(Problem problem, String phase) {
    return List.of(
        Fact.of(FactCode.OBJECT_NOT_FOUND, problem.subject()),
        Fact.observed(
            problem.subject(), "last_run.phase in the release that Helm has stored", phase));
  }
}
