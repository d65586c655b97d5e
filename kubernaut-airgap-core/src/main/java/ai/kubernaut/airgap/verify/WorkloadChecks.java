package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks Deployments, StatefulSets and Jobs: what should exist, even when no pod does. */
final class WorkloadChecks {
  private final ReleaseName release;
  private final Namespaces namespaces;
  private final boolean releaseIsDeployed;
  private final Optional<String> migrationJob;

  /**
   * Creates the checks.
   *
   * @param migrationJob a part of the name of the Job that migrates the database; empty when the
   *     product has none
   */
  WorkloadChecks(
      ReleaseName release,
      Namespaces namespaces,
      boolean releaseIsDeployed,
      Optional<String> migrationJob) {
    this.release = release;
    this.namespaces = namespaces;
    this.releaseIsDeployed = releaseIsDeployed;
    this.migrationJob = migrationJob;
  }

  List<Check> run() {
    List<Check> checks = new ArrayList<>();
    namespaces.workloads().forEach(workload -> checks.add(workload(workload)));
    if (namespaces.workloads().isEmpty()) {
      checks.add(
          Check.of(
              Check.Kind.WORKLOAD,
              Check.Result.FAIL,
              Problem.of(
                  ProblemCode.WORKLOADS_MISSING,
                  new Subject(Subject.Kind.RELEASE, release.name()))));
    }
    namespaces.jobs().forEach(job -> checks.add(job(job)));
    migrationJob
        .filter(part -> namespaces.jobs().stream().noneMatch(job -> job.name().contains(part)))
        .ifPresent(part -> checks.add(missingMigration(part)));
    return checks;
  }

  private static Check workload(KubernetesObject workload) {
    Subject subject =
        new Subject(
            workload.kind().equals("StatefulSet")
                ? Subject.Kind.STATEFUL_SET
                : Subject.Kind.DEPLOYMENT,
            Namespaces.path(workload));
    Fields fields = workload.fields();
    long wanted = fields.number("spec", "replicas").orElse(1);
    long ready = fields.number("status", "readyReplicas").orElse(0);
    boolean observed =
        fields.number("status", "observedGeneration").orElse(0)
            >= fields.number("metadata", "generation").orElse(0);
    Map<String, String> parameters =
        Map.of("ready", String.valueOf(ready), "wanted", String.valueOf(wanted));
    return observed && ready >= wanted
        ? Check.of(
            Check.Kind.WORKLOAD,
            Check.Result.PASS,
            Fact.of(FactCode.WORKLOAD_READY, subject, parameters))
        : Check.of(
            Check.Kind.WORKLOAD,
            Check.Result.PENDING,
            Problem.of(ProblemCode.WORKLOAD_NOT_READY, subject, parameters));
  }

  private Check job(KubernetesObject job) {
    return Check.of(Check.Kind.JOB, namespaces.inspector().job(job, namespaces.pods()));
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
