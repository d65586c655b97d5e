package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.List;
import java.util.stream.Stream;

/** Problems of programs that run in pods and fail; their logs may say why. */
final class ProgramFailures {
  private static final List<ProblemCode> CODES =
      List.of(ProblemCode.CONTAINER_CRASHED, ProblemCode.PROBE_FAILED);

  private ProgramFailures() {}

  /** All in a graph, in the same order in each process. */
  static Stream<Problem> in(CauseGraph graph) {
    return CODES.stream().flatMap(code -> graph.problems(code).stream());
  }

  static boolean isFailure(Problem problem) {
    return CODES.contains(problem.code());
  }

  /** The end of the log of a program; empty if there is none, or it could not be read. */
  static String log(Problem failure) {
    return failure.parameters().getOrDefault("log", "");
  }
}
