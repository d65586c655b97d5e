package ai.kubernaut.airgap.verify;

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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the namespaces of a release at one moment; events and logs are only fetched where
 * something needs an explanation.
 */
final class Namespaces {
  private final ClusterClient cluster;
  private final WorkloadInspector inspector;
  private final List<KubernetesObject> pods;
  private final List<KubernetesObject> jobs;
  private final List<KubernetesObject> workloads;
  private final List<KubernetesObject> services;

  private final Set<String> names;
  private final Map<String, Optional<List<KubernetesObject>>> secrets = new HashMap<>();

  private Namespaces(ClusterClient cluster, Collection<String> namespaces) {
    this.cluster = cluster;
    this.names = Collections.unmodifiableSet(new TreeSet<>(namespaces));
    this.inspector = new WorkloadInspector(cluster);
    this.pods = list(ResourceType.POD, namespaces);
    this.jobs = list(ResourceType.JOB, namespaces);
    this.services = list(ResourceType.SERVICE, namespaces);
    List<KubernetesObject> all = new ArrayList<>(list(ResourceType.DEPLOYMENT, namespaces));
    all.addAll(list(ResourceType.STATEFUL_SET, namespaces));
    all.addAll(list(ResourceType.DAEMON_SET, namespaces));
    this.workloads = List.copyOf(all);
  }

  static Namespaces look(ClusterClient cluster, Collection<String> namespaces) {
    return new Namespaces(cluster, namespaces);
  }

  private List<KubernetesObject> list(ResourceType type, Collection<String> namespaces) {
    List<KubernetesObject> objects = new ArrayList<>();
    namespaces.forEach(namespace -> objects.addAll(cluster.list(type, namespace, Map.of())));
    return List.copyOf(objects);
  }

  /** The namespaces, sorted. */
  Set<String> names() {
    return names;
  }

  /** Lists objects that only some checks need; empty when the user is not allowed to. */
  Optional<List<KubernetesObject>> listIfAllowed(ResourceType type, @Nullable String namespace) {
    try {
      return Optional.of(cluster.list(type, namespace, Map.of()));
    } catch (ClusterException e) {
      if (e.reason() == ClusterException.Reason.FORBIDDEN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Returns the check that was not made because {@link #listIfAllowed} had no answer.
   *
   * @param namespace null where the objects of the whole cluster were asked for
   */
  Check notAllowed(Check.Kind kind, ResourceType type, @Nullable String namespace) {
    Subject subject =
        namespace == null
            ? new Subject(Subject.Kind.CLUSTER, cluster.address())
            : new Subject(Subject.Kind.NAMESPACE, namespace);
    return Check.of(
        kind,
        Check.Result.SKIPPED,
        Fact.of(FactCode.NOT_CHECKED_FORBIDDEN, subject, Map.of("what", type.plural())));
  }

  /** The Secrets of a namespace, read when they are first asked for; empty when not allowed. */
  Optional<List<KubernetesObject>> secrets(String namespace) {
    return secrets.computeIfAbsent(namespace, unread -> listIfAllowed(ResourceType.SECRET, unread));
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

  /** {@return what the state of the pods and Jobs means} */
  WorkloadInspector inspector() {
    return inspector;
  }
}
