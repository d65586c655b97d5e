package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ObjectTexts;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which services pods and Jobs name, and whether a problem may be there because one is missing. */
final class ServiceUses {
  /** A program has ended and its log may say why. */
  private static final Set<ProblemCode> ENDED =
      EnumSet.of(ProblemCode.CONTAINER_CRASHED, ProblemCode.JOB_FAILED);

  private static final Pattern SCHEMA =
      Pattern.compile(
          "(?i)(relation|table|column|schema|database) .*(does not exist|not found|missing)"
              + "|no such (table|column)|migration");

  private final ClusterState state;

  ServiceUses(ClusterState state) {
    this.state = state;
  }

  /** Whether a problem of a pod or a Job may be there because a service has no ready pod. */
  boolean mayFailWithout(KubernetesObject dependent, Problem problem, KubernetesObject service) {
    if (!hasEnded(problem)) {
      return names(dependent, service);
    }
    CrashLog log = log(problem);
    return log.blames(service)
        || (names(dependent, service) && log.leavesOpen(service, others(dependent, service)));
  }

  /** Whether a problem of a pod may be there because a Job has not migrated its database. */
  boolean mayNeedSchema(
      KubernetesObject pod,
      Problem problem,
      KubernetesObject job,
      List<KubernetesObject> databases) {
    boolean namesJob = texts(pod).anyMatch(text -> ObjectTexts.hasName(text, job.name()));
    List<KubernetesObject> used =
        databases.stream()
            .filter(service -> names(pod, service) && !PodFields.isBehind(pod, service))
            .toList();
    if (!hasEnded(problem)) {
      return namesJob || !used.isEmpty();
    }
    CrashLog log = log(problem);
    return used.stream()
            .anyMatch(
                service -> log.blames(service) || log.leavesOpen(service, others(pod, service)))
        || ((namesJob || !used.isEmpty()) && log.has(SCHEMA));
  }

  private static boolean hasEnded(Problem problem) {
    return ENDED.contains(problem.code())
        || problem.parameters().getOrDefault("reason", "").equals("CrashLoopBackOff");
  }

  private static CrashLog log(Problem problem) {
    return CrashLog.of(ProgramFailures.log(problem));
  }

  /** The names of the other services, without those that the pod itself is behind. */
  private Set<String> others(KubernetesObject dependent, KubernetesObject service) {
    return state.all(ResourceType.SERVICE).stream()
        .filter(other -> !PodFields.isBehind(dependent, other))
        .map(KubernetesObject::name)
        .filter(name -> !name.equals(service.name()))
        .collect(Collectors.toSet());
  }

  /** Whether a pod or a Job names a service: in its template, its configuration, or its log. */
  boolean names(KubernetesObject dependent, KubernetesObject service) {
    return texts(dependent).anyMatch(text -> ObjectTexts.hasName(text, service.name()));
  }

  private Stream<String> texts(KubernetesObject dependent) {
    boolean isJob = dependent.kind().equals("Job");
    KubernetesObject pod = isJob ? Owners.template(dependent) : dependent;
    Stream<String> containers =
        PodFields.containers(pod).stream()
            .flatMap(
                container ->
                    Stream.of("env", "args", "command")
                        .flatMap(field -> ObjectTexts.in(container.value(field).orElse(null))));
    Stream<String> annotations = pod.annotations().values().stream();
    Stream<String> configuration =
        PodReferences.of(pod).stream()
            .filter(reference -> reference.type().equals(ResourceType.CONFIG_MAP))
            .flatMap(
                reference ->
                    state
                        .find(
                            ResourceType.CONFIG_MAP,
                            dependent.namespace().orElse(""),
                            reference.name())
                        .object()
                        .stream())
            .flatMap(map -> map.fields().strings("data").values().stream());
    Stream<String> log = isJob ? Stream.of() : Stream.of(state.log(dependent));
    return Stream.of(containers, annotations, configuration, log).flatMap(each -> each);
  }
}
