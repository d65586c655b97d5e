package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The edits that take back a change, in the opposite order. */
final class UndoEdits {
  /** The types of objects because of which a namespace is not removed. */
  private static final List<ResourceType> CONTENT =
      List.of(
          ResourceType.DEPLOYMENT,
          ResourceType.STATEFUL_SET,
          ResourceType.JOB,
          ResourceType.POD,
          ResourceType.SECRET);

  /** The types of Secrets that controllers create in each namespace. */
  private static final Set<String> OF_CONTROLLERS =
      Set.of("kubernetes.io/service-account-token", "kubernetes.io/dockercfg");

  private UndoEdits() {}

  static List<ObjectEdit> of(ChangeReport report, ClusterClient cluster) {
    List<ObjectEdit> edits = new ArrayList<>();
    for (ObjectChange change : report.changes()) {
      edits.add(
          new ObjectEdit(
              change.type(),
              change.namespace(),
              change.name(),
              present -> {
                if (isCreatedNamespace(change) && present.isPresent()) {
                  requireEmpty(change, report, cluster);
                }
                if (present.isEmpty() && isNamespaceGone(change, cluster)) {
                  return present;
                }
                return undone(withData(change, present, cluster), present);
              }));
    }
    Collections.reverse(edits);
    return List.copyOf(edits);
  }

  private static boolean isCreatedNamespace(ObjectChange change) {
    return change.type().equals(ResourceType.NAMESPACE) && change.before().isEmpty();
  }

  /** What was in a namespace that was removed is gone for good. */
  private static boolean isNamespaceGone(ObjectChange change, ClusterClient cluster) {
    return change
        .namespace()
        .filter(name -> cluster.get(ResourceType.NAMESPACE, null, name).isEmpty())
        .isPresent();
  }

  /** Refuses to remove a namespace in which there is more than the change has created. */
  private static void requireEmpty(
      ObjectChange namespace, ChangeReport report, ClusterClient cluster) {
    Set<String> created =
        report.changes().stream()
            .filter(change -> change.namespace().equals(Optional.of(namespace.name())))
            .map(change -> change.subject().name())
            .collect(Collectors.toSet());
    List<String> others =
        CONTENT.stream()
            .flatMap(type -> cluster.list(type, namespace.name(), Map.of()).stream())
            .filter(object -> !OF_CONTROLLERS.contains(object.fields().text("type").orElse("")))
            .map(KubernetesObject::toString)
            .filter(object -> !created.contains(object))
            .toList();
    if (!others.isEmpty()) {
      throw refusal(
          namespace,
          ProblemCode.NAMESPACE_IN_USE,
          Map.of("count", String.valueOf(others.size()), "first", others.get(0)));
    }
  }

  /** Adds the data of a Secret to a change that was read from a file. */
  private static ObjectChange withData(
      ObjectChange change, Optional<KubernetesObject> present, ClusterClient cluster) {
    if (!isMasked(change.before()) && !isMasked(change.after())) {
      return change;
    }
    Optional<KubernetesObject> visible = present.map(ObjectContent::masked);
    if (change.before().isEmpty()) {
      // A Secret that the change has created is removed, regardless of its data.
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
