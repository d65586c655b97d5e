package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.Map;
import java.util.Optional;

/** The pod's node is not ready, or has evicted the pod. */
final class NodeCauses implements Explanation {
  private final ClusterState state;

  NodeCauses(ClusterState state) {
    this.state = state;
  }

  @Override
  public boolean explain(Symptom symptom, CauseGraph graph) {
    Fields status = symptom.pod().fields().fields("status");
    String node = symptom.pod().fields().text("spec", "nodeName").orElse("");
    if (status.text("reason").orElse("").equals("Evicted")) {
      Problem evicted =
          Problem.of(
              ProblemCode.POD_EVICTED,
              symptom.subject(),
              Map.of("node", node, "detail", clause(status.text("message").orElse(""))));
      graph.add(evicted, Fact.observed(symptom.subject(), "status.reason", "Evicted"));
      state
          .event(symptom.pod(), symptom.subject(), "Evicted")
          .ifPresent(event -> graph.add(evicted, event));
      graph.link(evicted, symptom.problem());
      return true;
    }
    if (node.isEmpty()) {
      return false;
    }
    Optional<KubernetesObject> found = state.find(ResourceType.NODE, null, node).object();
    Optional<Fields> ready = found.flatMap(object -> PodFields.condition(object, "Ready"));
    if (ready.isEmpty() || ready.get().text("status").orElse("").equals("True")) {
      return false;
    }
    Problem problem = notReady(found.get());
    graph.add(
        problem,
        Fact.of(
            FactCode.NODE_CONDITION,
            problem.subject(),
            Map.of(
                "status",
                ready.get().text("status").orElse(""),
                "detail",
                problem.parameters().getOrDefault("detail", ""))));
    graph.link(problem, symptom.problem());
    return true;
  }

  /** The problem of a node that is not ready, which is the same for all its pods. */
  static Problem notReady(KubernetesObject node) {
    String message =
        PodFields.condition(node, "Ready").flatMap(ready -> ready.text("message")).orElse("");
    return Problem.of(
        ProblemCode.NODE_NOT_READY, node.subject(), Map.of("detail", clause(message)));
  }

  /** A sentence without its full stop, to be a part of another one. */
  private static String clause(String message) {
    return message.strip().replaceFirst("\\.$", "");
  }
}
