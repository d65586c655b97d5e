package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.immutables.value.Value;

/** Why a release does not run: a graph of causes and consequences without cycles. Immutable. */
@Value.Immutable
public interface Diagnosis extends Outcome<Diagnosis> {
  /** {@return the name and the namespace of the release} */
  @Value.Parameter
  ReleaseName release();

  /** {@return all causes, the roots first; empty if the release runs as it should} */
  @Value.Parameter
  List<Cause> causes();

  /**
   * {@return the objects of Argo CD and Flux that manage the release and revert what others change;
   * empty when none are known}
   */
  List<GitOpsResource> managedBy();

  /** {@return the causes that no other cause explains: what has to be repaired} */
  default List<Cause> roots() {
    return causes().stream().filter(Cause::isRoot).toList();
  }

  /** {@return the problems of the roots} */
  @Override
  default List<Problem> problems() {
    return roots().stream().map(Cause::problem).toList();
  }

  /**
   * Returns whether the release runs as it should.
   *
   * @return false when a cause, a root or not, is an error
   */
  @Override
  default boolean isOk() {
    return causes().stream().map(Cause::problem).noneMatch(Problem::isError);
  }

  /**
   * Returns this diagnosis if it has found no cause.
   *
   * @return this
   * @throws ProblemsException when a cause is an error
   */
  @Override
  default Diagnosis orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of(
          "the release " + release().name() + " does not run as it should", problems());
    }
    return this;
  }

  /** {@return the result in one line, for example {@code 1 root cause with 3 consequences}} */
  default String summary() {
    if (causes().isEmpty()) {
      return "no problem found";
    }
    int roots = roots().size();
    int others = causes().size() - roots;
    return roots
        + (roots == 1 ? " root cause" : " root causes")
        + " with "
        + others
        + (others == 1 ? " consequence" : " consequences");
  }

  /**
   * Describes the roots.
   *
   * @return for each root a line with what is wrong and what to do, and a line with all that it
   *     causes, also by way of other problems
   */
  default String describe() {
    StringBuilder text = new StringBuilder();
    for (Cause root : roots()) {
      text.append("\n  ").append(root.problem().describe());
      if (!root.consequences().isEmpty()) {
        text.append("\n    causes the problems of ")
            .append(
                allConsequences(root).stream()
                    .map(consequence -> consequence.subject().toString())
                    .distinct()
                    .collect(Collectors.joining(", ")));
      }
    }
    return text.toString();
  }

  /**
   * Returns all problems that a cause leads to, also by way of other problems.
   *
   * @param cause a cause of this diagnosis
   * @return its consequences, and theirs; those that are nearer to the cause come first
   */
  default Set<Problem> allConsequences(Cause cause) {
    Map<Problem, Cause> byProblem = new HashMap<>();
    causes().forEach(each -> byProblem.put(each.problem(), each));
    Set<Problem> found = new LinkedHashSet<>();
    Deque<Problem> next = new ArrayDeque<>(cause.consequences());
    while (!next.isEmpty()) {
      Problem problem = next.remove();
      Cause known = byProblem.get(problem);
      if (found.add(problem) && known != null) {
        next.addAll(known.consequences());
      }
    }
    return Collections.unmodifiableSet(found);
  }

  /**
   * Creates a diagnosis.
   *
   * @param release the release
   * @param causes its causes
   * @return the diagnosis
   */
  static Diagnosis of(ReleaseName release, List<Cause> causes) {
    return ImmutableDiagnosis.of(release, causes);
  }

  /**
   * Creates a diagnosis of a release that Argo CD or Flux may manage.
   *
   * @param release the release
   * @param causes its causes
   * @param managedBy the objects of Argo CD and Flux that manage it
   * @return the diagnosis
   */
  static Diagnosis of(ReleaseName release, List<Cause> causes, List<GitOpsResource> managedBy) {
    return ImmutableDiagnosis.builder()
        .release(release)
        .causes(causes)
        .managedBy(managedBy)
        .build();
  }
}
