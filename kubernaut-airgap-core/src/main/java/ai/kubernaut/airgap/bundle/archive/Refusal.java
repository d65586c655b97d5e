package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.BundleException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Why an archive is not used. */
final class Refusal {
  private Refusal() {}

  static Problem problem(ProblemCode code, Path file, Map<String, String> data) {
    return Problem.of(code, new Subject(Subject.Kind.FILE, file.toString()), data);
  }

  static BundleException of(ProblemCode code, Path file, Map<String, String> data) {
    return of(List.of(problem(code, file, data)));
  }

  static BundleException of(List<Problem> problems) {
    return new BundleException("the bundle cannot be read", problems);
  }

  static BundleException invalid(Path file, String what, String detail) {
    return of(ProblemCode.BUNDLE_INVALID, file, Map.of("file", what, "detail", detail));
  }

  static BundleException unreadable(Path file, Exception e) {
    return of(ProblemCode.BUNDLE_UNREADABLE, file, Map.of("detail", String.valueOf(e)));
  }
}
