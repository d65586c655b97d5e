package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why the controller of a workload cannot create its pods. */
final class AdmissionCauses {
  private static final Pattern UNAVAILABLE = Pattern.compile("failed calling webhook \"([^\"]+)\"");
  private static final Pattern WEBHOOK = Pattern.compile("admission webhook \"([^\"]+)\" denied");
  private static final Pattern POLICY = Pattern.compile("ValidatingAdmissionPolicy '([^']+)'");

  private static final Pattern DEMAND =
      Pattern.compile("failed quota: ([^:\\s]+): must specify ([^ ]+)");

  private final ClusterState state;
  private final Owners owners;

  AdmissionCauses(ClusterState state, Owners owners) {
    this.state = state;
    this.owners = owners;
  }

  /** Adds the cause if the API server has refused to create pods of a workload. */
  boolean explain(KubernetesObject workload, Problem symptom, CauseGraph graph) {
    Subject subject = workload.subject();
    Optional<Fact> refused = refused(workload, subject);
    if (refused.isEmpty()) {
      return false;
    }
    KubernetesObject pod = Owners.template(workload);
    boolean found = account(workload, pod, symptom, graph, refused.get());
    found |= quota(workload, pod, symptom, graph, refused.get());
    found = found || demand(workload, symptom, graph, refused.get());
    if (!found) {
      Problem problem = policy(workload, refused.get().parameters().getOrDefault("message", ""));
      graph.add(problem, refused.get());
      Webhook.all(state).stream()
          .filter(
              webhook ->
                  problem.subject().equals(webhook(webhook.name()))
                      || problem.subject().equals(webhook.configuration()))
          .forEach(webhook -> graph.add(problem, webhook.evidence()));
      graph.link(problem, symptom);
    }
    return true;
  }

  /** A configuration that names a Service that does not exist, for example a leftover. */
  private Optional<Problem> withoutService(String name) {
    return Webhook.all(state).stream()
        .filter(webhook -> webhook.name().equals(name) && !webhook.service().isEmpty())
        .filter(
            webhook -> {
              String[] path = webhook.service().split("/", 2);
              return state.find(ResourceType.SERVICE, path[0], path[1]).isAbsent();
            })
        .map(
            webhook ->
                Problem.of(
                    ProblemCode.WEBHOOK_SERVICE_MISSING,
                    webhook.configuration(),
                    Map.of("webhook", name, "service", webhook.service())))
        .findFirst();
  }

  private static Subject webhook(String name) {
    return object("admission webhook " + name);
  }

  /** Who has refused a pod, as the message of the API server says and the cluster confirms. */
  private Problem policy(KubernetesObject workload, String message) {
    Matcher unavailable = UNAVAILABLE.matcher(message);
    if (unavailable.find()) {
      Optional<Problem> lost = withoutService(unavailable.group(1));
      if (lost.isPresent()) {
        return lost.get();
      }
      return Problem.of(ProblemCode.WEBHOOK_UNAVAILABLE, webhook(unavailable.group(1)));
    }
    Matcher webhook = WEBHOOK.matcher(message);
    if (webhook.find()) {
      return Problem.of(ProblemCode.ADMISSION_POLICY_REFUSES, webhook(webhook.group(1)));
    }
    Matcher policy = POLICY.matcher(message);
    if (policy.find()
        && !state.find(ResourceType.ADMISSION_POLICY, null, policy.group(1)).isAbsent()) {
      return Problem.of(
          ProblemCode.ADMISSION_POLICY_REFUSES,
          ClusterState.subject(ResourceType.ADMISSION_POLICY, null, policy.group(1)));
    }
    String namespace = workload.namespace().orElse("");
    Optional<String> level =
        state
            .find(ResourceType.NAMESPACE, null, namespace)
            .object()
            .map(found -> found.labels().getOrDefault("pod-security.kubernetes.io/enforce", ""))
            .filter(found -> !found.isEmpty() && message.contains("violates PodSecurity"));
    return level
        .map(
            found ->
                Problem.of(
                    ProblemCode.POD_SECURITY_VIOLATED,
                    new Subject(Subject.Kind.NAMESPACE, namespace),
                    Map.of("level", found)))
        .orElseGet(
            () ->
                Problem.of(
                    ProblemCode.ADMISSION_REFUSED, workload.subject(), Map.of("detail", message)));
  }

  private static Subject object(String name) {
    return new Subject(Subject.Kind.OBJECT, name);
  }

  /** What the controller says that lacks a pod now; the newest ReplicaSet of an update first. */
  private Optional<Fact> refused(KubernetesObject workload, Subject subject) {
    List<KubernetesObject> controllers = new ArrayList<>();
    if (owners.pods(workload).isEmpty() || lacksPods(workload)) {
      controllers.add(workload);
    }
    if (workload.kind().equals("Deployment")) {
      owners.replicaSets(workload).stream()
          .filter(AdmissionCauses::lacksPods)
          .forEach(controllers::add);
    }
    return controllers.stream()
        .flatMap(controller -> state.event(controller, subject, "FailedCreate").stream())
        .findFirst();
  }

  /** Without this, events of a refusal that is over would count. */
  private static boolean lacksPods(KubernetesObject controller) {
    Fields fields = controller.fields();
    return switch (controller.kind()) {
      case "ReplicaSet", "StatefulSet" ->
          fields.number("spec", "replicas").orElse(1)
              > fields.number("status", "replicas").orElse(0);
      case "DaemonSet" ->
          fields.number("status", "desiredNumberScheduled").orElse(0)
              > fields.number("status", "currentNumberScheduled").orElse(0);
      default -> false;
    };
  }

  private boolean account(
      KubernetesObject workload,
      KubernetesObject pod,
      Problem symptom,
      CauseGraph graph,
      Fact event) {
    String name = pod.fields().text("spec", "serviceAccountName").orElse("default");
    String namespace = workload.namespace().orElse("");
    if (!state.find(ResourceType.SERVICE_ACCOUNT, namespace, name).isAbsent()) {
      return false;
    }
    Subject subject = ClusterState.subject(ResourceType.SERVICE_ACCOUNT, namespace, name);
    Problem problem = Problem.of(ProblemCode.SERVICE_ACCOUNT_NOT_FOUND, subject);
    graph.add(problem, Fact.of(FactCode.OBJECT_NOT_FOUND, subject), event);
    graph.link(problem, symptom);
    return true;
  }

  private boolean quota(
      KubernetesObject workload,
      KubernetesObject pod,
      Problem symptom,
      CauseGraph graph,
      Fact event) {
    boolean found = false;
    for (KubernetesObject quota :
        state.list(ResourceType.RESOURCE_QUOTA, workload.namespace().orElse(""))) {
      Fields status = quota.fields().fields("status");
      Map<String, BigDecimal> used = Quantities.of(status.fields("used"));
      for (Map.Entry<String, BigDecimal> hard : Quantities.of(status.fields("hard")).entrySet()) {
        BigDecimal requested = requested(pod, hard.getKey());
        BigDecimal before = used.getOrDefault(hard.getKey(), BigDecimal.ZERO);
        if (requested.signum() > 0 && before.add(requested).compareTo(hard.getValue()) > 0) {
          exceeded(quota, hard, before, requested, symptom, graph, event);
          found = true;
        }
      }
    }
    return found;
  }

  /** A quota admits only pods that have a request or a limit for each resource that it counts. */
  private boolean demand(KubernetesObject workload, Problem symptom, CauseGraph graph, Fact event) {
    Matcher matcher = DEMAND.matcher(event.parameters().getOrDefault("message", ""));
    if (!matcher.find()) {
      return false;
    }
    Optional<KubernetesObject> quota =
        state.list(ResourceType.RESOURCE_QUOTA, workload.namespace().orElse("")).stream()
            .filter(each -> each.name().equals(matcher.group(1)))
            .findFirst();
    quota.ifPresent(
        found -> {
          Problem problem =
              Problem.of(
                  ProblemCode.QUOTA_EXCEEDED,
                  found.subject(),
                  Map.of("detail", "each container must specify " + matcher.group(2)));
          graph.add(
              problem,
              event,
              Fact.observed(
                  found.subject(),
                  "status.hard",
                  found.fields().fields("status", "hard").content().toString()));
          graph.link(problem, symptom);
        });
    return quota.isPresent();
  }

  private static void exceeded(
      KubernetesObject quota,
      Map.Entry<String, BigDecimal> hard,
      BigDecimal used,
      BigDecimal requested,
      Problem symptom,
      CauseGraph graph,
      Fact event) {
    Subject subject = quota.subject();
    Fact numbers =
        Fact.of(
            FactCode.QUOTA_USED,
            subject,
            Map.of(
                "resource",
                hard.getKey(),
                "used",
                Quantities.print(used),
                "hard",
                Quantities.print(hard.getValue()),
                "requested",
                Quantities.print(requested)));
    Problem problem =
        Problem.of(
            ProblemCode.QUOTA_EXCEEDED,
            subject,
            Map.of(
                "detail",
                "%s is limited to %s".formatted(hard.getKey(), Quantities.print(hard.getValue()))));
    graph.add(problem, numbers, event);
    graph.link(problem, symptom);
  }

  private static BigDecimal requested(KubernetesObject pod, String resource) {
    if (resource.equals("pods") || resource.equals("count/pods")) {
      return BigDecimal.ONE;
    }
    if (resource.startsWith("limits.")) {
      return Quantities.limits(pod)
          .getOrDefault(resource.substring("limits.".length()), BigDecimal.ZERO);
    }
    String name =
        resource.startsWith("requests.") ? resource.substring("requests.".length()) : resource;
    return Quantities.requests(pod).getOrDefault(name, BigDecimal.ZERO);
  }
}
