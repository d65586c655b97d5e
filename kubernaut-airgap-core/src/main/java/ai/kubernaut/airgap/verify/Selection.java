package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.LabelSelector;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which objects of namespaces are verified: those with the labels, pods of selected workloads, pods
 * with images of the plan, and the Services in front of them.
 *
 * @param isPlanned whether a reference to an image is one of the plan
 */
record Selection(LabelSelector selector, Predicate<String> isPlanned) {
  /** Whether a pod is selected by itself, or by what owns it. */
  boolean hasPod(KubernetesObject pod, Collection<KubernetesObject> owners) {
    return selector.matches(pod.labels())
        || owners.stream().anyMatch(owner -> owns(owner, pod))
        || images(pod).stream().anyMatch(isPlanned);
  }

  /** Whether a Service is selected by itself, or by the pods that it selects. */
  boolean hasService(
      KubernetesObject service,
      Collection<KubernetesObject> workloads,
      Collection<KubernetesObject> pods) {
    return selector.matches(service.labels())
        || pods.stream().anyMatch(pod -> PodFields.isBehind(pod, service))
        || workloads.stream()
            .filter(workload -> workload.namespace().equals(service.namespace()))
            .map(workload -> workload.fields().strings("spec", "template", "metadata", "labels"))
            .anyMatch(labels -> PodFields.selects(service, labels));
  }

  /** The images of all containers of a pod. */
  static List<String> images(KubernetesObject pod) {
    return PodContainer.of(pod).stream().map(PodContainer::image).distinct().toList();
  }

  /**
   * Whether an object owns a pod. A Deployment owns its pods by a ReplicaSet, which is not read:
   * the selector of a Deployment selects its pods only, and the name of its ReplicaSets begins with
   * its own.
   */
  static boolean owns(KubernetesObject owner, KubernetesObject pod) {
    if (!owner.namespace().equals(pod.namespace())) {
      return false;
    }
    for (Fields reference : pod.fields().list("metadata", "ownerReferences")) {
      String kind = reference.text("kind").orElse("");
      String name = reference.text("name").orElse("");
      if (kind.equals(owner.kind()) && name.equals(owner.name())) {
        return true;
      }
      if (kind.equals("ReplicaSet")
          && owner.kind().equals("Deployment")
          && name.startsWith(owner.name() + "-")) {
        LabelSelector ofPods = LabelSelector.of(owner.fields().fields("spec", "selector"));
        return !ofPods.isEmpty() && ofPods.matches(pod.labels());
      }
    }
    return false;
  }
}
