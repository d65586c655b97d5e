package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    Subject subject = subject(pod);
    String phase = pod.fields().text("status", "phase").orElse("Unknown");
    if (phase.equals("Succeeded")) {
      return Check.of(Check.Kind.POD, Check.Result.PASS, Fact.of(FactCode.POD_COMPLETED, subject));
    }
    if (phase.equals("Running") && isReady(pod)) {
      return Check.of(Check.Kind.POD, Check.Result.PASS, Fact.of(FactCode.POD_READY, subject));
    }
    if (phase.equals("Running") && isOwnedBy(pod, "Job")) {
      return pending(
          ProblemCode.POD_OF_JOB_RUNNING, subject, Map.of("log", namespaces.logTail(pod)));
    }
    Optional<Fields> waiting =
        statuses(pod).stream()
            .filter(status -> status.value("state", "waiting").isPresent())
            .findFirst();
    if (waiting.isPresent()) {
      return waiting(pod, waiting.get());
    }
    String detail = namespaces.warning(pod).or(() -> unscheduled(pod)).orElse("");
    String log = detail.isEmpty() ? namespaces.logTail(pod) : "";
    return phase.equals("Running")
        ? pending(ProblemCode.POD_NOT_READY, subject, Map.of("detail", detail, "log", log))
        : Check.of(
            Check.Kind.POD,
            phase.equals("Failed") ? Check.Result.FAIL : Check.Result.PENDING,
            Problem.of(
                ProblemCode.POD_NOT_RUNNING,
                subject,
                Map.of("phase", phase, "detail", detail, "log", log)));
  }

  private static Subject subject(KubernetesObject pod) {
    return new Subject(Subject.Kind.POD, Namespaces.path(pod));
  }

  private static Check pending(ProblemCode code, Subject subject, Map<String, String> parameters) {
    return Check.of(Check.Kind.POD, Check.Result.PENDING, Problem.of(code, subject, parameters));
  }

  private Check waiting(KubernetesObject pod, Fields status) {
    String reason = status.text("state", "waiting", "reason").orElse("waiting");
    String container = status.text("name").orElse("");
    Optional<String> message = status.text("state", "waiting", "message");
    if (PullFailure.REASONS.contains(reason)) {
      return pullFailure(pod, reason, container, message);
    }
    // A container that waits for the database or its schema crashes until it is there, so time may
    // cure it.
    boolean crashed = reason.equals("CrashLoopBackOff");
    return pending(
        ProblemCode.CONTAINER_WAITING,
        subject(pod),
        Map.of(
            "reason",
            reason,
            "container",
            container,
            "detail",
            message.or(() -> namespaces.warning(pod)).orElse(""),
            "log",
            crashed ? namespaces.logTail(pod) : ""));
  }

  private Check pullFailure(
      KubernetesObject pod, String reason, String container, Optional<String> message) {
    String state = message.orElse("");
    String event = namespaces.warning(pod).filter(text -> text.contains("pull")).orElse(state);
    Map<String, String> parameters =
        Map.of(
            "reason",
            reason,
            "container",
            container,
            "image",
            image(pod, container),
            "detail",
            state.length() > event.length() ? state : event);
    // The first failure may be temporary; a pull that is backed off has failed again.
    return Check.of(
        Check.Kind.POD,
        reason.equals("ErrImagePull") ? Check.Result.PENDING : Check.Result.FAIL,
        Problem.of(PullFailure.code(state + " " + event), subject(pod), parameters));
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
      Subject subject = new Subject(Subject.Kind.CONTAINER, Namespaces.path(pod) + "/" + name);
      String image = container.text("image").orElse("");
      // Without an imageID nothing runs yet: the check of the pod says why.
      if (!imageId.isEmpty()) {
        checks.add(images.checkOrFail(subject, image, imageId));
      }
    }
  }
}
