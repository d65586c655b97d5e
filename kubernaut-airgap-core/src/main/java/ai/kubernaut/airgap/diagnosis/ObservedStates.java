package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
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
    graph.roots().stream()
        .filter(root -> graph.evidence(root).isEmpty())
        .forEach(
            root ->
                graph.add(
                    root,
                    root.subject().kind() == Subject.Kind.RELEASE
                        ? facts(root)
                        : objects(root.subject()).flatMap(this::facts).toList()));
  }

  private Stream<KubernetesObject> objects(Subject subject) {
    return Stream.of(
            owners.workloads(),
            state.all(ResourceType.POD),
            state.all(ResourceType.PERSISTENT_VOLUME_CLAIM))
        .flatMap(List::stream)
        .filter(object -> object.subject().equals(subject));
  }

  /** What Helm says of a release. */
  private static List<Fact> facts(Problem release) {
    return Stream.of("status", "revision")
        .filter(release.parameters()::containsKey)
        .map(
            field ->
                Fact.observed(
                    release.subject(), field, release.parameters().getOrDefault(field, "")))
        .toList();
  }

  private Stream<Fact> facts(KubernetesObject object) {
    Subject subject = object.subject();
    Fields status = object.fields().fields("status");
    List<Fact> facts = new ArrayList<>();
    for (String field : List.of("phase", "reason", "message", "replicas", "readyReplicas")) {
      status
          .value(field)
          .map(String::valueOf)
          .filter(value -> !value.isBlank())
          .ifPresent(value -> facts.add(Fact.observed(subject, "status." + field, value.strip())));
    }
    status
        .list("conditions")
        .forEach(condition -> facts.add(PodFields.observed(subject, condition)));
    state.warning(object, subject).ifPresent(facts::add);
    return facts.stream();
  }
}
