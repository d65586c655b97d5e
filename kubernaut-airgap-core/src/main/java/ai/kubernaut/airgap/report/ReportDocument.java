package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleForecast;
import ai.kubernaut.airgap.bundle.BundleReport;
import ai.kubernaut.airgap.bundle.Inventory;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.PlannedInstallation;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.mirror.ImageInspection;
import ai.kubernaut.airgap.mirror.MirrorListing;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.permissions.PermissionReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanDiff;
import ai.kubernaut.airgap.plan.PlanForecast;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.prune.PruneReport;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.repair.RepairReport;
import ai.kubernaut.airgap.seal.ImagePolicyDraft;
import ai.kubernaut.airgap.shard.PlanPartition;
import ai.kubernaut.airgap.verify.VerificationAttestation;
import ai.kubernaut.airgap.verify.VerificationDrift;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of a step, or of several, that can be written in every {@link ReportFormat}. All forms
 * are written from the same values. Immutable.
 *
 * <pre>{@code
 * ReportDocument report = ReportDocument.of(airgap.mirror(plan));
 * ReportFile.at(Path.of("mirror.html")).write(report);
 * }</pre>
 */
public final class ReportDocument {
  private final ReportContent content;

  private ReportDocument(ReportContent content) {
    this.content = content;
  }

  ReportContent content() {
    return content;
  }

  /** {@return the kind of the document in the schema of the JSON, for example MirrorReport} */
  public String kind() {
    return content.kind();
  }

  /** {@return whether no problem is an error} */
  public boolean isOk() {
    return content.isOk();
  }

  /** {@return the problems of the step, or of all steps} */
  public List<Problem> problems() {
    return content.problems();
  }

  /**
   * Creates the report of a plan.
   *
   * @param plan the plan
   * @return the report
   */
  public static ReportDocument of(MirrorPlan plan) {
    return new ReportDocument(PlanReports.of(plan, Optional.empty()));
  }

  /**
   * Creates the report of a plan whose proof failed.
   *
   * @param plan the plan
   * @param proof tells for each image outside the mirror what needs it
   * @return the report
   */
  public static ReportDocument of(MirrorPlan plan, MirrorProof proof) {
    return new ReportDocument(PlanReports.of(plan, Optional.of(proof)));
  }

  /**
   * Creates the report of what differs between two plans.
   *
   * @param diff the differences
   * @return the report
   */
  public static ReportDocument of(PlanDiff diff) {
    return new ReportDocument(PlanReports.of(diff));
  }

  /**
   * Returns the report of a plan with how much would be sent.
   *
   * @param forecast how much
   * @param time how long that takes; empty when it is not known
   * @return a new report
   */
  public ReportDocument withForecast(PlanForecast forecast, Optional<Duration> time) {
    return new ReportDocument(PlanReports.withForecast(content, forecast, time));
  }

  /**
   * Creates the report of a preflight.
   *
   * @param report its result
   * @return the report
   */
  public static ReportDocument of(PreflightReport report) {
    return new ReportDocument(PlanReports.of(report));
  }

  /**
   * Creates the report of a mirroring, or of a check of the mirror.
   *
   * @param report its result
   * @return the report
   */
  public static ReportDocument of(MirrorReport report) {
    return new ReportDocument(MirrorReports.of(report));
  }

  /**
   * Returns the report of the division of a plan into shards.
   *
   * @param partition the partition
   * @return the report
   */
  public static ReportDocument of(PlanPartition partition) {
    return new ReportDocument(MirrorReports.of(partition));
  }

  /**
   * Creates the report of what a bundle has.
   *
   * @param bundle the bundle
   * @return the report
   */
  public static ReportDocument of(Bundle bundle) {
    return new ReportDocument(MirrorReports.of(bundle));
  }

  /**
   * Creates the report of a bundle that was created or checked.
   *
   * @param report the result
   * @return the report
   */
  public static ReportDocument of(BundleReport report) {
    return new ReportDocument(MirrorReports.of(report));
  }

  /**
   * Creates the report of the size of a bundle.
   *
   * @param forecast the sizes
   * @param partSize the size of the parts in bytes; empty for a directory
   * @return the report
   */
  public static ReportDocument of(BundleForecast forecast, Optional<Long> partSize) {
    return new ReportDocument(MirrorReports.of(forecast, partSize));
  }

  /**
   * Creates the report of an inventory.
   *
   * @param inventory what a mirror has
   * @return the report
   */
  public static ReportDocument of(Inventory inventory) {
    return new ReportDocument(MirrorReports.of(inventory));
  }

  /**
   * Creates the report of a search for content that is not needed.
   *
   * @param report its result
   * @return the report
   */
  public static ReportDocument of(PruneReport report) {
    return new ReportDocument(MirrorReports.of(report));
  }

  /**
   * Creates the report of pull secrets.
   *
   * @param report what was configured
   * @return the report
   */
  public static ReportDocument of(PullSecretReport report) {
    return new ReportDocument(ClusterReports.of(report));
  }

  /**
   * Creates the report of a planned change of the cluster.
   *
   * @param change the change
   * @return the report
   */
  public static ReportDocument of(ClusterChange change) {
    return new ReportDocument(ClusterReports.of(change));
  }

  /**
   * Creates the report of a change of the cluster, with what {@link ChangeReport#read} needs to
   * undo it.
   *
   * @param report what was changed
   * @return the report
   */
  public static ReportDocument of(ChangeReport report) {
    return new ReportDocument(ClusterReports.of(report));
  }

  /**
   * Creates the report of a draft of image policies.
   *
   * @param draft the policies, and the preconditions that do not hold
   * @return the report
   */
  public static ReportDocument of(ImagePolicyDraft draft) {
    return new ReportDocument(ClusterReports.of(draft));
  }

  /**
   * Creates the report of permissions.
   *
   * @param report what a user is allowed to do
   * @return the report
   */
  public static ReportDocument of(PermissionReport report) {
    return new ReportDocument(ClusterReports.of(report));
  }

  /**
   * Creates the report of what is known about a cluster.
   *
   * @param versions the versions of the cluster
   * @return the report
   */
  public static ReportDocument of(ClusterVersions versions) {
    return new ReportDocument(ClusterReports.of(versions));
  }

  /**
   * Creates the report of an installation.
   *
   * @param installation the installation
   * @return the report
   */
  public static ReportDocument of(Installation installation) {
    return new ReportDocument(ReleaseReports.of(installation));
  }

  /**
   * Creates the report of a planned installation.
   *
   * @param planned what would change
   * @return the report
   */
  public static ReportDocument of(PlannedInstallation planned) {
    return new ReportDocument(ReleaseReports.of(planned));
  }

  /**
   * Creates the report of the revisions of a release.
   *
   * @param history the revisions
   * @return the report
   */
  public static ReportDocument of(ReleaseHistory history) {
    return new ReportDocument(ReleaseReports.of(history));
  }

  /**
   * Creates the report of a rollback, or of a release that was uninstalled.
   *
   * @param change what was changed
   * @return the report
   */
  public static ReportDocument of(ReleaseChange change) {
    return new ReportDocument(ReleaseReports.of(change));
  }

  /**
   * Creates the report of a verification.
   *
   * @param report its result
   * @return the report, without the images of a plan
   */
  public static ReportDocument of(VerificationReport report) {
    return new ReportDocument(ReleaseReports.of(report, Optional.empty()));
  }

  /**
   * Creates the report of a verification.
   *
   * @param report its result
   * @param plan the plan whose images the release should run
   * @return the report, with each image from its source to the containers that run it
   */
  public static ReportDocument of(VerificationReport report, MirrorPlan plan) {
    return new ReportDocument(ReleaseReports.of(report, Optional.of(plan)));
  }

  /**
   * Creates the report of a diagnosis.
   *
   * @param diagnosis the causes
   * @return the report, with the graph of causes and consequences
   */
  public static ReportDocument of(Diagnosis diagnosis) {
    return new ReportDocument(ReleaseReports.of(diagnosis));
  }

  /**
   * Creates the report of a repair.
   *
   * @param report what was repaired, and what was not
   * @return the report
   */
  public static ReportDocument of(RepairReport report) {
    return new ReportDocument(ReleaseReports.of(report));
  }

  /**
   * Creates the report of the tags of a mirror.
   *
   * @param listing the tags
   * @return the report
   */
  public static ReportDocument of(MirrorListing listing) {
    return new ReportDocument(MirrorReports.of(listing));
  }

  /**
   * Creates the report of one image of a mirror.
   *
   * @param inspection the image
   * @return the report
   */
  public static ReportDocument of(ImageInspection inspection) {
    return new ReportDocument(MirrorReports.of(inspection));
  }

  /**
   * Creates the report of an attested verification.
   *
   * @param attestation the attestation
   * @return the report
   */
  public static ReportDocument of(VerificationAttestation attestation) {
    return new ReportDocument(ReleaseReports.of(attestation));
  }

  /**
   * Returns the report of a verification with what has changed since an earlier one.
   *
   * @param drift the changes
   * @return a new report
   */
  public ReportDocument withDrift(VerificationDrift drift) {
    return new ReportDocument(ReleaseReports.withDrift(content, drift));
  }

  /**
   * Creates the report of several steps. Its images are followed through all of them.
   *
   * @param kind the kind of the document in the schema of the JSON
   * @param title what the report is about
   * @param steps the reports of the steps in their order, by the names that the JSON has for them;
   *     at least one
   * @return the report
   */
  public static ReportDocument ofSteps(
      String kind, String title, Map<String, ReportDocument> steps) {
    return new ReportDocument(FailureReports.of(kind, title, contents(steps)));
  }

  /**
   * Creates the report of a run that failed. An exception that has the report of a step brings it.
   *
   * @param command what failed, for example the name of a command
   * @param failure why; with its problems if it has some
   * @param steps the reports of the steps before, by the names that the JSON has for them
   * @return the report
   */
  public static ReportDocument ofFailure(
      String command, AirgapException failure, Map<String, ReportDocument> steps) {
    return new ReportDocument(FailureReports.of(command, failure, contents(steps)));
  }

  /**
   * Returns the report of a run that failed with the exit status of the program.
   *
   * @param status the exit status, from 1 to 255
   * @return a new report
   */
  public ReportDocument withExitStatus(int status) {
    return new ReportDocument(FailureReports.withExitStatus(content, status));
  }

  private static Map<String, ReportContent> contents(Map<String, ReportDocument> steps) {
    Map<String, ReportContent> contents = new LinkedHashMap<>();
    steps.forEach((name, step) -> contents.put(name, step.content));
    return contents;
  }

  /**
   * Returns the same report with the causes of its problems.
   *
   * @param causes the graph of causes and consequences
   * @return a new report
   */
  public ReportDocument withCauses(List<Cause> causes) {
    return new ReportDocument(CauseDiagram.add(content, causes));
  }

  /**
   * Writes the report for a terminal: first what is wrong, then what is well, folded. A line has
   * 100 columns at most, unless a single word is wider. Characters that would control the terminal
   * are escaped.
   *
   * @return the lines, without a line end after the last
   */
  public String toText() {
    return TextWriter.write(content);
  }

  /** {@return the kind of the report and its summary} */
  @Override
  public String toString() {
    return content.kind() + ": " + content.summary();
  }
}
