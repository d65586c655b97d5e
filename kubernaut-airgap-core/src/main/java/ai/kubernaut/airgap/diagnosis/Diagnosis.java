package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;
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
   * Returns this diagnosis if it has found no cause.
   *
   * @return this
   * @throws ProblemsException when a root is an error
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
   * @return for each root a line with what is wrong and what to do, and a line with what it causes
   */
  default String describe() {
    StringBuilder text = new StringBuilder();
    for (Cause root : roots()) {
      text.append("\n  ").append(root.problem().describe());
      if (!root.consequences().isEmpty()) {
        text.append("\n    causes the problems of ")
            .append(
                root.consequences().stream()
                    .map(consequence -> consequence.subject().toString())
                    .distinct()
                    .collect(Collectors.joining(", ")));
      }
    }
    return text.toString();
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
}
