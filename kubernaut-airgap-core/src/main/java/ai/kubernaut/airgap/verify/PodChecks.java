package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;

/** Checks pods and their containers. */
final class PodChecks {
  private final Namespaces namespaces;
  private final ExpectedImages images;
  private final List<Check> checks = new ArrayList<>();

  PodChecks(Namespaces namespaces, ExpectedImages images) {
    this.namespaces = namespaces;
    this.images = images;
  }

  List<Check> run() {
    for (KubernetesObject pod : namespaces.pods()) {
      if (!isReplaced(pod)) {
        checks.add(checkPod(pod));
        checkImages(pod);
      }
    }
    return List.copyOf(checks);
  }

  /** A Job or ReplicaSet replaces a pod that has failed or was evicted; the new one is checked. */
  private static boolean isReplaced(KubernetesObject pod) {
    return pod.fields().text("status", "phase").orElse("").equals("Failed")
        && (isOwnedBy(pod, "Job") || isOwnedBy(pod, "ReplicaSet"));
  }

  private static boolean isOwnedBy(KubernetesObject pod, String kind) {
    return pod.fields().list("metadata", "ownerReferences").stream()
        .anyMatch(owner -> owner.text("kind").orElse("").equals(kind));
  }

  private Check checkPod(KubernetesObject pod) {
    return Check.of(Check.Kind.POD, namespaces.inspector().pod(pod));
  }

  private void checkImages(KubernetesObject pod) {
    List<Fields> statuses = both(pod, "status", "initContainerStatuses", "containerStatuses");
    for (Fields container : both(pod, "spec", "initContainers", "containers")) {
      String name = container.text("name").orElse("");
      String imageId =
          statuses.stream()
              .filter(status -> status.text("name").orElse("").equals(name))
              .findFirst()
              .flatMap(status -> status.text("imageID"))
              .orElse("");
      Subject subject = new Subject(Subject.Kind.CONTAINER, Namespaces.path(pod) + "/" + name);
      String image = container.text("image").orElse("");
      // Without an imageID nothing runs yet: the check of the pod says why.
      if (!imageId.isEmpty()) {
        checks.add(images.checkOrFail(subject, image, imageId));
      }
    }
  }

  private static List<Fields> both(KubernetesObject pod, String parent, String init, String main) {
    List<Fields> both = new ArrayList<>(pod.fields().list(parent, init));
    both.addAll(pod.fields().list(parent, main));
    return both;
  }
}
