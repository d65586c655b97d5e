package ai.kubernaut.airgap.examples.lab.cluster;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gives pods their nodes. A pod whose {@code nodeSelector} fits no node stays without one, and so
 * does a pod of another scheduler, which this cluster does not have.
 */
final class Scheduler {
  private static final String NAME = "default-scheduler";

  private final Store store;
  private final EventRecorder events;

  Scheduler(Store store) {
    this.store = store;
    this.events = new EventRecorder(store, NAME);
  }

  /**
   * Finds a node for a pod.
   *
   * @return the name of the node; empty when none fits, which the status of the pod says, or
   *     another scheduler is to find it
   */
  Optional<String> nodeFor(ObjectNode pod) {
    String scheduler = pod.at("/spec/schedulerName").asString(NAME);
    if (!scheduler.equals(NAME)) {
      return Optional.empty();
    }
    List<String> nodes =
        store.list(ResourceKinds.NODE, "").stream()
            .filter(Nodes::runsPods)
            .filter(node -> fits(pod, node))
            .map(Json::name)
            .toList();
    if (nodes.isEmpty()) {
      refuse(pod);
      return Optional.empty();
    }
    return Optional.of(nodes.get(Math.floorMod(Json.name(pod).hashCode(), nodes.size())));
  }

  private static boolean fits(JsonNode pod, JsonNode node) {
    return pod.at("/spec/nodeSelector").properties().stream()
        .allMatch(
            wanted ->
                node.at("/metadata/labels")
                    .path(wanted.getKey())
                    .asString("")
                    .equals(wanted.getValue().asString("")));
  }

  private void refuse(ObjectNode pod) {
    boolean isRefused =
        Json.elements(pod, "/status/conditions")
            .anyMatch(condition -> Json.text(condition, "/type").equals("PodScheduled"));
    if (isRefused) {
      return;
    }
    String message =
        "0/%d nodes are available: %d node(s) had untolerated taint {node-role.kubernetes.io/master: }, %d node(s) didn't match Pod's node affinity/selector."
            .formatted(Nodes.MASTERS + Nodes.WORKERS, Nodes.MASTERS, Nodes.WORKERS);
    events.warning(pod, "FailedScheduling", message);
    store.updateIfPresent(
        ResourceKinds.POD,
        Json.namespace(pod),
        Json.name(pod),
        each -> {
          ObjectNode status = each.withObjectProperty("status");
          Conditions.set(status, "PodScheduled", "False", "Unschedulable", message);
          return each;
        });
  }
}
