package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * What reaches into a pod: its log and the proxies to its port. No program runs in it, so a ready
 * pod answers on the paths of its probes and nowhere else.
 */
final class PodAccess {
  private static final List<String> PROBES =
      List.of("livenessProbe", "readinessProbe", "startupProbe");

  private final ClusterObjects store;

  PodAccess(ClusterObjects store) {
    this.store = store;
  }

  ApiResponse log(String namespace, String name, String container) {
    ObjectNode pod = get(ResourceKinds.POD, namespace, name);
    List<JsonNode> statuses =
        Stream.concat(
                Json.elements(pod, "/status/containerStatuses"),
                Json.elements(pod, "/status/initContainerStatuses"))
            .filter(status -> container.isEmpty() || Json.text(status, "/name").equals(container))
            .toList();
    if (statuses.isEmpty()) {
      throw ApiException.badRequest(
          "container %s is not valid for pod %s".formatted(container, name));
    }
    JsonNode status = statuses.get(0);
    JsonNode waiting = status.at("/state/waiting");
    if (waiting.isObject() && !status.at("/lastState/terminated").isObject()) {
      throw ApiException.badRequest(
          "container \"%s\" in pod \"%s\" is waiting to start: %s"
              .formatted(Json.text(status, "/name"), name, Json.text(waiting, "/reason")));
    }
    return ApiResponse.text(log(pod, status));
  }

  private static String log(JsonNode pod, JsonNode status) {
    StringBuilder log =
        new StringBuilder(
            "%s: started from %s\n"
                .formatted(Json.text(status, "/name"), Json.text(status, "/imageID")));
    boolean done = status.at("/state/terminated").isObject();
    LabAnnotations.neededPod(pod)
        .ifPresent(
            label ->
                log.append(
                    done
                        ? "found a ready pod with label %s\n".formatted(label)
                        : "waiting for a ready pod with label %s\n".formatted(label)));
    LabAnnotations.neededJob(pod)
        .filter(job -> !Conditions.isTrue(pod, "Ready"))
        .ifPresent(job -> log.append("waiting for job %s to complete\n".formatted(job)));
    LabAnnotations.log(pod, Json.text(status, "/name"))
        .ifPresent(text -> log.append(text).append('\n'));
    int exitCode = status.at("/state/terminated/exitCode").asInt(0);
    return log.append(exitCode != 0 ? "failed with exit code %d\n".formatted(exitCode) : "")
        .append(done && exitCode == 0 ? "done\n" : "")
        .toString();
  }

  ApiResponse serviceProxy(String namespace, String address, String path) {
    Address to = Address.parse(address);
    ObjectNode service = get(ResourceKinds.SERVICE, namespace, to.name());
    boolean hasPort =
        to.port().isEmpty()
            || Json.elements(service, "/spec/ports")
                .anyMatch(
                    port ->
                        Json.text(port, "/name").equals(to.port())
                            || Json.text(port, "/port").equals(to.port()));
    if (!hasPort) {
      throw ApiException.unavailable(
          "no service port \"%s\" found for service \"%s\"".formatted(to.port(), to.name()));
    }
    JsonNode pod =
        store.list(ResourceKinds.POD, namespace).stream()
            .filter(Selectors.matchLabels(service.at("/spec/selector")))
            .filter(each -> Conditions.isTrue(each, "Ready"))
            .findFirst()
            .orElseThrow(
                () ->
                    ApiException.unavailable(
                        "no endpoints available for service \"%s\"".formatted(address)));
    return probe(pod, path);
  }

  ApiResponse podProxy(String namespace, String address, String path) {
    ObjectNode pod = get(ResourceKinds.POD, namespace, Address.parse(address).name());
    if (!Conditions.isTrue(pod, "Ready")) {
      throw ApiException.unavailable("pod \"%s\" is not ready".formatted(Json.name(pod)));
    }
    return probe(pod, path);
  }

  private ObjectNode get(ResourceKind kind, String namespace, String name) {
    return store.find(kind, namespace, name).orElseThrow(() -> ApiException.notFound(kind, name));
  }

  static ApiResponse probe(JsonNode pod, String path) {
    boolean known =
        Json.elements(pod, "/spec/containers")
            .flatMap(container -> PROBES.stream().map(container::path))
            .anyMatch(probe -> Json.text(probe, "/httpGet/path").equals(path));
    return known
        ? ApiResponse.json(Json.object().put("status", "ok").put("pod", Json.name(pod)))
        : ApiResponse.json(404, Json.object().put("error", "no such path: " + path));
  }

  /** The name in a proxy's path, {@code [scheme:]name[:port]}; an empty port means any. */
  private record Address(String name, String port) {

    static Address parse(String text) {
      String[] parts = text.split(":", -1);
      return switch (parts.length) {
        case 1 -> new Address(parts[0], "");
        case 2 -> new Address(parts[0], parts[1]);
        default -> new Address(parts[1], parts[2]);
      };
    }
  }
}
