package ai.kubernaut.airgap.outcome;

import java.util.Map;
import org.immutables.value.Value;

/** Something that a step has found or done and that is not a problem. Immutable. */
@Value.Immutable
public interface Fact {
  /** {@return the kind of the fact} */
  @Value.Parameter
  FactCode code();

  /** {@return what the fact is about, for example a Secret} */
  @Value.Parameter
  Subject subject();

  /** {@return the data of this fact by the names that the catalogue uses} */
  @Value.Parameter
  Map<String, String> parameters();

  /** {@return what was found or done, as a clause} */
  default String message() {
    return code().message(parameters());
  }

  /** {@return the subject and what was found or done, as one clause} */
  default String describe() {
    return subject() + " " + message();
  }

  /** Checks that every parameter of the sentence is given. */
  @Value.Check
  default void check() {
    code().check(parameters());
  }

  /**
   * Creates a fact without parameters.
   *
   * @param code the kind of the fact
   * @param subject what the fact is about
   * @return the fact
   * @throws IllegalArgumentException when the sentence of the code has parameters
   */
  static Fact of(FactCode code, Subject subject) {
    return of(code, subject, Map.of());
  }

  /**
   * Creates the fact that a field of an object has a value.
   *
   * @param subject the object
   * @param field the path of the field, for example {@code status.phase}
   * @param value its value
   * @return the fact
   */
  static Fact observed(Subject subject, String field, String value) {
    return of(FactCode.FIELD_OBSERVED, subject, Map.of("field", field, "value", value));
  }

  /**
   * Creates a fact.
   *
   * @param code the kind of the fact
   * @param subject what the fact is about
   * @param parameters the data by the names that the catalogue uses
   * @return the fact
   * @throws IllegalArgumentException when a parameter is missing
   */
  static Fact of(FactCode code, Subject subject, Map<String, String> parameters) {
    return ImmutableFact.of(code, subject, parameters);
  }
}
