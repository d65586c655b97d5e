package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;

/** The status of a pod, as the kubelet reports it. */
final class PodStatus {
  private PodStatus() {}

  /** Every container in the order in which they start. */
  static List<JsonNode> containers(JsonNode pod) {
    return Stream.concat(
            Json.elements(pod, "/spec/initContainers"), Json.elements(pod, "/spec/containers"))
        .toList();
  }

  /** Whether this is an init container that crashes, so that no other starts after it. */
  static boolean isCrashedInit(JsonNode pod, String name) {
    return Json.elements(pod, "/spec/initContainers")
            .anyMatch(container -> Json.text(container, "/name").equals(name))
        && LabAnnotations.crashes(pod, name, true);
  }

  static ObjectNode write(ObjectNode pod, PodWork work) {
    ObjectNode status = pod.withObjectProperty("status");
    status.put("startTime", work.startTime);
    if (!status.has("qosClass")) {
      status.put("qosClass", "Burstable");
    }
    addresses(pod, status, work);
    boolean started = work.state != PodWork.State.NOT_STARTED;
    status.put(
        "phase",
        switch (work.state) {
          case NOT_STARTED -> "Pending";
          case RUNNING, READY, CRASHED -> "Running";
          case SUCCEEDED -> "Succeeded";
          case FAILED -> "Failed";
        });
    containerStatuses(pod, "initContainerStatuses", pod.at("/spec/initContainers"), work, true);
    containerStatuses(pod, "containerStatuses", pod.at("/spec/containers"), work, false);
    String completed =
        switch (work.state) {
          case SUCCEEDED -> "PodCompleted";
          case FAILED -> "PodFailed";
          default -> "ContainersNotReady";
        };
    boolean ready = work.state == PodWork.State.READY;
    Conditions.set(status, "PodScheduled", "True", "", "");
    Conditions.set(status, "Initialized", truth(started), "", "");
    Conditions.set(status, "ContainersReady", truth(ready), ready ? "" : completed, "");
    Conditions.set(status, "Ready", truth(ready), ready ? "" : completed, "");
    return pod;
  }

  /**
   * The addresses that Endpoints list. Pods of a node that can be reached have the address of the
   * node, where {@link PodPorts} answers.
   */
  private static void addresses(ObjectNode pod, ObjectNode status, PodWork work) {
    if (!work.hostAddress.isEmpty()) {
      status.put("hostIP", work.hostAddress);
      status.putArray("hostIPs").addObject().put("ip", work.hostAddress);
    }
    if (!work.started.isEmpty()) {
      int hash = Json.uid(pod).hashCode();
      String address =
          work.hostAddress.isEmpty() || work.hostAddress.startsWith("127.")
              ? "10.128.%d.%d".formatted(hash >>> 8 & 0xff, 1 + (hash & 0xff) % 254)
              : work.hostAddress;
      status.put("podIP", address);
      status.putArray("podIPs").addObject().put("ip", address);
    }
  }

  private static void containerStatuses(
      ObjectNode pod, String field, JsonNode containers, PodWork work, boolean init) {
    if (containers.isEmpty()) {
      return;
    }
    ArrayNode statuses = Json.array();
    for (JsonNode container : containers) {
      String name = Json.text(container, "/name");
      boolean started = work.started.contains(name);
      boolean crashed =
          started
              && (init || work.state == PodWork.State.CRASHED)
              && LabAnnotations.crashes(pod, name, init);
      boolean ended = started && !crashed && (init || work.hasEnded());
      boolean runsBesideCrash = !crashed && work.state == PodWork.State.CRASHED;
      PulledImage pulled = work.pulled.get(name);
      ObjectNode each =
          statuses
              .addObject()
              .put("name", name)
              .put("image", Json.text(container, "/image"))
              .put("imageID", pulled == null ? "" : pulled.imageId())
              .put("restartCount", 0)
              .put("started", started && !ended && !crashed)
              .put("ready", init ? ended : work.state == PodWork.State.READY || runsBesideCrash);
      int exitCode = init || work.state != PodWork.State.FAILED ? 0 : LabAnnotations.exitCode(pod);
      if (crashed) {
        crashed(each, pod, work);
      } else {
        state(each.putObject("state"), name, work, started, ended, init, exitCode);
      }
    }
    pod.withObjectProperty("status").set(field, statuses);
  }

  /** The state of a container that has crashed and is not started again at once. */
  private static void crashed(ObjectNode status, JsonNode pod, PodWork work) {
    String[] end = LabAnnotations.crash(pod).orElse("1 Error").split(" ", 2);
    status
        .putObject("state")
        .putObject("waiting")
        .put("reason", "CrashLoopBackOff")
        .put("message", "back-off restarting failed container");
    status
        .putObject("lastState")
        .putObject("terminated")
        .put("exitCode", Integer.parseInt(end[0]))
        .put("reason", end.length > 1 ? end[1] : "Error")
        .put("startedAt", work.startTime)
        .put("finishedAt", work.startTime);
    status.put("restartCount", 3);
  }

  private static void state(
      ObjectNode state,
      String name,
      PodWork work,
      boolean started,
      boolean ended,
      boolean init,
      int exitCode) {
    if (ended) {
      state
          .putObject("terminated")
          .put("exitCode", exitCode)
          .put("reason", exitCode == 0 ? "Completed" : "Error")
          .put("startedAt", work.startTime)
          .put("finishedAt", work.startTime);
    } else if (started) {
      state.putObject("running").put("startedAt", work.startTime);
    } else if (name.equals(work.current) && work.waiting.isPresent()) {
      state
          .putObject("waiting")
          .put("reason", work.waiting.get().reason())
          .put("message", work.waiting.get().message());
    } else {
      state
          .putObject("waiting")
          .put(
              "reason",
              init || !name.equals(work.current) ? "PodInitializing" : "ContainerCreating");
    }
  }

  private static String truth(boolean value) {
    return value ? "True" : "False";
  }
}
