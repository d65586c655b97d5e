package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.ArrayList;
import java.util.List;

/** Looks at Deployments, StatefulSets and Jobs: what should be there, even when no pod is. */
final class WorkloadChecks {
  private final Namespaces namespaces;
  private final boolean releaseIsDeployed;

  WorkloadChecks(Namespaces namespaces, boolean releaseIsDeployed) {
    this.namespaces = namespaces;
    this.releaseIsDeployed = releaseIsDeployed;
  }

  List<Check> run() {
    List<Check> checks = new ArrayList<>();
    namespaces.workloads().forEach(workload -> checks.add(workload(workload)));
    if (namespaces.workloads().isEmpty()) {
      checks.add(
          Check.of(
              Check.Kind.WORKLOAD,
              "workloads",
              Check.Result.FAIL,
              "there is no Deployment and no StatefulSet in the release's namespaces"));
    }
    namespaces.jobs().forEach(job -> checks.add(job(job)));
    if (namespaces.jobs().stream().noneMatch(job -> job.name().contains("migration"))) {
      checks.add(missingMigration());
    }
    return checks;
  }

  private static Check workload(KubernetesObject workload) {
    Fields fields = workload.fields();
    long wanted = fields.number("spec", "replicas").orElse(1);
    long ready = fields.number("status", "readyReplicas").orElse(0);
    boolean seen =
        fields.number("status", "observedGeneration").orElse(0)
            >= fields.number("metadata", "generation").orElse(0);
    return Check.of(
        Check.Kind.WORKLOAD,
        workload.kind() + " " + Namespaces.path(workload),
        seen && ready >= wanted ? Check.Result.PASS : Check.Result.PENDING,
        ready + " of " + wanted + " pods are ready");
  }

  private Check job(KubernetesObject job) {
    Check.Builder check =
        Check.builder().kind(Check.Kind.JOB).subject("Job " + Namespaces.path(job));
    if (hasCondition(job, "Complete")) {
      return check.result(Check.Result.PASS).detail("is complete").build();
    }
    if (hasCondition(job, "Failed")) {
      return check
          .result(Check.Result.FAIL)
          .detail("has failed" + lastLog(job))
          .remedy("mend the cause, delete the Job, and install again: Helm makes it anew")
          .build();
    }
    return check.result(Check.Result.PENDING).detail("is not complete yet" + lastLog(job)).build();
  }

  private static boolean hasCondition(KubernetesObject job, String type) {
    return job.fields().list("status", "conditions").stream()
        .anyMatch(
            condition ->
                condition.text("type").orElse("").equals(type)
                    && condition.text("status").orElse("").equals("True"));
  }

  private String lastLog(KubernetesObject job) {
    return namespaces.pods().stream()
        .filter(
            pod ->
                pod.fields().list("metadata", "ownerReferences").stream()
                    .anyMatch(owner -> owner.text("name").orElse("").equals(job.name())))
        .map(
            pod ->
                namespaces.logTail(
                    pod,
                    pod.fields().list("spec", "containers").stream()
                        .findFirst()
                        .flatMap(first -> first.text("name"))
                        .orElse("")))
        .filter(log -> !log.isEmpty())
        .reduce((earlier, later) -> later)
        .map(log -> "; its log ends: " + log)
        .orElse("");
  }

  /**
   * Helm removes a hook's Job once it has succeeded, and calls a release deployed only after all
   * its hooks have.
   */
  private Check missingMigration() {
    return Check.of(
        Check.Kind.JOB,
        "migration Job",
        releaseIsDeployed ? Check.Result.PASS : Check.Result.PENDING,
        releaseIsDeployed
            ? "is not there: Helm removes it once it has succeeded, and the release is deployed"
            : "is not there, and the release is not deployed, so the database was not migrated");
  }
}
