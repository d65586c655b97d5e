package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.WorkloadInspector;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a diagnosis reads of a cluster, each list, object and log once. What the user may not read
 * is missing here, and never counts as absent. Not thread-safe.
 */
final class ClusterState {
  private record Name(ResourceType type, @Nullable String namespace, String name) {}

  private record Namespaced(ResourceType type, @Nullable String namespace) {}

  /** An object, or whether it is certain that it does not exist. */
  record Found(Optional<KubernetesObject> object, boolean isAbsent) {}

  private final ClusterClient cluster;
  private final Collection<String> namespaces;
  private final WorkloadInspector inspector;
  private final Map<Name, Found> objects = new HashMap<>();
  private final Map<Namespaced, List<KubernetesObject>> lists = new HashMap<>();
  private final Map<String, String> logs = new HashMap<>();

  ClusterState(ClusterClient cluster, Collection<String> namespaces) {
    this.cluster = cluster;
    this.namespaces = List.copyOf(namespaces);
    this.inspector = new WorkloadInspector(cluster);
  }

  ClusterClient cluster() {
    return cluster;
  }

  /** The objects of a type in the namespaces of the release. */
  List<KubernetesObject> all(ResourceType type) {
    List<KubernetesObject> all = new ArrayList<>();
    namespaces.forEach(namespace -> all.addAll(list(type, namespace)));
    return all;
  }

  /** The objects of a type; empty when the user may not read them. */
  List<KubernetesObject> list(ResourceType type, @Nullable String namespace) {
    return lists.computeIfAbsent(
        new Namespaced(type, namespace),
        key -> {
          try {
            return cluster.list(type, namespace, Map.of());
          } catch (ClusterException e) {
            requireForbidden(e);
            return List.of();
          }
        });
  }

  Found find(ResourceType type, @Nullable String namespace, String name) {
    return objects.computeIfAbsent(
        new Name(type, namespace, name),
        key -> {
          try {
            Optional<KubernetesObject> object = cluster.get(type, namespace, name);
            return new Found(object, object.isEmpty());
          } catch (ClusterException e) {
            requireForbidden(e);
            return new Found(Optional.empty(), false);
          }
        });
  }

  private static void requireForbidden(ClusterException failure) {
    if (failure.reason() != ClusterException.Reason.FORBIDDEN) {
      throw failure;
    }
  }

  /** The latest event about an object with a reason, as evidence. */
  Optional<Fact> event(KubernetesObject object, Subject subject, String reason) {
    return inspector.latestEvent(object, reason).map(event -> fact(subject, event));
  }

  /** The latest warning about an object, as evidence. */
  Optional<Fact> warning(KubernetesObject object, Subject subject) {
    return inspector.latestWarning(object).map(event -> fact(subject, event));
  }

  private static Fact fact(Subject subject, KubernetesObject event) {
    return Fact.of(
        FactCode.EVENT_RECORDED,
        subject,
        Map.of("reason", event.fields().text("reason").orElse(""), "message", message(event)));
  }

  /** The latest event about an object with a reason. */
  Optional<String> eventMessage(KubernetesObject object, String reason) {
    return inspector.latestEvent(object, reason).map(ClusterState::message);
  }

  private static String message(KubernetesObject event) {
    return event.fields().text("message").orElse("");
  }

  /** The end of the log of the container that a pod fails by; empty when it cannot be read. */
  String log(KubernetesObject pod) {
    return log(pod, WorkloadInspector.failing(pod));
  }

  /** The end of the log of a container; empty when it cannot be read. */
  String log(KubernetesObject pod, String container) {
    return logs.computeIfAbsent(
        pod.subject() + "/" + container, unread -> inspector.logTail(pod, container));
  }

  /** A subject for an object of another kind than those that {@link Subject.Kind} has. */
  static Subject subject(ResourceType type, @Nullable String namespace, String name) {
    return KubernetesObject.named(type, namespace, name).subject();
  }
}
