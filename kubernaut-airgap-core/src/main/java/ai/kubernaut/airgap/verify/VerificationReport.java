package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** The state of a release, check by check. Immutable. */
@Value.Immutable
public interface VerificationReport extends Outcome<VerificationReport> {
  /** {@return the name and the namespace of the release} */
  @Value.Parameter
  ReleaseName release();

  /** {@return the checks, grouped by what is checked} */
  @Value.Parameter
  List<Check> checks();

  /**
   * {@return where the image of each container comes from, init and ephemeral containers included;
   * without pods that have failed and were replaced}
   */
  List<ContainerOrigin> origins();

  /**
   * {@return the objects of Argo CD and Flux that manage the release and revert what others change;
   * empty when none are known}
   */
  List<GitOpsResource> managedBy();

  /**
   * Creates a report without origins.
   *
   * @param release the release
   * @param checks its checks
   * @return the report
   */
  static VerificationReport of(ReleaseName release, List<Check> checks) {
    return ImmutableVerificationReport.of(release, checks);
  }

  /**
   * Creates a report.
   *
   * @param release the release
   * @param checks its checks
   * @param origins where the images of its containers come from
   * @return the report
   */
  static VerificationReport of(
      ReleaseName release, List<Check> checks, List<ContainerOrigin> origins) {
    return of(release, checks, origins, List.of());
  }

  /**
   * Creates a report of a release that Argo CD or Flux may manage.
   *
   * @param release the release
   * @param checks its checks
   * @param origins where the images of its containers come from
   * @param managedBy the objects of Argo CD and Flux that manage it
   * @return the report
   */
  static VerificationReport of(
      ReleaseName release,
      List<Check> checks,
      List<ContainerOrigin> origins,
      List<GitOpsResource> managedBy) {
    return ImmutableVerificationReport.builder()
        .release(release)
        .checks(checks)
        .origins(origins)
        .managedBy(managedBy)
        .build();
  }

  /** {@return the problems of the checks that failed or are still pending, in their order} */
  @Override
  default List<Problem> problems() {
    return checks().stream().map(Check::problem).flatMap(Optional::stream).toList();
  }

  /**
   * Returns this report if every check passed or was skipped.
   *
   * @return this
   * @throws VerificationFailedException when a check failed or is still pending
   */
  @Override
  default VerificationReport orElseThrow() {
    if (!isOk()) {
      throw new VerificationFailedException(this);
    }
    return this;
  }

  /**
   * Summarizes the report in one line.
   *
   * @return for example {@code 13 pods are up, 14 containers run mirrored digests; all 44 checks
   *     passed}
   */
  default String summary() {
    int warnings = problems().size();
    return isOk()
        ? passed(Check.Kind.POD)
            + " pods are up, "
            + passed(Check.Kind.IMAGE)
            + " containers run mirrored digests; "
            + (warnings == 0
                ? "all " + checks().size() + " checks passed"
                : warnings + " of " + checks().size() + " checks have warnings")
        : problems().size() + " of " + checks().size() + " checks did not pass";
  }

  private long passed(Check.Kind kind) {
    return checks().stream()
        .filter(check -> check.kind() == kind && check.result() == Check.Result.PASS)
        .count();
  }
}
