package ai.kubernaut.airgap.cluster.workload;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the fields of a pod, or of the template of pods. */
public final class PodFields {
  private PodFields() {}

  /**
   * Returns the phase of a pod.
   *
   * @param pod the pod
   * @return {@code Unknown} if the status has none
   */
  public static String phase(KubernetesObject pod) {
    return pod.fields().text("status", "phase").orElse("Unknown");
  }

  /**
   * Returns the statuses of all containers.
   *
   * @param pod the pod
   * @return init containers first
   */
  public static List<Fields> statuses(KubernetesObject pod) {
    List<Fields> statuses = new ArrayList<>(pod.fields().list("status", "initContainerStatuses"));
    statuses.addAll(pod.fields().list("status", "containerStatuses"));
    return statuses;
  }

  /**
   * Returns all containers.
   *
   * @param pod the pod
   * @return init containers first
   */
  public static List<Fields> containers(KubernetesObject pod) {
    List<Fields> containers = new ArrayList<>(pod.fields().list("spec", "initContainers"));
    containers.addAll(pod.fields().list("spec", "containers"));
    return containers;
  }

  /**
   * Returns one container.
   *
   * @param pod the pod
   * @param name the name of the container, which may be an init container
   * @return empty when the pod has no such container
   */
  public static Optional<Fields> container(KubernetesObject pod, String name) {
    return containers(pod).stream()
        .filter(candidate -> candidate.text("name").orElse("").equals(name))
        .findFirst();
  }

  static String image(KubernetesObject pod, String container) {
    return container(pod, container).flatMap(found -> found.text("image")).orElse("its image");
  }

  /**
   * Returns a condition of an object.
   *
   * @param object the object
   * @param type the type of the condition, for example {@code Ready}
   * @return empty when the status has no such condition
   */
  public static Optional<Fields> condition(KubernetesObject object, String type) {
    return object.fields().list("status", "conditions").stream()
        .filter(condition -> condition.text("type").orElse("").equals(type))
        .findFirst();
  }

  /**
   * Returns a condition as evidence.
   *
   * @param subject the object that has the condition
   * @param condition an element of {@code status.conditions}
   * @return the fact {@link FactCode#CONDITION_OBSERVED}
   */
  public static Fact observed(Subject subject, Fields condition) {
    return Fact.of(
        FactCode.CONDITION_OBSERVED,
        subject,
        Map.of(
            "condition",
            condition.text("type").orElse(""),
            "status",
            condition.text("status").orElse(""),
            "detail",
            condition.text("message").orElse("")));
  }

  /**
   * Returns whether a condition of an object is true.
   *
   * @param object the object
   * @param type the type of the condition, for example {@code Ready}
   * @return false also when the status has no such condition
   */
  public static boolean isTrue(KubernetesObject object, String type) {
    return condition(object, type)
        .filter(condition -> condition.text("status").orElse("").equals("True"))
        .isPresent();
  }

  /**
   * Returns whether an object of a kind owns a pod.
   *
   * @param pod the pod
   * @param kind the kind, for example {@code ReplicaSet}
   * @return whether an owner of the pod is of this kind
   */
  public static boolean isOwnedBy(KubernetesObject pod, String kind) {
    return pod.fields().list("metadata", "ownerReferences").stream()
        .anyMatch(owner -> owner.text("kind").orElse("").equals(kind));
  }

  /**
   * Returns whether a service selects pods with some labels. A service without a selector selects
   * none.
   *
   * @param service the service
   * @param labels the labels of a pod, or of the template of pods, in the namespace of the service
   * @return whether all labels of the selector are among them
   */
  public static boolean selects(KubernetesObject service, Map<String, String> labels) {
    Map<String, String> selector = service.fields().strings("spec", "selector");
    return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
  }

  /**
   * Returns whether a pod is behind a service.
   *
   * @param pod the pod
   * @param service the service
   * @return whether the service selects the pod, in the same namespace
   */
  public static boolean isBehind(KubernetesObject pod, KubernetesObject service) {
    return pod.namespace().equals(service.namespace()) && selects(service, pod.labels());
  }
}
