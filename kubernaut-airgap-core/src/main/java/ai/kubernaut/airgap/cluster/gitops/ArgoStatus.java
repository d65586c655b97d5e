package ai.kubernaut.airgap.cluster.gitops;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the state of an Application of Argo CD. */
final class ArgoStatus {
  private static final String SKIP = "argocd.argoproj.io/skip-reconcile";
  private static final Set<String> UNHEALTHY = Set.of("Missing", "Degraded", "Progressing");
  private static final Set<String> FAILED = Set.of("Failed", "Error");
  private static final int MAX_RESOURCES = 10;

  private final KubernetesObject application;
  private final GitOpsResource plain;
  private final List<Problem> problems = new ArrayList<>();

  private ArgoStatus(KubernetesObject application) {
    this.application = application;
    this.plain =
        GitOpsResource.builder()
            .tool(GitOpsResource.Tool.ARGO_CD)
            .kind(GitOpsFinder.APPLICATION.kind())
            .namespace(application.namespace())
            .name(application.name())
            .isProgressing(false)
            .build();
  }

  static GitOpsResource of(KubernetesObject application) {
    return new ArgoStatus(application).read();
  }

  /** Whether an Application lists an object, or has its namespace as destination. */
  static boolean deploys(KubernetesObject application, KubernetesObject object) {
    List<Fields> resources = application.fields().list("status", "resources");
    String namespace = object.namespace().orElse("");
    return resources.isEmpty()
        ? application
            .fields()
            .text("spec", "destination", "namespace")
            .filter(namespace::equals)
            .isPresent()
        : resources.stream()
            .anyMatch(
                resource ->
                    text(resource, "kind").equals(object.kind())
                        && text(resource, "namespace").equals(namespace)
                        && text(resource, "name").equals(object.name()));
  }

  private GitOpsResource read() {
    String phase = status("operationState", "phase");
    boolean isRunning = phase.equals("Running");
    boolean isSkipped = "true".equals(application.annotations().get(SKIP));
    if (isSkipped) {
      suspended(
          "its annotation " + SKIP + " is true",
          "kubectl annotate application %s -n %s %s-"
              .formatted(application.name(), application.namespace().orElse(""), SKIP));
    }
    Optional<Fields> error =
        application.fields().list("status", "conditions").stream()
            .filter(condition -> text(condition, "type").endsWith("Error"))
            .findFirst();
    String health = status("health", "status");
    boolean hasFailed = error.isPresent() || FAILED.contains(phase);
    if (error.isPresent()) {
      notReady(text(error.get(), "type"), text(error.get(), "message"));
    } else if (FAILED.contains(phase)) {
      notReady("Sync" + phase, status("operationState", "message"));
    } else if (UNHEALTHY.contains(health)) {
      notReady(health, status("health", "message"));
    } else if (health.equals("Suspended")) {
      suspended(
          "its health is Suspended, as that of a Deployment that is paused",
          "argocd app get " + plain.path());
    }
    if (status("sync", "status").equals("OutOfSync") && !isRunning) {
      problems.add(
          problem(
              ProblemCode.GITOPS_OUT_OF_SYNC,
              Map.of("resources", differing(), "command", plain.syncCommand())));
    }
    return GitOpsResource.builder()
        .from(plain)
        .evidence(evidence())
        .problems(problems)
        .isProgressing(!hasFailed && !isSkipped && (isRunning || health.equals("Progressing")))
        .build();
  }

  private void suspended(String detail, String command) {
    problems.add(
        problem(ProblemCode.GITOPS_SUSPENDED, Map.of("detail", detail, "command", command)));
  }

  private void notReady(String reason, String message) {
    problems.add(
        problem(
            ProblemCode.GITOPS_NOT_READY,
            Map.of(
                "reason",
                reason,
                "detail",
                message.isEmpty() ? reason : reason + ": " + message,
                "command",
                plain.syncCommand())));
  }

  private Problem problem(ProblemCode code, Map<String, String> parameters) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    all.put("tool", plain.tool().toString());
    return Problem.of(code, plain.subject(), all);
  }

  /** The objects that differ from the source, or are missing. */
  private String differing() {
    return application.fields().list("status", "resources").stream()
        .filter(resource -> text(resource, "status").equals("OutOfSync"))
        .map(ArgoStatus::describe)
        .limit(MAX_RESOURCES)
        .collect(Collectors.joining(", "));
  }

  private static String describe(Fields resource) {
    String namespace = text(resource, "namespace");
    return text(resource, "kind")
        + " "
        + (namespace.isEmpty() ? "" : namespace + "/")
        + text(resource, "name")
        + resource.text("health", "status").map(health -> " (" + health + ")").orElse("");
  }

  private List<Fact> evidence() {
    Subject subject = plain.subject();
    List<Fact> facts = new ArrayList<>();
    Stream.of(
            new String[] {"sync", "status"},
            new String[] {"sync", "revision"},
            new String[] {"health", "status"},
            new String[] {"operationState", "phase"},
            new String[] {"operationState", "message"})
        .filter(path -> !status(path[0], path[1]).isEmpty())
        .forEach(
            path ->
                facts.add(
                    Fact.observed(
                        subject, "status." + path[0] + "." + path[1], status(path[0], path[1]))));
    for (Fields condition : application.fields().list("status", "conditions")) {
      facts.add(
          Fact.observed(
              subject,
              "status.conditions",
              text(condition, "type") + ": " + text(condition, "message")));
    }
    return facts;
  }

  private String status(String group, String field) {
    return application.fields().text("status", group, field).orElse("");
  }

  private static String text(Fields fields, String field) {
    return fields.text(field).orElse("");
  }
}
