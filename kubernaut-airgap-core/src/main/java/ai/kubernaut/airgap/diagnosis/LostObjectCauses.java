package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ObjectTexts;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.rbac.RoleSubjects;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Pods that fail because an object of the release was deleted or changed: the API server refuses
 * their requests without a role or a binding, does not know a resource without its definition, or
 * they do not accept a configuration.
 */
final class LostObjectCauses {
  private static final List<ProblemCode> LOST =
      List.of(ProblemCode.RELEASE_OBJECT_NOT_FOUND, ProblemCode.RELEASE_OBJECT_CHANGED);

  private static final String DEFINITION = "CustomResourceDefinition";

  /** The kinds of objects without which the API server refuses requests. */
  private static final Set<String> FOR_REQUESTS =
      Set.of("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", DEFINITION);

  private static final Set<ProblemCode> OF_PROGRAMS =
      Set.of(
          ProblemCode.CONTAINER_CRASHED,
          ProblemCode.CONTAINER_WAITING,
          ProblemCode.PROBE_FAILED,
          ProblemCode.POD_NOT_READY);

  private static final Pattern UNKNOWN_RESOURCE =
      Pattern.compile(
          "(?i)no matches for kind|could not find the requested resource|the server doesn't have a resource type"
              + "|no kind is registered|CRD|customresourcedefinition");

  private final ClusterState state;
  private final List<KubernetesObject> deployed;
  private final String revision;
  private final CauseGraph graph;

  /**
   * Creates the causes.
   *
   * @param revision the deployed revision; empty when it is not needed, or cannot be read
   */
  LostObjectCauses(ClusterState state, Optional<StoredRevision> revision, CauseGraph graph) {
    this.state = state;
    this.deployed = revision.map(StoredRevision::objects).orElseGet(List::of);
    this.revision = revision.map(StoredRevision::number).map(String::valueOf).orElse("");
    this.graph = graph;
  }

  /** Whether the objects of the deployed revision may explain a problem. */
  static boolean mayExplain(CauseGraph graph) {
    return LOST.stream().anyMatch(code -> !graph.problems(code).isEmpty())
        || ProgramFailures.in(graph).findAny().isPresent();
  }

  /** The objects that the release has, and the cluster does not. */
  List<KubernetesObject> missing() {
    Set<Subject> missing =
        graph.problems(ProblemCode.RELEASE_OBJECT_NOT_FOUND).stream()
            .map(Problem::subject)
            .collect(Collectors.toSet());
    return deployed.stream().filter(object -> missing.contains(object.subject())).toList();
  }

  void explain() {
    for (ProblemCode code : LOST) {
      for (Problem lost : graph.problems(code)) {
        graph.add(lost, evidence(lost));
        deployed.stream()
            .filter(object -> object.subject().equals(lost.subject()))
            .filter(object -> FOR_REQUESTS.contains(object.kind()))
            .forEach(object -> explain(lost, object));
      }
    }
  }

  private static Fact evidence(Problem lost) {
    return Fact.of(FactCode.REVISION_HAS_OBJECT, lost.subject(), lost.parameters());
  }

  private void explain(Problem lost, KubernetesObject object) {
    for (KubernetesObject pod : state.all(ResourceType.POD)) {
      graph.of(pod.subject()).stream()
          .filter(problem -> OF_PROGRAMS.contains(problem.code()))
          .filter(problem -> explains(object, log(pod, problem)))
          .forEach(problem -> graph.link(lost, problem));
    }
  }

  private boolean explains(KubernetesObject object, String log) {
    return object.kind().equals(DEFINITION)
        ? misses(object, log)
        : AccessDenial.in(log).anyMatch(denial -> grants(object, denial));
  }

  /** Whether a log says that the API server does not know the resource of a definition. */
  private static boolean misses(KubernetesObject definition, String log) {
    Fields names = definition.fields().fields("spec", "names");
    return UNKNOWN_RESOURCE.matcher(log).find()
        && (ObjectTexts.hasName(log, names.text("kind").orElse(""))
            || ObjectTexts.hasName(log, definition.name())
            || ObjectTexts.hasName(log, names.text("plural").orElse("")));
  }

  /** ConfigMaps whose content was changed, and pods that read them and complain about it. */
  void explainConfigurations() {
    ProgramFailures.in(graph)
        .filter(failure -> !graph.isCaused(failure))
        .forEach(
            failure ->
                state.all(ResourceType.POD).stream()
                    .filter(pod -> pod.subject().equals(failure.subject()))
                    .forEach(pod -> configuration(failure, pod)));
  }

  private void configuration(Problem failure, KubernetesObject pod) {
    String log = log(pod, failure);
    for (PodReferences.Reference reference : PodReferences.of(pod)) {
      if (reference.type().equals(ResourceType.CONFIG_MAP)) {
        deployed.stream()
            .filter(map -> map.kind().equals("ConfigMap") && map.name().equals(reference.name()))
            .filter(map -> map.namespace().equals(pod.namespace()))
            .forEach(map -> changed(map, log).ifPresent(problem -> link(problem, failure)));
      }
    }
  }

  private void link(Problem cause, Problem failure) {
    graph.add(cause, evidence(cause));
    graph.link(cause, failure);
  }

  /** The first value that differs, if a log is about the configuration. */
  private Optional<Problem> changed(KubernetesObject map, String log) {
    Optional<KubernetesObject> existing =
        state.find(ResourceType.CONFIG_MAP, map.namespace().orElse(""), map.name()).object();
    if (existing.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> actual = StoredRevision.outline(existing.get()).fields().strings("data");
    return map.fields().strings("data").entrySet().stream()
        .filter(entry -> !entry.getValue().equals(actual.get(entry.getKey())))
        .filter(
            entry ->
                StateCauses.CONFIGURATION.matcher(log).find()
                    || ObjectTexts.hasName(log, entry.getKey()))
        .findFirst()
        .map(
            entry ->
                Problem.of(
                    ProblemCode.RELEASE_OBJECT_CHANGED,
                    map.subject(),
                    Map.of(
                        "revision",
                        revision,
                        "difference",
                        actual.containsKey(entry.getKey())
                            ? "its key " + entry.getKey() + " has another value"
                            : "it has no key " + entry.getKey())));
  }

  private String log(KubernetesObject pod, Problem problem) {
    return Optional.ofNullable(problem.parameters().get("log")).orElseGet(() -> state.log(pod));
  }

  /** Whether an object of the release is part of what would allow a request. */
  private boolean grants(KubernetesObject object, AccessDenial denial) {
    return switch (object.kind()) {
      case "Role", "ClusterRole" ->
          deployed.stream()
              .anyMatch(binding -> refersTo(binding, object) && grants(binding, denial));
      case "RoleBinding", "ClusterRoleBinding" ->
          RoleSubjects.of(object).haveServiceAccount(denial.namespace(), denial.account())
              && denial.isIn(object.namespace())
              && deployed.stream()
                  .filter(role -> refersTo(object, role))
                  .allMatch(denial::isAllowedBy);
      default -> false;
    };
  }

  private static boolean refersTo(KubernetesObject binding, KubernetesObject role) {
    return role.kind().equals(binding.fields().text("roleRef", "kind").orElse(""))
        && role.name().equals(binding.fields().text("roleRef", "name").orElse(""))
        && (role.namespace().isEmpty() || role.namespace().equals(binding.namespace()));
  }
}
