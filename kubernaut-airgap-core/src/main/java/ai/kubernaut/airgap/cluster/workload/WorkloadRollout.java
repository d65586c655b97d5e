package ai.kubernaut.airgap.cluster.workload;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.Map;
import java.util.Optional;

/**
 * How far the controller of a workload has come, by the rules of {@code kubectl rollout status}.
 *
 * @param wanted the pods that there should be
 * @param ready the pods that are ready, of whatever template
 * @param updated the pods of the current template; as many as wanted where pods are replaced only
 *     when somebody deletes them
 * @param generation the generation that the controller has not observed yet; 0 if it has
 * @param isPaused whether updates are paused
 */
public record WorkloadRollout(
    long wanted, long ready, long updated, long generation, boolean isPaused) {
  /**
   * Reads the specification and the status of a workload.
   *
   * @param workload a Deployment, a StatefulSet or a DaemonSet
   * @return how far it has come
   */
  public static WorkloadRollout of(KubernetesObject workload) {
    Fields fields = workload.fields();
    boolean isDaemonSet = workload.kind().equals("DaemonSet");
    long wanted =
        isDaemonSet
            ? fields.number("status", "desiredNumberScheduled").orElse(0)
            : fields.number("spec", "replicas").orElse(1);
    long ready = fields.number("status", isDaemonSet ? "numberReady" : "readyReplicas").orElse(0);
    long generation = fields.number("metadata", "generation").orElse(0);
    boolean observed = fields.number("status", "observedGeneration").orElse(0) >= generation;
    return new WorkloadRollout(
        wanted,
        ready,
        updated(workload, wanted),
        observed ? 0 : generation,
        fields.flag("spec", "paused"));
  }

  private static long updated(KubernetesObject workload, long wanted) {
    Fields fields = workload.fields();
    if (fields.text("spec", "updateStrategy", "type").orElse("").equals("OnDelete")) {
      return wanted;
    }
    return switch (workload.kind()) {
      case "DaemonSet" -> fields.number("status", "updatedNumberScheduled").orElse(0);
      case "StatefulSet" -> {
        Optional<String> current = fields.text("status", "currentRevision");
        long kept = fields.number("spec", "updateStrategy", "rollingUpdate", "partition").orElse(0);
        yield current.equals(fields.text("status", "updateRevision"))
            ? wanted
            : kept + fields.number("status", "updatedReplicas").orElse(0);
      }
      default -> fields.number("status", "updatedReplicas").orElse(0);
    };
  }

  /** {@return the numbers of ready and of wanted pods, as parameters of a problem} */
  public Map<String, String> readiness() {
    return Map.of("ready", String.valueOf(ready), "wanted", String.valueOf(wanted));
  }

  /**
   * Returns what is missing.
   *
   * @param subject the workload
   * @return empty when all pods are ready, and the update has arrived
   */
  public Optional<Problem> problem(Subject subject) {
    if (ready < wanted) {
      return Optional.of(Problem.of(ProblemCode.WORKLOAD_NOT_READY, subject, readiness()));
    }
    if (generation == 0 && updated >= wanted) {
      return Optional.empty();
    }
    if (isPaused && generation == 0) {
      return Optional.of(
          Problem.of(
              ProblemCode.WORKLOAD_UPDATE_PAUSED,
              subject,
              Map.of("updated", String.valueOf(updated), "wanted", String.valueOf(wanted))));
    }
    return Optional.of(
        Problem.of(
            ProblemCode.WORKLOAD_NOT_UPDATED,
            subject,
            Map.of(
                "updated",
                generation == 0 ? String.valueOf(updated) : "",
                "wanted",
                String.valueOf(wanted),
                "generation",
                generation == 0 ? "" : String.valueOf(generation))));
  }
}
