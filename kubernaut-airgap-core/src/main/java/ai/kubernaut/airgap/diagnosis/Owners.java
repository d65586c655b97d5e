package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which workload a pod belongs to, and which pods are behind a service. */
final class Owners {
  private final ClusterState state;

  Owners(ClusterState state) {
    this.state = state;
  }

  /** The Deployments, StatefulSets, DaemonSets and Jobs of the release. */
  List<KubernetesObject> workloads() {
    List<KubernetesObject> workloads = new ArrayList<>(state.all(ResourceType.DEPLOYMENT));
    workloads.addAll(state.all(ResourceType.STATEFUL_SET));
    workloads.addAll(state.all(ResourceType.DAEMON_SET));
    workloads.addAll(state.all(ResourceType.JOB));
    return workloads;
  }

  /** The workload of a pod; empty for a pod that stands alone. */
  Optional<KubernetesObject> workload(KubernetesObject pod) {
    return workloads().stream().filter(workload -> owns(workload, pod)).findFirst();
  }

  /** The workload of a pod, or the pod itself. */
  Subject subject(KubernetesObject pod) {
    return workload(pod).orElse(pod).subject();
  }

  private boolean owns(KubernetesObject workload, KubernetesObject pod) {
    if (!workload.namespace().equals(pod.namespace())) {
      return false;
    }
    for (Fields owner : pod.fields().list("metadata", "ownerReferences")) {
      String kind = owner.text("kind").orElse("");
      String name = owner.text("name").orElse("");
      if (kind.equals(workload.kind()) && name.equals(workload.name())) {
        return true;
      }
      if (kind.equals("ReplicaSet") && workload.kind().equals("Deployment")) {
        return replicaSets(workload).stream().anyMatch(set -> set.name().equals(name));
      }
    }
    return false;
  }

  /** The ReplicaSets of a Deployment, the newest first. */
  List<KubernetesObject> replicaSets(KubernetesObject deployment) {
    return state.list(ResourceType.REPLICA_SET, deployment.namespace().orElse("")).stream()
        .filter(
            set ->
                set.fields().list("metadata", "ownerReferences").stream()
                    .anyMatch(owner -> owner.text("name").orElse("").equals(deployment.name())))
        .sorted(Comparator.comparing(Owners::revision).thenComparing(Owners::created).reversed())
        .toList();
  }

  private static long revision(KubernetesObject set) {
    String revision = set.annotations().getOrDefault("deployment.kubernetes.io/revision", "");
    return revision.matches("[0-9]{1,18}") ? Long.parseLong(revision) : 0;
  }

  private static String created(KubernetesObject set) {
    return set.fields().text("metadata", "creationTimestamp").orElse("");
  }

  /** The pods of a workload. */
  List<KubernetesObject> pods(KubernetesObject workload) {
    return state.list(ResourceType.POD, workload.namespace().orElse("")).stream()
        .filter(pod -> owns(workload, pod))
        .toList();
  }

  /** The pods behind a service. */
  List<KubernetesObject> podsBehind(KubernetesObject service) {
    return state.list(ResourceType.POD, service.namespace().orElse("")).stream()
        .filter(pod -> PodFields.selects(service, pod.labels()))
        .toList();
  }

  /** The workloads whose pods would be behind a service. */
  List<KubernetesObject> workloadsBehind(KubernetesObject service) {
    return workloads().stream()
        .filter(workload -> workload.namespace().equals(service.namespace()))
        .filter(workload -> PodFields.selects(service, template(workload).labels()))
        .toList();
  }

  /** The template of the pods of a workload, as if it were a pod. */
  static KubernetesObject template(KubernetesObject workload) {
    return KubernetesObject.of(workload.fields().fields("spec", "template"));
  }
}
