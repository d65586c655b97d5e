package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.ReleaseName;
import java.util.List;
import org.immutables.value.Value;

/** What was seen of a release, check by check. Immutable. */
@Value.Immutable
public interface VerificationReport {
  /**
   * The release.
   *
   * @return its name and namespace
   */
  @Value.Parameter
  ReleaseName release();

  /**
   * The checks.
   *
   * @return grouped by what is looked at
   */
  @Value.Parameter
  List<Check> checks();

  /**
   * A report.
   *
   * @param release the release
   * @param checks what was seen of it
   * @return the report
   */
  static VerificationReport of(ReleaseName release, List<Check> checks) {
    return ImmutableVerificationReport.of(release, checks);
  }

  /**
   * Whether everything is as it should be.
   *
   * @return true when no check failed or is still pending
   */
  default boolean isPassed() {
    return problems().isEmpty();
  }

  /**
   * The checks that failed or are still pending.
   *
   * @return in the order of the report
   */
  default List<Check> problems() {
    return checks().stream()
        .filter(
            check -> check.result() == Check.Result.FAIL || check.result() == Check.Result.PENDING)
        .toList();
  }

  /**
   * This report, if everything is as it should be.
   *
   * @return this
   * @throws VerificationFailedException when something is not
   */
  default VerificationReport orElseThrow() {
    if (!isPassed()) {
      throw new VerificationFailedException(this);
    }
    return this;
  }

  /**
   * What was seen in one line.
   *
   * @return for example {@code 13 pods run 14 mirrored images; 44 checks passed}
   */
  default String summary() {
    long pods =
        checks().stream()
            .filter(check -> check.kind() == Check.Kind.POD && check.result() == Check.Result.PASS)
            .count();
    long images =
        checks().stream()
            .filter(
                check -> check.kind() == Check.Kind.IMAGE && check.result() == Check.Result.PASS)
            .count();
    return problems().isEmpty()
        ? pods
            + " pods are up, "
            + images
            + " containers run mirrored digests; all "
            + checks().size()
            + " checks passed"
        : problems().size() + " of " + checks().size() + " checks did not pass";
  }
}
