package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
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
    Subject subject = ClusterState.subject(ResourceType.NODE, null, node);
    String detail = clause(ready.get().text("message").orElse(""));
    Problem problem = Problem.of(ProblemCode.NODE_NOT_READY, subject, Map.of("detail", detail));
    graph.add(
        problem,
        Fact.of(
            FactCode.NODE_CONDITION,
            subject,
            Map.of("status", ready.get().text("status").orElse(""), "detail", detail)));
    graph.link(problem, symptom.problem());
    return true;
  }

  /** A sentence without its full stop, to be a part of another one. */
  private static String clause(String message) {
    return message.strip().replaceFirst("\\.$", "");
  }
}
