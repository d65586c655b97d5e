package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.workload.WorkloadRollout;
import ai.kubernaut.airgap.install.HookRun;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks Deployments, StatefulSets, DaemonSets and Jobs: what should exist, even when no pod does.
 */
final class WorkloadChecks {
  private final ReleaseName release;
  private final Namespaces namespaces;
  private final boolean releaseIsDeployed;
  private final Optional<String> migrationJob;
  private final Optional<StoredRevision> revision;

  /**
   * Creates the checks.
   *
   * @param migrationJob a part of the name of the Job that migrates the database; empty when the
   *     product has none
   * @param revision the latest revision of the release; empty when it is not known
   */
  WorkloadChecks(
      ReleaseName release,
      Namespaces namespaces,
      boolean releaseIsDeployed,
      Optional<String> migrationJob,
      Optional<StoredRevision> revision) {
    this.release = release;
    this.namespaces = namespaces;
    this.releaseIsDeployed = releaseIsDeployed;
    this.migrationJob = migrationJob;
    this.revision = revision;
  }

  List<Check> run() {
    List<Check> checks = new ArrayList<>();
    namespaces.workloads().forEach(workload -> checks.add(workload(workload)));
    if (namespaces.workloads().isEmpty()) {
      checks.add(Check.of(Check.Kind.WORKLOAD, Check.Result.FAIL, noWorkload()));
    }
    namespaces.jobs().forEach(job -> checks.add(job(job)));
    if (revision.isPresent()) {
      if (releaseIsDeployed && !namespaces.workloads().isEmpty()) {
        checks.addAll(new ReleaseObjectChecks(namespaces, revision.get()).workloadsAndServices());
      }
      revision.get().hooks().forEach(hook -> absentHook(hook).ifPresent(checks::add));
    } else if (namespaces.selection().isEmpty()) {
      migrationJob
          .filter(part -> namespaces.jobs().stream().noneMatch(job -> job.name().contains(part)))
          .ifPresent(part -> checks.add(missingMigration(part)));
    }
    return checks;
  }

  private Problem noWorkload() {
    Subject subject = new Subject(Subject.Kind.RELEASE, release.name());
    return namespaces
        .selection()
        .map(
            selection ->
                Problem.of(
                    ProblemCode.WORKLOADS_NOT_SELECTED,
                    subject,
                    Map.of(
                        "selector",
                        selection.selector().toString(),
                        "namespaces",
                        String.join(", ", namespaces.names()),
                        "labels",
                        CommonLabels.of(namespaces.allWorkloads()))))
        .orElseGet(() -> Problem.of(ProblemCode.WORKLOADS_MISSING, subject));
  }

  private static Check workload(KubernetesObject workload) {
    Subject subject = workload.subject();
    WorkloadRollout rollout = WorkloadRollout.of(workload);
    return rollout
        .problem(subject)
        .map(problem -> Check.of(Check.Kind.WORKLOAD, Check.Result.PENDING, problem))
        .orElseGet(
            () ->
                Check.of(
                    Check.Kind.WORKLOAD,
                    Check.Result.PASS,
                    Fact.of(FactCode.WORKLOAD_READY, subject, rollout.readiness())));
  }

  private Check job(KubernetesObject job) {
    return Check.of(Check.Kind.JOB, namespaces.inspector().job(job, namespaces.pods()));
  }

  /**
   * Judges the Job of a hook that does not exist by what Helm has stored: it was removed after it
   * had succeeded or failed, or it was never created.
   */
  private Optional<Check> absentHook(HookRun hook) {
    boolean exists =
        namespaces.jobs().stream()
            .anyMatch(
                job ->
                    job.name().equals(hook.name())
                        && job.namespace().orElse("").equals(hook.namespace()));
    if (exists || !hook.kind().equals("Job")) {
      return Optional.empty();
    }
    Subject subject = Subject.object(Subject.Kind.JOB, hook.namespace(), hook.name());
    boolean isMigration = migrationJob.filter(hook.name()::contains).isPresent();
    Map<String, String> events = Map.of("events", String.join(", ", hook.events()));
    return switch (hook.phase()) {
      case SUCCEEDED ->
          Optional.of(
              Check.of(
                  Check.Kind.JOB,
                  Check.Result.PASS,
                  isMigration
                      ? Fact.of(FactCode.MIGRATION_JOB_REMOVED, subject)
                      : Fact.of(FactCode.HOOK_SUCCEEDED, subject)));
      case FAILED ->
          Optional.of(
              Check.of(
                  Check.Kind.JOB,
                  Check.Result.FAIL,
                  Problem.of(ProblemCode.HOOK_FAILED, subject, events)));
      case RUNNING ->
          Optional.of(
              Check.of(
                  Check.Kind.JOB,
                  Check.Result.PENDING,
                  Problem.of(ProblemCode.HOOK_NOT_COMPLETE, subject, events)));
      case NOT_RUN ->
          hook.isOfInstallation() ? notRun(subject, isMigration, events) : Optional.empty();
    };
  }

  /** Helm runs no further hooks once an installation has failed, which the release says. */
  private Optional<Check> notRun(Subject subject, boolean isMigration, Map<String, String> events) {
    if (releaseIsDeployed) {
      return Optional.of(
          Check.of(
              Check.Kind.JOB,
              Check.Result.FAIL,
              Problem.of(ProblemCode.HOOK_NOT_RUN, subject, events)));
    }
    return isMigration
        ? Optional.of(
            Check.of(
                Check.Kind.JOB,
                Check.Result.PENDING,
                Problem.of(ProblemCode.MIGRATION_JOB_MISSING, subject)))
        : Optional.empty();
  }

  /**
   * Helm removes the Job of a hook once it has succeeded, and calls a release deployed only after
   * all its hooks have.
   */
  private Check missingMigration(String part) {
    Subject subject = Subject.object(Subject.Kind.JOB, release.namespace(), part);
    return releaseIsDeployed
        ? Check.of(
            Check.Kind.JOB, Check.Result.PASS, Fact.of(FactCode.MIGRATION_JOB_REMOVED, subject))
        : Check.of(
            Check.Kind.JOB,
            Check.Result.PENDING,
            Problem.of(ProblemCode.MIGRATION_JOB_MISSING, subject));
  }
}
