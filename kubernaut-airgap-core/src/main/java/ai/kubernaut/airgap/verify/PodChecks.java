package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks pods and their containers. */
final class PodChecks {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final Namespaces namespaces;
  private final ExpectedImages images;
  private final List<Check> checks = new ArrayList<>();
  private final List<ContainerOrigin> origins = new ArrayList<>();

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
    namespaces.selection().ifPresent(this::nameOthers);
    checkMirror();
    return List.copyOf(checks);
  }

  /** Pods beside those that are selected are named: the selector may be too narrow. */
  private void nameOthers(Selection selection) {
    for (KubernetesObject pod : namespaces.others()) {
      if (!ENDED.contains(PodFields.phase(pod))) {
        checks.add(
            Check.of(
                Check.Kind.POD,
                Check.Result.FAIL,
                Problem.of(
                    ProblemCode.POD_NOT_SELECTED,
                    pod.subject(),
                    Map.of(
                        "images",
                        String.join(", ", Selection.images(pod)),
                        "selector",
                        selection.selector().toString()))));
      }
    }
  }

  /** A Job or ReplicaSet replaces a pod that has failed or was evicted; the new one is checked. */
  private static boolean isReplaced(KubernetesObject pod) {
    return PodFields.phase(pod).equals("Failed")
        && (PodFields.isOwnedBy(pod, "Job") || PodFields.isOwnedBy(pod, "ReplicaSet"));
  }

  private Check checkPod(KubernetesObject pod) {
    return Check.of(Check.Kind.POD, namespaces.inspector().pod(pod));
  }

  private void checkImages(KubernetesObject pod) {
    for (PodContainer container : PodContainer.of(pod)) {
      ExpectedImages.Finding finding = images.check(container);
      origins.add(finding.origin());
      finding.check().ifPresent(checks::add);
    }
  }

  /** A tag that was moved in the mirror concerns the next pull, so each image is named once. */
  private void checkMirror() {
    Set<ImageRef> seen = new HashSet<>();
    for (ContainerOrigin origin : origins) {
      Optional<ImageRef> image = origin.mirror().filter(found -> found.tag().isPresent());
      if (image.isPresent()
          && origin.mirrored().isPresent()
          && !origin.requested().contains("@")
          && seen.add(image.get())) {
        images.movedTag(image.get(), origin.mirrored().get()).ifPresent(checks::add);
      }
    }
  }

  /** {@return pods without a node for which the cluster is adding one} */
  Set<Subject> expectedNodes() {
    Set<Subject> expected = new HashSet<>();
    for (KubernetesObject pod : namespaces.pods()) {
      if (pod.fields().text("spec", "nodeName").isEmpty()
          && PodFields.phase(pod).equals("Pending")
          && namespaces.inspector().latestEvent(pod, "TriggeredScaleUp").isPresent()) {
        expected.add(Subject.object(Subject.Kind.POD, pod.namespace().orElse(null), pod.name()));
      }
    }
    return expected;
  }

  /** {@return where the images of the containers come from} */
  List<ContainerOrigin> origins() {
    return List.copyOf(origins);
  }
}
