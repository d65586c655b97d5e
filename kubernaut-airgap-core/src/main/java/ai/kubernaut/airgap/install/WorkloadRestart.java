package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.outcome.Subject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A workload that reads Secrets, and restarts when they change. Immutable.
 *
 * @param secrets the names of the Secrets
 * @param isDue whether it has to restart; false if an earlier run has restarted it
 */
record WorkloadRestart(
    ResourceType type, KubernetesObject workload, List<String> secrets, boolean isDue) {
  /** The annotation with which {@code kubectl rollout restart} restarts a workload, too. */
  static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

  Subject subject() {
    return workload.subject();
  }

  /** Whether the pods were restarted at a time or later. */
  boolean isSince(Instant rotated) {
    return time(workload
            .fields()
            .strings("spec", "template", "metadata", "annotations")
            .get(RESTARTED_AT))
        .filter(restarted -> !restarted.isBefore(rotated))
        .isPresent();
  }

  /** Reads the time in an annotation; empty when there is none. */
  static Optional<Instant> time(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The change that restarts the pods. */
  ObjectEdit edit(Instant now) {
    return ObjectEdit.of(
        type,
        workload.namespace().orElse(null),
        workload.name(),
        present ->
            present.map(
                found ->
                    found.with(
                        now.toString(),
                        "spec",
                        "template",
                        "metadata",
                        "annotations",
                        RESTARTED_AT)));
  }
}
