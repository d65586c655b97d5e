package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A container of the pod crashes, is not started, or fails its probe. */
final class ContainerCauses implements Explanation {
  private static final Set<String> NOT_STARTED =
      Set.of(
          "CreateContainerError",
          "RunContainerError",
          "StartError",
          "PreCreateHookError",
          "PostStartHookError",
          "ContainerCannotRun");

  private static final String OUT_OF_MEMORY = "OOMKilled";

  private final ClusterState state;

  ContainerCauses(ClusterState state) {
    this.state = state;
  }

  @Override
  public boolean explain(Symptom symptom, CauseGraph graph) {
    return probe(symptom, graph) || ended(symptom, graph) || notStarted(symptom, graph);
  }

  private boolean ended(Symptom symptom, CauseGraph graph) {
    for (Fields status : PodFields.statuses(symptom.pod())) {
      Optional<Fields> end = end(status);
      if (end.isEmpty() || end.get().number("exitCode").orElse(0) == 0) {
        continue;
      }
      String container = status.text("name").orElse("");
      String exit = String.valueOf(end.get().number("exitCode").orElse(0));
      String reason = end.get().text("reason").orElse("Error");
      List<Fact> evidence = new ArrayList<>();
      evidence.add(ended(symptom, status, end.get()));
      String log = state.log(symptom.pod(), container);
      log(symptom, log).ifPresent(evidence::add);
      Problem problem =
          reason.equals(OUT_OF_MEMORY)
              ? outOfMemory(symptom, container)
              : Problem.of(
                  ProblemCode.CONTAINER_CRASHED,
                  symptom.subject(),
                  Map.of("container", container, "exit", exit, "log", log));
      graph.add(problem, evidence);
      graph.link(problem, symptom.problem());
      return true;
    }
    return false;
  }

  private static Optional<Fact> log(Symptom symptom, String log) {
    return log.isEmpty()
        ? Optional.empty()
        : Optional.of(Fact.of(FactCode.LOG_ENDS, symptom.subject(), Map.of("log", log)));
  }

  private static Fact ended(Symptom symptom, Fields status, Fields end) {
    return Fact.of(
        FactCode.CONTAINER_ENDED,
        symptom.subject(),
        Map.of(
            "container",
            status.text("name").orElse(""),
            "exit",
            String.valueOf(end.number("exitCode").orElse(0)),
            "reason",
            end.text("reason").orElse("Error")));
  }

  private static Problem outOfMemory(Symptom symptom, String container) {
    return Problem.of(
        ProblemCode.CONTAINER_OUT_OF_MEMORY,
        symptom.subject(),
        Map.of("container", container, "limit", memoryLimit(symptom.pod(), container)));
  }

  /** Adds the cause if a container of a pod that has failed was ended for its memory. */
  void outOfMemory(Symptom symptom, CauseGraph graph) {
    for (Fields status : PodFields.statuses(symptom.pod())) {
      Optional<Fields> end =
          end(status).filter(each -> each.text("reason").orElse("").equals(OUT_OF_MEMORY));
      if (end.isPresent()) {
        Problem problem = outOfMemory(symptom, status.text("name").orElse(""));
        graph.add(problem, ended(symptom, status, end.get()));
        graph.link(problem, symptom.problem());
      }
    }
  }

  /** Adds how the containers of a pod have ended to the evidence of the symptom. */
  void ends(Symptom symptom, CauseGraph graph) {
    for (Fields status : PodFields.statuses(symptom.pod())) {
      end(status)
          .filter(end -> end.number("exitCode").orElse(0) != 0)
          .ifPresent(end -> graph.add(symptom.problem(), ended(symptom, status, end)));
    }
  }

  /** How a container has ended that does not run now. */
  private static Optional<Fields> end(Fields status) {
    if (status.value("state", "terminated").isPresent()) {
      return Optional.of(status.fields("state", "terminated"));
    }
    boolean runs = status.value("state", "running").isPresent();
    return !runs && status.value("lastState", "terminated").isPresent()
        ? Optional.of(status.fields("lastState", "terminated"))
        : Optional.empty();
  }

  private static String memoryLimit(KubernetesObject pod, String container) {
    return PodFields.container(pod, container)
        .flatMap(each -> each.text("resources", "limits", "memory"))
        .orElse("");
  }

  private boolean notStarted(Symptom symptom, CauseGraph graph) {
    for (Fields status : PodFields.statuses(symptom.pod())) {
      String reason = status.text("state", "waiting", "reason").orElse("");
      if (NOT_STARTED.contains(reason)) {
        Problem problem =
            Problem.of(
                ProblemCode.CONTAINER_NOT_STARTED,
                symptom.subject(),
                Map.of(
                    "container",
                    status.text("name").orElse(""),
                    "reason",
                    reason,
                    "detail",
                    status.text("state", "waiting", "message").orElse("")));
        graph.add(
            problem,
            Fact.of(
                FactCode.CONTAINER_WAITS,
                symptom.subject(),
                Map.of("container", status.text("name").orElse(""), "reason", reason)));
        state.warning(symptom.pod(), symptom.subject()).ifPresent(fact -> graph.add(problem, fact));
        graph.link(problem, symptom.problem());
        return true;
      }
    }
    return false;
  }

  private boolean probe(Symptom symptom, CauseGraph graph) {
    Optional<Fact> event = state.event(symptom.pod(), symptom.subject(), "Unhealthy");
    if (event.isEmpty() || !PodFields.phase(symptom.pod()).equals("Running")) {
      return false;
    }
    String log = state.log(symptom.pod());
    Problem problem =
        Problem.of(
            ProblemCode.PROBE_FAILED,
            symptom.subject(),
            Map.of("detail", event.get().parameters().getOrDefault("message", ""), "log", log));
    graph.add(problem, event.get());
    log(symptom, log).ifPresent(fact -> graph.add(problem, fact));
    for (Fields container : PodFields.containers(symptom.pod())) {
      for (String kind : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
        if (container.value(kind).isPresent()) {
          graph.add(
              problem,
              Fact.of(
                  FactCode.PROBE_CONFIGURED,
                  symptom.subject(),
                  Map.of(
                      "container",
                      container.text("name").orElse(""),
                      "probe",
                      kind + " " + container.fields(kind).content())));
        }
      }
    }
    graph.link(problem, symptom.problem());
    return true;
  }
}
