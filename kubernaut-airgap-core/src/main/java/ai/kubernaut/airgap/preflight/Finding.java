package ai.kubernaut.airgap.preflight;

import org.immutables.value.Value;

/** The answer to one question. Immutable. */
@Value.Immutable
public interface Finding {
  /** An answer. */
  enum Answer {
    /** It does. */
    YES,
    /** It does not. */
    NO,
    /** It has not said, or could not be asked without leaving something behind. */
    UNKNOWN,
    /** Nothing depends on it, or an earlier answer left no way to ask. */
    NOT_ASKED
  }

  /**
   * What was asked.
   *
   * @return the question
   */
  @Value.Parameter
  Question question();

  /**
   * What the answer is.
   *
   * @return the answer
   */
  @Value.Parameter
  Answer answer();

  /**
   * How that is known.
   *
   * @return the request and what the registry said, or why it was not asked; for people
   */
  @Value.Parameter
  String evidence();

  /**
   * What follows for the mirroring, or what to do.
   *
   * @return for people
   */
  @Value.Parameter
  String consequence();

  /**
   * Whether mirroring would fail as things are.
   *
   * @return false by default
   */
  @Value.Default
  default boolean isProblem() {
    return false;
  }

  /**
   * A finding that keeps nobody from mirroring.
   *
   * @param question what was asked
   * @param answer the answer
   * @param evidence how it is known
   * @param consequence what follows
   * @return the finding
   */
  static Finding of(Question question, Answer answer, String evidence, String consequence) {
    return ImmutableFinding.of(question, answer, evidence, consequence);
  }

  /**
   * A finding with which mirroring would fail.
   *
   * @param question what was asked, and answered with no
   * @param evidence how it is known
   * @param remedy what to do
   * @return the finding
   */
  static Finding problem(Question question, String evidence, String remedy) {
    return ImmutableFinding.builder()
        .question(question)
        .answer(Answer.NO)
        .evidence(evidence)
        .consequence(remedy)
        .isProblem(true)
        .build();
  }
}
