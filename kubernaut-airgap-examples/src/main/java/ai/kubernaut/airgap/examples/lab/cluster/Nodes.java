package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The machines of the lab. They are all ready, always. */
final class Nodes {
  static final int MASTERS = 3;
  static final int WORKERS = 2;

  private static final String ROLE = "node-role.kubernetes.io/";

  private Nodes() {}

  /**
   * Describes the nodes.
   *
   * @param prefix what their names begin with
   */
  static List<ObjectNode> create(String prefix) {
    return Stream.concat(
            IntStream.range(0, MASTERS).mapToObj(i -> node(prefix, "master", i)),
            IntStream.range(0, WORKERS).mapToObj(i -> node(prefix, "worker", i)))
        .toList();
  }

  /**
   * Adds what a scheduler and controllers of another program look at.
   *
   * @param address where the nodes are
   * @param port where their kubelet listens
   */
  static void describe(ObjectNode node, String address, int port) {
    ObjectNode status = node.withObjectProperty("status");
    for (String field : List.of("capacity", "allocatable")) {
      status
          .putObject(field)
          .put("cpu", "64")
          .put("memory", "256Gi")
          .put("ephemeral-storage", "1Ti")
          .put("pods", "500");
    }
    status.putArray("addresses").addObject().put("type", "InternalIP").put("address", address);
    status.withObject("/daemonEndpoints/kubeletEndpoint").put("Port", port);
  }

  static boolean runsPods(JsonNode node) {
    return node.at("/metadata/labels").has(ROLE + "worker");
  }

  private static ObjectNode node(String prefix, String role, int number) {
    ObjectNode node = ResourceKinds.NODE.newObject("", prefix + role + "-" + number);
    node.withObject("/metadata/labels")
        .put(ROLE + role, "")
        .put("kubernetes.io/arch", "amd64")
        .put("kubernetes.io/os", "linux")
        .put("kubernetes.io/hostname", Json.name(node));
    ObjectNode spec = node.putObject("spec");
    if (role.equals("master")) {
      spec.putArray("taints").addObject().put("key", ROLE + role).put("effect", "NoSchedule");
    }
    ObjectNode status = node.putObject("status");
    status
        .putObject("nodeInfo")
        .put("architecture", "amd64")
        .put("operatingSystem", "linux")
        .put("kubeletVersion", "v1.30.0");
    Conditions.set(status, "Ready", "True", "KubeletReady", "kubelet is posting ready status");
    return node;
  }
}
