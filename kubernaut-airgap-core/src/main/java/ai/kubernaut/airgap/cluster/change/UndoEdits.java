package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The edits that take back a change, in the opposite order. */
final class UndoEdits {
  private UndoEdits() {}

  static List<ObjectEdit> of(ChangeReport report, ClusterClient cluster) {
    List<ObjectEdit> edits = new ArrayList<>();
    for (ObjectChange change : report.changes()) {
      edits.add(
          new ObjectEdit(
              change.type(),
              change.namespace(),
              change.name(),
              present -> undone(withData(change, present, cluster), present)));
    }
    Collections.reverse(edits);
    return List.copyOf(edits);
  }

  /** Adds the data of a Secret to a change that was read from a file. */
  private static ObjectChange withData(
      ObjectChange change, Optional<KubernetesObject> present, ClusterClient cluster) {
    if (!isMasked(change.before()) && !isMasked(change.after())) {
      return change;
    }
    Optional<KubernetesObject> visible = present.map(ObjectContent::masked);
    if (change.before().isEmpty()) {
      // A Secret that the change has created is removed, whatever its data are.
      return ObjectContent.isSame(visible, change.after())
          ? new ObjectChange(
              change.type(), change.namespace(), change.name(), change.before(), present)
          : change;
    }
    Optional<ObjectChange> complete = SecretBackup.complete(change, present, cluster);
    if (complete.isEmpty()
        && ObjectContent.isSame(visible, change.before())
        && !ObjectContent.isSame(change.before(), change.after())) {
      // The change was undone before, and its backup was removed with it.
      return new ObjectChange(
          change.type(), change.namespace(), change.name(), present, change.after());
    }
    return complete.orElseThrow(
        () -> refusal(change, ProblemCode.OBJECT_CONTENT_NOT_KEPT, Map.of()));
  }

  private static Optional<KubernetesObject> undone(
      ObjectChange change, Optional<KubernetesObject> present) {
    if (ObjectContent.isSame(present, change.before())) {
      return present;
    }
    if (!ObjectContent.isSame(present, change.after())) {
      throw refusal(
          change,
          ProblemCode.OBJECT_CHANGED_SINCE,
          Map.of(
              "fields",
              present.isEmpty()
                  ? "it was removed"
                  : String.join(", ", ObjectContent.differences(change.after(), present))));
    }
    return change
        .before()
        .map(
            before ->
                present
                    .map(object -> ObjectContent.onto(before, object))
                    .orElseGet(() -> ObjectContent.of(before)));
  }

  private static boolean isMasked(Optional<KubernetesObject> object) {
    return object
        .filter(ObjectContent::isSecret)
        .filter(secret -> ObjectContent.values(secret).containsValue(ObjectContent.MASK))
        .isPresent();
  }

  private static ClusterChangeException refusal(
      ObjectChange change, ProblemCode code, Map<String, String> parameters) {
    return new ClusterChangeException(List.of(Problem.of(code, change.subject(), parameters)));
  }
}
