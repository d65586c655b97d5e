package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Evidence for causes that have none: what the object of the cause says about its own state. */
final class ObservedStates {
  private final ClusterState state;
  private final Owners owners;
  private final CauseGraph graph;

  ObservedStates(ClusterState state, Owners owners, CauseGraph graph) {
    this.state = state;
    this.owners = owners;
    this.graph = graph;
  }

  void add() {
    List<KubernetesObject> objects =
        Stream.of(
                owners.workloads(),
                state.all(ResourceType.POD),
                state.all(ResourceType.PERSISTENT_VOLUME_CLAIM))
            .flatMap(List::stream)
            .toList();
    for (Problem root : graph.roots()) {
      if (graph.evidence(root).isEmpty() && root.subject().kind() == Subject.Kind.RELEASE) {
        graph.add(root, facts(root));
      } else if (graph.evidence(root).isEmpty()) {
        objects.stream()
            .filter(object -> object.subject().equals(root.subject()))
            .forEach(object -> graph.add(root, facts(object)));
      }
    }
  }

  /** What Helm says of a release. */
  private static List<Fact> facts(Problem release) {
    return Stream.of("status", "revision")
        .filter(release.parameters()::containsKey)
        .map(
            field ->
                Fact.of(
                    FactCode.FIELD_OBSERVED,
                    release.subject(),
                    Map.of("field", field, "value", release.parameters().getOrDefault(field, ""))))
        .toList();
  }

  private List<Fact> facts(KubernetesObject object) {
    Subject subject = object.subject();
    Fields status = object.fields().fields("status");
    List<Fact> facts = new ArrayList<>();
    for (String field : List.of("phase", "reason", "message", "replicas", "readyReplicas")) {
      status
          .value(field)
          .map(String::valueOf)
          .filter(value -> !value.isBlank())
          .ifPresent(
              value ->
                  facts.add(
                      Fact.of(
                          FactCode.FIELD_OBSERVED,
                          subject,
                          Map.of("field", "status." + field, "value", value.strip()))));
    }
    status
        .list("conditions")
        .forEach(condition -> facts.add(PodFields.observed(subject, condition)));
    state.warning(object, subject).ifPresent(facts::add);
    return facts;
  }
}
