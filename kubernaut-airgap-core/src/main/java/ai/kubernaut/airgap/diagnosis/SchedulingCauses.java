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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a pod has no node. The rules of the scheduler that matter here are applied to the nodes of
 * the cluster: labels first, then taints, then resources.
 */
final class SchedulingCauses implements Explanation {
  /** How many nodes are shown as evidence; large clusters have hundreds. */
  private static final int SHOWN_NODES = 20;

  private static final Set<String> NOT_READY =
      Set.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

  private final ClusterState state;
  private final Owners owners;
  private @Nullable Map<String, Map<String, BigDecimal>> used;

  SchedulingCauses(ClusterState state, Owners owners) {
    this.state = state;
    this.owners = owners;
  }

  @Override
  public boolean explain(Symptom symptom, CauseGraph graph) {
    return switch (symptom.problem().code()) {
      case POD_WITHOUT_SCHEDULER -> {
        noScheduler(symptom, graph);
        yield true;
      }
      case POD_UNSCHEDULABLE -> noNode(symptom, graph);
      default -> false;
    };
  }

  private void noScheduler(Symptom symptom, CauseGraph graph) {
    Subject cluster = new Subject(Subject.Kind.CLUSTER, state.cluster().address());
    String scheduler = symptom.parameter("scheduler");
    Problem problem =
        graph.of(cluster).stream()
            .filter(known -> known.code() == ProblemCode.SCHEDULER_NOT_RUNNING)
            .filter(known -> scheduler.equals(known.parameters().get("scheduler")))
            .findFirst()
            .orElseGet(
                () ->
                    Problem.of(
                        ProblemCode.SCHEDULER_NOT_RUNNING,
                        cluster,
                        Map.of("scheduler", scheduler, "pod", symptom.subject().toString())));
    graph.add(problem, Fact.of(FactCode.POD_NOT_CONSIDERED, symptom.subject()));
    graph.link(problem, symptom.problem());
  }

  private boolean noNode(Symptom symptom, CauseGraph graph) {
    List<KubernetesObject> nodes = state.list(ResourceType.NODE, null);
    if (nodes.isEmpty()) {
      return false;
    }
    KubernetesObject pod = symptom.pod();
    Subject subject = owners.subject(pod);
    List<KubernetesObject> matching = nodes.stream().filter(node -> hasLabels(pod, node)).toList();
    if (matching.isEmpty()) {
      cause(
          symptom,
          graph,
          Problem.of(
              ProblemCode.NODE_LABELS_MISSING,
              subject,
              Map.of("selector", selector(pod), "count", String.valueOf(nodes.size()))),
          nodes.stream().limit(SHOWN_NODES).map(SchedulingCauses::labels).toList());
      return true;
    }
    List<KubernetesObject> tolerated = new ArrayList<>();
    Map<KubernetesObject, String> tainted = new LinkedHashMap<>();
    for (KubernetesObject node : matching) {
      String taints = notTolerated(pod, node);
      if (taints.isEmpty()) {
        tolerated.add(node);
      } else {
        tainted.put(node, taints);
      }
    }
    if (tolerated.isEmpty()) {
      return tainted(symptom, graph, subject, tainted);
    }
    return tooSmall(symptom, graph, subject, tolerated, notReady(tainted));
  }

  private boolean tainted(
      Symptom symptom, CauseGraph graph, Subject subject, Map<KubernetesObject, String> tainted) {
    Map<KubernetesObject, String> broken = notReady(tainted);
    if (!broken.isEmpty()) {
      broken.forEach((node, taints) -> lost(node, taints, symptom.problem(), graph));
      return true;
    }
    List<Fact> evidence = new ArrayList<>();
    tainted.forEach((node, taints) -> evidence.add(notFitting(node, "the taints " + taints)));
    Set<String> all = new TreeSet<>(tainted.values());
    cause(
        symptom,
        graph,
        Problem.of(
            ProblemCode.TAINTS_NOT_TOLERATED, subject, Map.of("taints", String.join(", ", all))),
        evidence);
    return true;
  }

  private static Map<KubernetesObject, String> notReady(Map<KubernetesObject, String> tainted) {
    Map<KubernetesObject, String> broken = new LinkedHashMap<>();
    tainted.forEach(
        (node, taints) -> {
          if (NOT_READY.stream().anyMatch(taints::contains)) {
            broken.put(node, taints);
          }
        });
    return broken;
  }

  private static void lost(
      KubernetesObject node, String taints, Problem consequence, CauseGraph graph) {
    Problem problem = NodeCauses.notReady(node);
    graph.add(problem, notFitting(node, taints));
    graph.link(problem, consequence);
  }

  /** Whether a node without pods would have what a pod requests. */
  private static boolean hasRoom(KubernetesObject node, Map<String, BigDecimal> requested) {
    Map<String, BigDecimal> all = allocatable(node);
    return requested.entrySet().stream()
        .allMatch(
            request ->
                all.getOrDefault(request.getKey(), BigDecimal.ZERO).compareTo(request.getValue())
                    >= 0);
  }

  private boolean tooSmall(
      Symptom symptom,
      CauseGraph graph,
      Subject subject,
      List<KubernetesObject> nodes,
      Map<KubernetesObject, String> lost) {
    Map<String, BigDecimal> requested = Quantities.requests(symptom.pod());
    if (requested.isEmpty()) {
      return false;
    }
    Map<String, String> missing = new TreeMap<>();
    List<Fact> evidence = new ArrayList<>();
    for (KubernetesObject node : nodes) {
      Map<String, BigDecimal> left = left(node);
      Optional<String> tooFew =
          requested.entrySet().stream()
              .filter(
                  request ->
                      left.getOrDefault(request.getKey(), BigDecimal.ZERO)
                              .compareTo(request.getValue())
                          < 0)
              .map(Map.Entry::getKey)
              .findFirst();
      if (tooFew.isEmpty()) {
        return false;
      }
      String resource = tooFew.get();
      String amount = Quantities.print(left.getOrDefault(resource, BigDecimal.ZERO));
      missing.merge(
          resource, amount, (a, b) -> new BigDecimal(a).compareTo(new BigDecimal(b)) >= 0 ? a : b);
      evidence.add(notFitting(node, amount + " of " + resource + " are left"));
    }
    Problem problem =
        Problem.of(
            ProblemCode.RESOURCES_INSUFFICIENT,
            subject,
            Map.of(
                "count",
                String.valueOf(nodes.size()),
                "requested",
                missing.keySet().stream()
                    .map(
                        name ->
                            Quantities.print(requested.getOrDefault(name, BigDecimal.ZERO))
                                + " of "
                                + name)
                    .collect(Collectors.joining(", ")),
                "left",
                missing.entrySet().stream()
                    .map(entry -> "at most " + entry.getValue() + " of " + entry.getKey())
                    .collect(Collectors.joining(", "))));
    cause(symptom, graph, problem, evidence);
    // The pods of a node that is lost need the room on the others.
    lost.forEach(
        (node, taints) -> {
          if (hasRoom(node, requested)) {
            lost(node, taints, problem, graph);
          }
        });
    return true;
  }

  private static Map<String, BigDecimal> allocatable(KubernetesObject node) {
    Map<String, BigDecimal> allocatable =
        Quantities.of(node.fields().fields("status", "allocatable"));
    return allocatable.isEmpty()
        ? Quantities.of(node.fields().fields("status", "capacity"))
        : allocatable;
  }

  private Map<String, BigDecimal> left(KubernetesObject node) {
    Map<String, BigDecimal> left = new TreeMap<>(allocatable(node));
    used()
        .getOrDefault(node.name(), Map.of())
        .forEach(
            (name, amount) -> left.computeIfPresent(name, (any, free) -> free.subtract(amount)));
    return left;
  }

  /** What the pods of the cluster request together on each node, added up once. */
  private Map<String, Map<String, BigDecimal>> used() {
    Map<String, Map<String, BigDecimal>> known = used;
    if (known == null) {
      known = new HashMap<>();
      for (KubernetesObject pod : state.list(ResourceType.POD, null)) {
        String node = pod.fields().text("spec", "nodeName").orElse("");
        if (!node.isEmpty() && Quantities.usesNode(pod)) {
          Map<String, BigDecimal> sum = known.computeIfAbsent(node, unseen -> new TreeMap<>());
          Quantities.requests(pod)
              .forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
        }
      }
      used = known;
    }
    return known;
  }

  private static Fact labels(KubernetesObject node) {
    return Fact.of(
        FactCode.NODE_LABELS,
        node.subject(),
        Map.of("labels", new TreeMap<>(node.labels()).toString()));
  }

  private static Fact notFitting(KubernetesObject node, String reason) {
    return Fact.of(FactCode.NODE_DOES_NOT_FIT, node.subject(), Map.of("reason", reason));
  }

  private static void cause(
      Symptom symptom, CauseGraph graph, Problem problem, List<Fact> evidence) {
    graph.add(problem, evidence.stream().limit(SHOWN_NODES).toList());
    graph.link(problem, symptom.problem());
  }

  private static boolean hasLabels(KubernetesObject pod, KubernetesObject node) {
    Map<String, String> labels = node.labels();
    return labels.entrySet().containsAll(pod.fields().strings("spec", "nodeSelector").entrySet())
        && (terms(pod).isEmpty() || terms(pod).stream().anyMatch(term -> matches(term, labels)));
  }

  private static List<Fields> terms(KubernetesObject pod) {
    return pod.fields()
        .list(
            "spec",
            "affinity",
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms");
  }

  private static boolean matches(Fields term, Map<String, String> labels) {
    return term.list("matchExpressions").stream()
        .allMatch(
            expression -> {
              String key = expression.text("key").orElse("");
              List<?> values =
                  expression.value("values").orElse(null) instanceof List<?> list
                      ? list
                      : List.of();
              return switch (expression.text("operator").orElse("")) {
                case "In" -> values.contains(labels.get(key));
                case "NotIn" -> !values.contains(labels.get(key));
                case "Exists" -> labels.containsKey(key);
                case "DoesNotExist" -> !labels.containsKey(key);
                // Gt and Lt are not evaluated, so that nothing wrong is said.
                default -> true;
              };
            });
  }

  private static String selector(KubernetesObject pod) {
    List<String> parts = new ArrayList<>();
    pod.fields()
        .strings("spec", "nodeSelector")
        .forEach((key, value) -> parts.add(key + "=" + value));
    for (Fields term : terms(pod)) {
      for (Fields expression : term.list("matchExpressions")) {
        parts.add(
            expression.text("key").orElse("")
                + " "
                + expression.text("operator").orElse("")
                + expression.value("values").map(values -> " " + values).orElse(""));
      }
    }
    return String.join(", ", parts);
  }

  private static String notTolerated(KubernetesObject pod, KubernetesObject node) {
    List<Fields> tolerations = pod.fields().list("spec", "tolerations");
    return node.fields().list("spec", "taints").stream()
        .filter(taint -> !taint.text("effect").orElse("").equals("PreferNoSchedule"))
        .filter(taint -> tolerations.stream().noneMatch(each -> tolerates(each, taint)))
        .map(SchedulingCauses::print)
        .collect(Collectors.joining(", "));
  }

  private static boolean tolerates(Fields toleration, Fields taint) {
    String key = toleration.text("key").orElse("");
    String effect = toleration.text("effect").orElse("");
    boolean keyMatches = key.isEmpty() || key.equals(taint.text("key").orElse(""));
    boolean effectMatches = effect.isEmpty() || effect.equals(taint.text("effect").orElse(""));
    boolean valueMatches =
        toleration.text("operator").orElse("Equal").equals("Exists")
            || toleration.text("value").orElse("").equals(taint.text("value").orElse(""));
    return keyMatches && effectMatches && valueMatches;
  }

  private static String print(Fields taint) {
    return taint.text("key").orElse("")
        + taint.text("value").map(value -> "=" + value).orElse("")
        + ":"
        + taint.text("effect").orElse("");
  }
}
