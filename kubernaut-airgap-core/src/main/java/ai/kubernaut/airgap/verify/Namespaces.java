package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.WorkloadInspector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

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

  private Namespaces(ClusterClient cluster, Collection<String> namespaces) {
    this.cluster = cluster;
    this.inspector = new WorkloadInspector(cluster);
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

  /** {@return what the state of the pods and Jobs means} */
  WorkloadInspector inspector() {
    return inspector;
  }
}
