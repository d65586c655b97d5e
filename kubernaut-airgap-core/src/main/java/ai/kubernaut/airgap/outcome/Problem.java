package ai.kubernaut.airgap.outcome;

import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** Something that is wrong, with what to do about it. Immutable. */
@Value.Immutable
public interface Problem {
  /** {@return the kind of the problem} */
  @Value.Parameter
  ProblemCode code();

  /** {@return what has the problem, for example an image} */
  @Value.Parameter
  Subject subject();

  /** {@return the data of this problem by the names that the catalogue uses} */
  @Value.Parameter
  Map<String, String> parameters();

  /** {@return the exception that caused the problem, if there was one; not part of equality} */
  @Value.Auxiliary
  Optional<Throwable> cause();

  /** {@return what is wrong with the subject, as a clause} */
  default String message() {
    return code().message(parameters());
  }

  /** {@return what to do, as a clause} */
  default String remedy() {
    return code().remedy(parameters());
  }

  /** {@return whether the problem is in the way, and not only for a person to look at} */
  default boolean isError() {
    return code().severity() == ProblemCode.Severity.ERROR;
  }

  /**
   * Describes the problem in one sentence.
   *
   * @return the subject, what is wrong with it, and what to do
   */
  default String describe() {
    return subject() + ": " + message() + "; " + remedy();
  }

  /**
   * Adds the exception that caused the problem.
   *
   * @param cause the exception
   * @return the problem with its cause
   */
  default Problem causedBy(Throwable cause) {
    return ImmutableProblem.builder().from(this).cause(cause).build();
  }

  /** Checks that every parameter of the sentences is given. */
  @Value.Check
  default void check() {
    code().check(parameters());
  }

  /**
   * Creates a problem without parameters.
   *
   * @param code the kind of the problem
   * @param subject what has the problem
   * @return the problem
   * @throws IllegalArgumentException when the sentences of the code have parameters
   */
  static Problem of(ProblemCode code, Subject subject) {
    return of(code, subject, Map.of());
  }

  /**
   * Creates a problem.
   *
   * @param code the kind of the problem
   * @param subject what has the problem
   * @param parameters the data by the names that the catalogue uses
   * @return the problem
   * @throws IllegalArgumentException when a parameter is missing
   */
  static Problem of(ProblemCode code, Subject subject, Map<String, String> parameters) {
    return ImmutableProblem.of(code, subject, parameters);
  }
}
