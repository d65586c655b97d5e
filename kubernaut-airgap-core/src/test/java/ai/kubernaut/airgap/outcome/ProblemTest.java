package ai.kubernaut.airgap.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The catalogues of problems and facts. */
final class ProblemTest {
  private static final Subject IMAGE = new Subject(Subject.Kind.IMAGE, "quay.io/a/b:1");

  /** Returns parameters for the sentences of a code: {@code <name>} for each name. */
  private static Map<String, String> parameters(Sentence... sentences) {
    Map<String, String> parameters = new HashMap<>();
    for (Sentence sentence : sentences) {
      Pattern.compile("\\{(\\w+)}")
          .matcher(sentence.template())
          .results()
          .forEach(name -> parameters.put(name.group(1), "<" + name.group(1) + ">"));
    }
    return Collections.unmodifiableMap(parameters);
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeHasAMessageAndARemedy(ProblemCode code) {
    Problem problem = Problem.of(code, IMAGE, parameters(code.sentences()));
    System.out.println(code + " (" + code.severity() + ") " + problem.describe());
    assertThat(problem.message()).isNotBlank().doesNotContain("{").doesNotEndWith(".");
    assertThat(problem.remedy()).isNotBlank().doesNotContain("{").doesNotEndWith(".");
    assertThat(problem.describe())
        .isEqualTo("quay.io/a/b:1: " + problem.message() + "; " + problem.remedy());
  }

  /** The sources of all modules' tests. */
  private static String otherTests() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path file :
          (Iterable<Path>)
              files
                      .filter(file -> file.toString().contains("/src/test/java/"))
                      .filter(file -> file.toString().endsWith("Test.java"))
                      .filter(file -> !file.endsWith("ProblemTest.java"))
                  ::iterator) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void everyCodeIsRaisedByATest() throws IOException {
    String tests = otherTests();
    assertThat(ProblemCode.values())
        .allSatisfy(code -> assertThat(tests).containsPattern("\\b" + code.name() + "\\b"));
  }

  @ParameterizedTest
  @EnumSource
  void everyFactHasAMessage(FactCode code) {
    Fact fact = Fact.of(code, IMAGE, parameters(code.sentence()));
    System.out.println(code + " " + fact.describe());
    assertThat(fact.message()).isNotBlank().doesNotContain("{").doesNotEndWith(".");
  }

  @Test
  void aParameterOfTheSentencesHasToBeGiven() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Problem.of(ProblemCode.REFERENCE_NOT_REDIRECTED, IMAGE))
        .withMessageContaining("'wanted'");
  }

  @Test
  void whatAParameterContainsIsNotReadAsAParameter() {
    Problem problem =
        Problem.of(
            ProblemCode.BRANCH_NOT_RENDERED,
            new Subject(Subject.Kind.BRANCH, "default"),
            Map.of("reason", "use {{ .x }} $1 {wanted}"));
    assertThat(problem.message()).endsWith("in this branch: use {{ .x }} $1 {wanted}");
  }

  @Test
  void theExceptionOfAStepNamesEachErrorAndHasTheFirstCause() {
    Exception cause = new IllegalStateException("cause");
    Problem error = Problem.of(ProblemCode.IMAGE_NOT_IN_PLAN, IMAGE).causedBy(cause);
    Problem warning =
        Problem.of(ProblemCode.BRANCHES_NOT_COVERED, new Subject(Subject.Kind.CHART, "charts/a"));
    List<Problem> problems = List.of(warning, error);
    ProblemsException failure =
        new ProblemsException(ProblemsException.list("the step failed", problems), problems);
    assertThat(failure).hasMessage("the step failed:\n  " + error.describe()).hasCause(cause);
    assertThat(failure.problems()).containsExactly(warning, error);
    assertThat(error).isEqualTo(Problem.of(ProblemCode.IMAGE_NOT_IN_PLAN, IMAGE));
  }

  @Test
  void objectsInAClusterAreNamedByKindAndNamespace() {
    assertThat(Subject.object(Subject.Kind.SECRET, "default", "llm"))
        .hasToString("Secret default/llm");
    assertThat(Subject.object(Subject.Kind.NAMESPACE, null, "default"))
        .hasToString("Namespace default");
  }
}
