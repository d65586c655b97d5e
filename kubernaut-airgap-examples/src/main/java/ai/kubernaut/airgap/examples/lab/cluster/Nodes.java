package ai.kubernaut.airgap.examples.lab.cluster;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The machines of the cluster. They are all ready, always. */
final class Nodes {
  static final int MASTERS = 3;
  static final int WORKERS = 2;

  private static final String ROLE = "node-role.kubernetes.io/";

  private Nodes() {}

  static List<ObjectNode> create() {
    return Stream.concat(
            IntStream.range(0, MASTERS).mapToObj(i -> node("master", i)),
            IntStream.range(0, WORKERS).mapToObj(i -> node("worker", i)))
        .toList();
  }

  static boolean runsPods(JsonNode node) {
    return node.at("/metadata/labels").has(ROLE + "worker");
  }

  private static ObjectNode node(String role, int number) {
    ObjectNode node = ResourceKinds.NODE.newObject("", role + "-" + number);
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
