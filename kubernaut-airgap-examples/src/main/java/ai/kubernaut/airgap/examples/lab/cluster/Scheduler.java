package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gives pods their nodes. A pod whose {@code nodeSelector} fits no node stays without one, and so
 * does a pod of another scheduler, which this cluster does not have.
 */
final class Scheduler {
  private static final String NAME = "default-scheduler";

  /** The taint of a cordoned node. */
  private static final JsonNode UNSCHEDULABLE =
      Json.object().put("key", "node.kubernetes.io/unschedulable").put("effect", "NoSchedule");

  private final ClusterObjects store;
  private final Fleet fleet;
  private final EventRecorder events;

  Scheduler(ClusterObjects store, Fleet fleet) {
    this.store = store;
    this.fleet = fleet;
    this.events = new EventRecorder(store, NAME);
  }

  /**
   * Finds a node for a pod.
   *
   * @return the name of the node; empty when none fits, which the status of the pod says, or
   *     another scheduler is to find it
   */
  Optional<String> nodeFor(ObjectNode pod) {
    String scheduler = pod.at("/spec/schedulerName").asText(NAME);
    if (!fleet.isScheduled() || !scheduler.equals(NAME) || isGated(pod)) {
      return Optional.empty();
    }
    Optional<String> deleted = deletedClaim(pod);
    if (deleted.isPresent()) {
      refuse(pod, "persistentvolumeclaim \"%s\" is being deleted.".formatted(deleted.get()));
      return Optional.empty();
    }
    if (hasClaimWithoutVolume(pod)) {
      refuse(pod, "pod has unbound immediate PersistentVolumeClaims.");
      return Optional.empty();
    }
    List<String> nodes = new ArrayList<>();
    Map<String, Integer> refusals = new TreeMap<>();
    for (ObjectNode node : nodes()) {
      Optional<String> refusal = refusal(pod, node);
      if (refusal.isPresent()) {
        refusals.merge(refusal.get(), 1, Integer::sum);
      } else {
        nodes.add(Json.name(node));
      }
    }
    if (nodes.isEmpty()) {
      refuse(
          pod,
          refusals.entrySet().stream()
              .map(each -> each.getValue() + " " + each.getKey())
              .collect(Collectors.joining(", ")));
      return Optional.empty();
    }
    return Optional.of(nodes.get(Math.floorMod(Json.name(pod).hashCode(), nodes.size())));
  }

  private List<ObjectNode> nodes() {
    return store.list(ResourceKinds.NODE, "").stream()
        .filter(node -> fleet.has(Json.name(node)))
        .toList();
  }

  private static boolean isGated(JsonNode pod) {
    return Json.elements(pod, "/spec/schedulingGates").findAny().isPresent();
  }

  private boolean hasClaimWithoutVolume(JsonNode pod) {
    return claims(pod).anyMatch(claim -> Json.text(claim, "/status/phase").equals("Pending"));
  }

  private Optional<String> deletedClaim(JsonNode pod) {
    return claims(pod).filter(Store::isTerminating).map(Json::name).findFirst();
  }

  private Stream<ObjectNode> claims(JsonNode pod) {
    return Json.elements(pod, "/spec/volumes")
        .map(volume -> Json.text(volume, "/persistentVolumeClaim/claimName"))
        .filter(name -> !name.isEmpty())
        .flatMap(name -> store.find(ResourceKinds.CLAIM, Json.namespace(pod), name).stream());
  }

  /** Why a node does not fit a pod, in the words of the scheduler. */
  private Optional<String> refusal(JsonNode pod, JsonNode node) {
    if (node.at("/spec/unschedulable").asBoolean(false) && !isTolerated(pod, UNSCHEDULABLE)) {
      return Optional.of("node(s) were unschedulable");
    }
    Optional<String> taint =
        Json.elements(node, "/spec/taints")
            .filter(each -> !Json.text(each, "/effect").equals("PreferNoSchedule"))
            .filter(each -> !isTolerated(pod, each))
            .map(
                each ->
                    "node(s) had untolerated taint {%s: %s}"
                        .formatted(Json.text(each, "/key"), Json.text(each, "/value")))
            .findFirst();
    if (taint.isPresent()) {
      return taint;
    }
    if (!fits(pod, node) || !NodeAffinity.matches(pod, node)) {
      return Optional.of("node(s) didn't match Pod's node affinity/selector");
    }
    return hasRoom(pod, node) ? Optional.empty() : Optional.of("Insufficient cpu");
  }

  private static boolean isTolerated(JsonNode pod, JsonNode taint) {
    return Json.elements(pod, "/spec/tolerations").anyMatch(each -> tolerates(each, taint));
  }

  /** An empty key or effect stands for every one. */
  private static boolean tolerates(JsonNode toleration, JsonNode taint) {
    String key = Json.text(toleration, "/key");
    String effect = Json.text(toleration, "/effect");
    return (key.isEmpty() || key.equals(Json.text(taint, "/key")))
        && (effect.isEmpty() || effect.equals(Json.text(taint, "/effect")))
        && (Json.text(toleration, "/operator").equals("Exists")
            || Json.text(toleration, "/value").equals(Json.text(taint, "/value")));
  }

  /** A node that does not say how much CPU it has takes any pod. */
  private static boolean hasRoom(JsonNode pod, JsonNode node) {
    String cpu = Json.text(node, "/status/allocatable/cpu");
    return cpu.isEmpty()
        || Json.elements(pod, "/spec/containers")
            .map(container -> Json.text(container, "/resources/requests/cpu"))
            .filter(request -> !request.isEmpty())
            .allMatch(
                request -> PodAdmission.amount(request).compareTo(PodAdmission.amount(cpu)) <= 0);
  }

  private static boolean fits(JsonNode pod, JsonNode node) {
    return pod.at("/spec/nodeSelector").properties().stream()
        .allMatch(
            wanted ->
                node.at("/metadata/labels")
                    .path(wanted.getKey())
                    .asText("")
                    .equals(wanted.getValue().asText("")));
  }

  private void refuse(ObjectNode pod, String reasons) {
    boolean isRefused =
        Json.elements(pod, "/status/conditions")
            .anyMatch(condition -> Json.text(condition, "/type").equals("PodScheduled"));
    if (isRefused) {
      return;
    }
    String message = "0/%d nodes are available: %s.".formatted(nodes().size(), reasons);
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
