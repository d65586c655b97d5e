package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Annotations on a pod template that say what the pod's program would do, and one on claims.
 * Nothing runs in a lab's pod, and yet some of what such programs do matters to an installation:
 * which of them wait for which, and what they leave in the cluster.
 */
final class LabAnnotations {
  private LabAnnotations() {}

  /** The Job in the pod's namespace that has to complete, once, before the pod becomes ready. */
  static Optional<String> neededJob(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/ready-after-job");
  }

  /** The label, as key=value, of a pod that has to be ready before this one ends with success. */
  static Optional<String> neededPod(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/needs-pod");
  }

  /** The TLS Secret that is there once the pod has ended with success. */
  static Optional<String> createdSecret(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/creates-secret");
  }

  /** The service for which the certificate of the created Secret is. */
  static Optional<String> certifiedService(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/certificate-for");
  }

  /** How many days the certificate is valid from now on: 365 unless said; negative if expired. */
  static int certificateDays(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/certificate-days").map(Integer::parseInt).orElse(365);
  }

  /** The Secret whose CA the webhooks of the namespace get once the pod has ended with success. */
  static Optional<String> authoritySecret(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/sets-ca-bundle");
  }

  /** The Secret that is gone once the pod has ended with success. */
  static Optional<String> deletedSecret(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/deletes-secret");
  }

  /** The code with which the pod's program ends: 0 unless it fails. */
  static int exitCode(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/exit-code").map(Integer::parseInt).orElse(0);
  }

  /** The exit code and the reason, as {@code 1 Error}, with which each start of the pod ends. */
  static Optional<String> crash(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/crash");
  }

  /**
   * Whether this container is one that crashes: the named one, or each that is no init container.
   */
  static boolean crashes(JsonNode pod, String container, boolean init) {
    return crash(pod).isPresent() && crashingContainer(pod).map(container::equals).orElse(!init);
  }

  /** The one container that crashes and has the log. */
  private static Optional<String> crashingContainer(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/crash-container");
  }

  /** What the program of a container writes to its log. */
  static Optional<String> log(JsonNode pod, String container) {
    return annotation(pod, "lab.kubernaut.ai/log")
        .filter(text -> crashingContainer(pod).map(container::equals).orElse(true));
  }

  /** The volume in quotes, a colon, and why the node cannot mount it. */
  static Optional<String> mountError(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/mount-error");
  }

  /** What the readiness probe of the pod answers; it never succeeds then. */
  static Optional<String> failingProbe(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/failing-probe");
  }

  /**
   * The reason and the message, as {@code SignatureValidationFailed no signature exists}, with
   * which the runtime of the node refuses every image of the pod.
   */
  static Optional<String> pullError(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/pull-error");
  }

  /** Why the runtime cannot start the containers of the pod. */
  static Optional<String> startError(JsonNode pod) {
    return annotation(pod, "lab.kubernaut.ai/start-error");
  }

  /** Whether a claim stays without a volume. */
  static boolean isWithoutVolume(JsonNode claim) {
    return annotation(claim, "lab.kubernaut.ai/without-volume")
        .map(Boolean::parseBoolean)
        .orElse(false);
  }

  private static Optional<String> annotation(JsonNode object, String name) {
    return Optional.of(object.at("/metadata/annotations").path(name).asText(""))
        .filter(value -> !value.isEmpty());
  }
}
