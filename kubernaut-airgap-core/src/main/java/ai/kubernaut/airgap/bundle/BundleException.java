package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.List;
import java.util.Map;

/** A bundle cannot be created, read or used. Nothing was sent to a mirror. */
public final class BundleException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param what what failed
   * @param problems the problems
   */
  public BundleException(String what, List<Problem> problems) {
    super(list(what, problems), problems);
  }

  /**
   * Creates an exception with one problem.
   *
   * @param what what failed
   * @param problem the problem
   */
  public BundleException(String what, Problem problem) {
    this(what, List.of(problem));
  }

  static BundleException reading(ProblemCode code, Subject subject, Map<String, String> data) {
    return new BundleException("the bundle cannot be read", Problem.of(code, subject, data));
  }

  static BundleException invalid(Subject subject, String file, String detail) {
    return reading(ProblemCode.BUNDLE_INVALID, subject, Map.of("file", file, "detail", detail));
  }
}
