package ai.kubernaut.airgap.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The catalogue of problems. */
final class ProblemTest {
  private static final Map<String, String> ALL = Map.of("wanted", "<wanted>", "reason", "<reason>");

  @ParameterizedTest
  @EnumSource
  void everyCodeHasAMessageAndARemedy(ProblemCode code) {
    Problem problem = Problem.of(code, "<subject>", ALL);
    System.out.println(code + " (" + code.severity() + ") " + problem.describe());
    assertThat(problem.message()).isNotBlank().doesNotContain("{").doesNotEndWith(".");
    assertThat(problem.remedy()).isNotBlank().doesNotContain("{").doesNotEndWith(".");
    assertThat(problem.describe())
        .isEqualTo("<subject>: " + problem.message() + "; " + problem.remedy());
  }

  @Test
  void aParameterOfTheSentencesHasToBeGiven() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Problem.of(ProblemCode.REFERENCE_NOT_REDIRECTED, "quay.io/a/b:1"))
        .withMessageContaining("'wanted'");
  }

  @Test
  void whatAParameterContainsIsNotReadAsAParameter() {
    Problem problem =
        Problem.of(
            ProblemCode.BRANCH_NOT_RENDERED,
            "default",
            Map.of("reason", "use {{ .x }} $1 {wanted}"));
    assertThat(problem.message()).endsWith("in this branch: use {{ .x }} $1 {wanted}");
  }
}
