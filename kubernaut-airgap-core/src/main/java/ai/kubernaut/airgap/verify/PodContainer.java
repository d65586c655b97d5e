package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A container of a pod.
 *
 * @param spec its specification
 * @param status its status; without fields before the kubelet has written it
 */
record PodContainer(KubernetesObject pod, ContainerOrigin.Type type, Fields spec, Fields status) {
  private static final Fields NONE = Fields.of(Map.of());

  /** Returns all containers of a pod, in the order in which they start. */
  static List<PodContainer> of(KubernetesObject pod) {
    List<PodContainer> containers = new ArrayList<>();
    add(containers, pod, ContainerOrigin.Type.INIT, "initContainer");
    add(containers, pod, ContainerOrigin.Type.MAIN, "container");
    add(containers, pod, ContainerOrigin.Type.EPHEMERAL, "ephemeralContainer");
    return containers;
  }

  private static void add(
      List<PodContainer> containers,
      KubernetesObject pod,
      ContainerOrigin.Type type,
      String field) {
    List<Fields> statuses = pod.fields().list("status", field + "Statuses");
    for (Fields spec : pod.fields().list("spec", field + "s")) {
      Fields status =
          statuses.stream()
              .filter(each -> each.text("name").equals(spec.text("name")))
              .findFirst()
              .orElse(NONE);
      containers.add(new PodContainer(pod, type, spec, status));
    }
  }

  String image() {
    return spec.text("image").orElse("");
  }

  String imageId() {
    return status.text("imageID").orElse("");
  }

  String node() {
    return pod.fields().text("spec", "nodeName").orElse("");
  }

  /** Returns whether the container runs or has ended; one that waits is judged with its pod. */
  boolean hasStarted() {
    return status.value("state", "running").isPresent()
        || status.value("state", "terminated").isPresent();
  }

  Subject subject() {
    return new Subject(
        Subject.Kind.CONTAINER, Namespaces.path(pod) + "/" + spec.text("name").orElse(""));
  }

  /** Returns what is known without the mirror. */
  ContainerOrigin.Builder origin() {
    OptionalLong restarts = status.number("restartCount");
    ContainerOrigin.Builder origin =
        ContainerOrigin.builder()
            .namespace(pod.namespace().orElse(""))
            .pod(pod.name())
            .podUid(pod.fields().text("metadata", "uid"))
            .node(pod.fields().text("spec", "nodeName"))
            .container(spec.text("name").orElse(""))
            .type(type)
            .restarts((int) Math.max(0, Math.min(restarts.orElse(0), Integer.MAX_VALUE)))
            .requested(image())
            .evidence(ContainerOrigin.Evidence.NONE)
            .isRedirected(false);
    pod.fields().list("metadata", "ownerReferences").stream()
        .findFirst()
        .ifPresent(
            owner ->
                origin.owner(owner.text("kind").orElse("") + "/" + owner.text("name").orElse("")));
    return origin;
  }
}
