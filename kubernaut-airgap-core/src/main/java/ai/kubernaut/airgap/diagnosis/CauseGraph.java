package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Problems, their evidence, and which causes which. It never gets a cycle. Not thread-safe. */
final class CauseGraph {
  private static final class Node {
    private final Set<Fact> evidence = new LinkedHashSet<>();
    private final Set<Problem> consequences = new LinkedHashSet<>();
    private boolean caused;
  }

  private final Map<Problem, Node> nodes = new LinkedHashMap<>();

  /** Adds a problem with what shows it. A problem that is there already gets more evidence. */
  void add(Problem problem, Fact... evidence) {
    add(problem, List.of(evidence));
  }

  /** Adds a problem with what shows it. A problem that is there already gets more evidence. */
  void add(Problem problem, Collection<Fact> evidence) {
    nodes.computeIfAbsent(problem, unknown -> new Node()).evidence.addAll(evidence);
  }

  /**
   * States that a problem causes another one.
   *
   * @return false when they are the same, or the other one causes this one
   */
  boolean link(Problem cause, Problem consequence) {
    add(cause);
    add(consequence);
    if (reaches(consequence, cause, new LinkedHashSet<>())) {
      return false;
    }
    node(cause).consequences.add(consequence);
    node(consequence).caused = true;
    return true;
  }

  private boolean reaches(Problem from, Problem to, Set<Problem> seen) {
    return from.equals(to)
        || (seen.add(from)
            && node(from).consequences.stream().anyMatch(next -> reaches(next, to, seen)));
  }

  private Node node(Problem problem) {
    Node node = nodes.get(problem);
    if (node == null) {
      throw new IllegalArgumentException("the problem is not in the graph: " + problem.describe());
    }
    return node;
  }

  /** The problems of a subject. */
  List<Problem> of(Subject subject) {
    return nodes.keySet().stream().filter(problem -> problem.subject().equals(subject)).toList();
  }

  /** The problem of an object that was found first; causes that it has of its own come later. */
  Optional<Problem> first(KubernetesObject object) {
    return of(object.subject()).stream().findFirst();
  }

  /** The problems with a code. */
  List<Problem> problems(ProblemCode code) {
    return nodes.keySet().stream().filter(problem -> problem.code() == code).toList();
  }

  /** All problems with a kind of subject. */
  List<Problem> of(Subject.Kind kind) {
    return nodes.keySet().stream().filter(problem -> problem.subject().kind() == kind).toList();
  }

  /** The problems that nothing else causes. */
  List<Problem> roots() {
    return nodes.keySet().stream().filter(problem -> !isCaused(problem)).toList();
  }

  /** What shows a problem. */
  Set<Fact> evidence(Problem problem) {
    return node(problem).evidence;
  }

  boolean isCaused(Problem problem) {
    return node(problem).caused;
  }

  /**
   * The causes, the roots first.
   *
   * @param managers what reverts the repairs that upgrade the release; these are left to it
   */
  List<Cause> causes(List<GitOpsResource> managers) {
    List<Cause> causes = new ArrayList<>();
    nodes.forEach(
        (problem, node) -> {
          Cause.Builder cause =
              Cause.builder()
                  .problem(problem)
                  .isRoot(!node.caused)
                  .evidence(node.evidence)
                  .consequences(node.consequences);
          if (!node.caused) {
            if (Repairs.isUpgrade(problem) && !managers.isEmpty()) {
              managers.forEach(manager -> cause.addEvidence(manager.manages(problem.subject())));
              cause.repair(new Repair(managers.get(0).syncCommand(), ""));
            } else {
              Repairs.of(problem).ifPresent(cause::repair);
            }
          }
          causes.add(cause.build());
        });
    causes.sort(Comparator.comparing(Cause::isRoot).reversed());
    return List.copyOf(causes);
  }
}
