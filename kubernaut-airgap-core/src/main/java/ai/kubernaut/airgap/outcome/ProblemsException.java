package ai.kubernaut.airgap.outcome;

import ai.kubernaut.airgap.common.AirgapException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step failed because of one or more problems. The message has a line for each of them.
 * Subclasses tell the steps apart and carry the report of the step.
 */
public class ProblemsException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // values for the code that catches this, never serialised
  private final List<Problem> problems;

  /**
   * Creates an exception. Its cause is the first cause of the problems, if there is one.
   *
   * @param message what failed and the problems, for example from {@link #list}
   * @param problems the problems
   */
  protected ProblemsException(String message, List<Problem> problems) {
    this(message, problems, cause(problems).orElse(null));
  }

  /**
   * Creates an exception whose message has a line for each error.
   *
   * @param what what failed, for example {@code the release was not changed}
   * @param problems the problems; warnings are not in the message
   * @return the exception
   */
  public static ProblemsException of(String what, List<Problem> problems) {
    return new ProblemsException(list(what, problems), problems);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message what failed and the problems, for example from {@link #list}
   * @param problems the problems
   * @param cause the failure below, or null when there is none
   */
  protected ProblemsException(String message, List<Problem> problems, @Nullable Throwable cause) {
    super(message, cause);
    this.problems = List.copyOf(problems);
  }

  /**
   * Writes a message with a line for each error.
   *
   * @param what what failed, for example {@code 2 of 14 images are not in harbor.corp}
   * @param problems the problems; warnings are left out
   * @return the message
   */
  protected static String list(String what, List<Problem> problems) {
    StringBuilder message = new StringBuilder(what).append(':');
    problems.stream()
        .filter(Problem::isError)
        .forEach(problem -> message.append("\n  ").append(problem.describe()));
    return message.toString();
  }

  private static Optional<Throwable> cause(List<Problem> problems) {
    return problems.stream()
        .filter(Problem::isError)
        .flatMap(problem -> problem.cause().stream())
        .findFirst();
  }

  /** {@return the problems, errors and warnings} */
  public List<Problem> problems() {
    return problems;
  }
}
