package ai.kubernaut.airgap;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.install.HookFailedException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The release was not installed: Helm failed, or a hook of the chart failed or cannot succeed. The
 * exception has the problems of the hooks, and those that the cluster showed then; the cause is a
 * {@link HelmException} or a {@link HookFailedException}. Installing again continues from there.
 */
public final class InstallationFailedException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final VerificationReport report;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final Diagnosis diagnosis;

  private InstallationFailedException(
      String message,
      List<Problem> problems,
      AirgapException cause,
      VerificationReport report,
      Diagnosis diagnosis) {
    super(message, problems, cause);
    this.report = report;
    this.diagnosis = diagnosis;
  }

  static InstallationFailedException of(
      HelmException cause, VerificationReport report, Diagnosis diagnosis) {
    return new InstallationFailedException(
        cause.getMessage() + "\nCauses in the cluster:" + diagnosis.describe(),
        report.problems(),
        cause,
        report,
        diagnosis);
  }

  /** Most problems of the report follow from the hook; those of other pods may be its cause. */
  static InstallationFailedException of(
      HookFailedException cause, VerificationReport report, Diagnosis diagnosis) {
    Set<Subject> subjects = new HashSet<>();
    cause.problems().forEach(problem -> subjects.add(problem.subject()));
    List<Problem> others =
        report.problems().stream()
            .filter(problem -> problem.subject().kind() == Subject.Kind.POD)
            .filter(problem -> !subjects.contains(problem.subject()))
            .toList();
    List<Problem> problems = new ArrayList<>(cause.problems());
    problems.addAll(others);
    return new InstallationFailedException(
        others.isEmpty()
            ? String.valueOf(cause.getMessage())
            : list(cause.getMessage() + "\nProblems of other pods", others),
        problems,
        cause,
        report,
        diagnosis);
  }

  /** {@return the state of the cluster after the failure} */
  public VerificationReport report() {
    return report;
  }

  /** {@return the causes of that state} */
  public Diagnosis diagnosis() {
    return diagnosis;
  }
}
