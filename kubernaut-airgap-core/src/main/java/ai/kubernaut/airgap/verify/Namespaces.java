package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.AirgapException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands in the namespaces of a release at one moment; events and logs are only fetched where
 * something needs an explanation.
 */
final class Namespaces {
  private static final int LOG_LINES = 5;

  private final ClusterClient cluster;
  private final Map<String, List<KubernetesObject>> events = new HashMap<>();
  private final List<KubernetesObject> pods;
  private final List<KubernetesObject> jobs;
  private final List<KubernetesObject> workloads;
  private final List<KubernetesObject> services;

  private Namespaces(ClusterClient cluster, Collection<String> namespaces) {
    this.cluster = cluster;
    this.pods = list(ResourceType.POD, namespaces);
    this.jobs = list(ResourceType.JOB, namespaces);
    this.services = list(ResourceType.SERVICE, namespaces);
    List<KubernetesObject> both = new ArrayList<>(list(ResourceType.DEPLOYMENT, namespaces));
    both.addAll(list(ResourceType.STATEFUL_SET, namespaces));
    this.workloads = List.copyOf(both);
  }

  static Namespaces look(ClusterClient cluster, Collection<String> namespaces) {
    return new Namespaces(cluster, namespaces);
  }

  private List<KubernetesObject> list(ResourceType type, Collection<String> namespaces) {
    List<KubernetesObject> objects = new ArrayList<>();
    namespaces.forEach(namespace -> objects.addAll(cluster.list(type, namespace, Map.of())));
    return List.copyOf(objects);
  }

  /** Pods that are not on their way out. */
  List<KubernetesObject> pods() {
    return pods.stream()
        .filter(pod -> pod.fields().text("metadata", "deletionTimestamp").isEmpty())
        .toList();
  }

  List<KubernetesObject> jobs() {
    return jobs;
  }

  List<KubernetesObject> workloads() {
    return workloads;
  }

  List<KubernetesObject> services() {
    return services;
  }

  ClusterClient cluster() {
    return cluster;
  }

  static String path(KubernetesObject object) {
    return object.namespace().map(namespace -> namespace + "/").orElse("") + object.name();
  }

  /**
   * The latest warning about an object. Events only explain what was found; that they cannot be
   * read must not hide it.
   */
  Optional<String> warning(KubernetesObject object) {
    return events.computeIfAbsent(object.namespace().orElse(""), this::events).stream()
        .filter(event -> event.fields().text("type").orElse("").equals("Warning"))
        .filter(
            event -> event.fields().text("involvedObject", "name").orElse("").equals(object.name()))
        .filter(
            event -> event.fields().text("involvedObject", "kind").orElse("").equals(object.kind()))
        .reduce((earlier, later) -> time(later).compareTo(time(earlier)) >= 0 ? later : earlier)
        .flatMap(event -> event.fields().text("message"));
  }

  private List<KubernetesObject> events(String namespace) {
    try {
      return cluster.list(ResourceType.EVENT, namespace, Map.of());
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

  /**
   * Returns the end of the log of a pod's first container in one line; empty when it cannot be
   * read, which is not a failure of its own.
   */
  String logTail(KubernetesObject pod) {
    String container =
        pod.fields().list("spec", "containers").stream()
            .findFirst()
            .flatMap(first -> first.text("name"))
            .orElse("");
    try {
      return String.join(
          " | ",
          cluster
              .log(pod.namespace().orElse(""), pod.name(), container, LOG_LINES)
              .lines()
              .toList());
    } catch (AirgapException noLog) {
      return "";
    }
  }
}
