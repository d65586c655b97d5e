package ai.kubernaut.airgap.outcome;

import java.util.List;

/**
 * The part that the results of all steps have in common. Implementations are immutable.
 *
 * @param <T> the type of the result
 */
public interface Outcome<T extends Outcome<T>> {
  /** {@return the problems that the step has found, errors and warnings; empty if all is well} */
  List<Problem> problems();

  /** {@return whether no problem is an error} */
  default boolean isOk() {
    return problems().stream().noneMatch(Problem::isError);
  }

  /**
   * Returns this result if no problem is an error.
   *
   * @return this
   * @throws ProblemsException when a problem is an error
   */
  T orElseThrow();
}
