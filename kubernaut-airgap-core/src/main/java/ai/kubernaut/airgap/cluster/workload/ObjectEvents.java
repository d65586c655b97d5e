package ai.kubernaut.airgap.cluster.workload;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The events of a cluster, read once for each namespace. Events only explain what was found; that
 * they cannot be read must not hide it.
 */
final class ObjectEvents {
  private final ClusterClient cluster;
  private final Map<String, List<KubernetesObject>> events = new HashMap<>();

  ObjectEvents(ClusterClient cluster) {
    this.cluster = cluster;
  }

  /** Returns the latest event about an object that meets a condition. */
  Optional<KubernetesObject> latest(
      KubernetesObject object, Predicate<KubernetesObject> condition) {
    return events.computeIfAbsent(object.namespace().orElse(""), this::read).stream()
        .filter(
            event -> event.fields().text("involvedObject", "name").orElse("").equals(object.name()))
        .filter(
            event -> event.fields().text("involvedObject", "kind").orElse("").equals(object.kind()))
        .filter(event -> isOfSameObject(event, object))
        .filter(condition)
        .reduce((earlier, later) -> time(later).compareTo(time(earlier)) >= 0 ? later : earlier);
  }

  /** An object that was created again under its name has another uid. */
  private static boolean isOfSameObject(KubernetesObject event, KubernetesObject object) {
    Optional<String> involved = event.fields().text("involvedObject", "uid");
    Optional<String> uid = object.fields().text("metadata", "uid");
    return involved.isEmpty() || uid.isEmpty() || involved.equals(uid);
  }

  static boolean isWarning(KubernetesObject event) {
    return event.fields().text("type").orElse("").equals("Warning");
  }

  static String message(KubernetesObject event) {
    return event.fields().text("message").orElse("");
  }

  private List<KubernetesObject> read(String namespace) {
    try {
      return cluster.list(ResourceType.EVENT, namespace, Map.of());
    } catch (CancelledException e) {
      throw e;
    } catch (AirgapException unreadable) {
      return List.of();
    }
  }

  private static String time(KubernetesObject event) {
    return event
        .fields()
        .text("lastTimestamp")
        .or(() -> event.fields().text("eventTime"))
        .orElse("");
  }
}
