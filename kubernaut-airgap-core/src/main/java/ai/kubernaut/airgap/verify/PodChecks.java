package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at pods and their containers. */
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

  /**
   * A Job or ReplicaSet makes another pod where one has failed or was evicted, and it counts by
   * itself.
   */
  private static boolean isReplaced(KubernetesObject pod) {
    return pod.fields().text("status", "phase").orElse("").equals("Failed")
        && (isOwnedBy(pod, "Job") || isOwnedBy(pod, "ReplicaSet"));
  }

  private static boolean isOwnedBy(KubernetesObject pod, String kind) {
    return pod.fields().list("metadata", "ownerReferences").stream()
        .anyMatch(owner -> owner.text("kind").orElse("").equals(kind));
  }

  private Check checkPod(KubernetesObject pod) {
    String phase = pod.fields().text("status", "phase").orElse("Unknown");
    Check.Builder check = Check.builder().kind(Check.Kind.POD).subject(Namespaces.path(pod));
    Optional<Fields> waiting =
        statuses(pod).stream()
            .filter(status -> status.value("state", "waiting").isPresent())
            .findFirst();
    if (phase.equals("Succeeded")) {
      return check.result(Check.Result.PASS).detail("has run to its end").build();
    }
    if (phase.equals("Running") && isReady(pod)) {
      return check.result(Check.Result.PASS).detail("runs and is ready").build();
    }
    if (phase.equals("Running") && isOwnedBy(pod, "Job")) {
      return check.result(Check.Result.PENDING).detail("a Job's pod still runs" + log(pod)).build();
    }
    if (waiting.isPresent()) {
      return waiting(check, pod, waiting.get());
    }
    String why = namespaces.warning(pod).or(() -> unscheduled(pod)).orElse("");
    return check
        .result(phase.equals("Failed") ? Check.Result.FAIL : Check.Result.PENDING)
        .detail(
            (phase.equals("Running") ? "runs but is not ready" : "is " + phase)
                + (why.isEmpty() ? log(pod) : ": " + why))
        .build();
  }

  private Check waiting(Check.Builder check, KubernetesObject pod, Fields status) {
    String reason = status.text("state", "waiting", "reason").orElse("waiting");
    String container = status.text("name").orElse("");
    if (PullFailure.REASONS.contains(reason)) {
      String image = image(pod, container);
      String said =
          namespaces
              .warning(pod)
              .filter(text -> text.contains("pull"))
              .or(() -> status.text("state", "waiting", "message"))
              .orElse("");
      String message = status.text("state", "waiting", "message").orElse("");
      String why = message.length() > said.length() ? message : said;
      // The first failure may pass; what is backed off has failed again.
      return check
          .result(reason.equals("ErrImagePull") ? Check.Result.PENDING : Check.Result.FAIL)
          .detail(reason + ": container " + container + " cannot pull " + image + ": " + why)
          .remedy(PullFailure.remedy(message + " " + said))
          .build();
    }
    String why =
        status.text("state", "waiting", "message").or(() -> namespaces.warning(pod)).orElse("");
    // A container that waits for the database or its schema crashes until it is there, so time may
    // cure it.
    boolean crashed = reason.equals("CrashLoopBackOff");
    return check
        .result(Check.Result.PENDING)
        .detail(
            reason
                + " in container "
                + container
                + (why.isEmpty() ? "" : ": " + why)
                + (crashed ? log(pod) : ""))
        .build();
  }

  private String log(KubernetesObject pod) {
    String container =
        pod.fields().list("spec", "containers").stream()
            .findFirst()
            .flatMap(first -> first.text("name"))
            .orElse("");
    String tail = namespaces.logTail(pod, container);
    return tail.isEmpty() ? "" : "; its log ends: " + tail;
  }

  private static Optional<String> unscheduled(KubernetesObject pod) {
    return condition(pod, "PodScheduled")
        .filter(condition -> condition.text("status").orElse("").equals("False"))
        .flatMap(condition -> condition.text("message"));
  }

  private static boolean isReady(KubernetesObject pod) {
    return condition(pod, "Ready")
        .filter(condition -> condition.text("status").orElse("").equals("True"))
        .isPresent();
  }

  private static Optional<Fields> condition(KubernetesObject object, String type) {
    return object.fields().list("status", "conditions").stream()
        .filter(condition -> condition.text("type").orElse("").equals(type))
        .findFirst();
  }

  private static List<Fields> statuses(KubernetesObject pod) {
    List<Fields> statuses = new ArrayList<>(pod.fields().list("status", "initContainerStatuses"));
    statuses.addAll(pod.fields().list("status", "containerStatuses"));
    return statuses;
  }

  private static List<Fields> containers(KubernetesObject pod) {
    List<Fields> containers = new ArrayList<>(pod.fields().list("spec", "initContainers"));
    containers.addAll(pod.fields().list("spec", "containers"));
    return containers;
  }

  private static String image(KubernetesObject pod, String container) {
    return containers(pod).stream()
        .filter(candidate -> candidate.text("name").orElse("").equals(container))
        .findFirst()
        .flatMap(found -> found.text("image"))
        .orElse("its image");
  }

  private void checkImages(KubernetesObject pod) {
    for (Fields container : containers(pod)) {
      String name = container.text("name").orElse("");
      String imageId =
          statuses(pod).stream()
              .filter(status -> status.text("name").orElse("").equals(name))
              .findFirst()
              .flatMap(status -> status.text("imageID"))
              .orElse("");
      String subject = Namespaces.path(pod) + "/" + name;
      String image = container.text("image").orElse("");
      // Without an imageID nothing runs yet: the pod's own check says why.
      if (!imageId.isEmpty()) {
        checks.add(images.checkOrFail(subject, image, imageId));
      }
    }
  }
}
