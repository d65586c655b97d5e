package ai.kubernaut.airgap.cluster.gitops;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the state of a HelmRelease or a Kustomization of Flux. */
final class FluxStatus {
  static final String HELM_RELEASE = "HelmRelease";
  static final String KUSTOMIZATION = "Kustomization";

  private FluxStatus() {}

  static GitOpsResource of(KubernetesObject object) {
    GitOpsResource plain =
        GitOpsResource.builder()
            .tool(GitOpsResource.Tool.FLUX)
            .kind(object.kind())
            .namespace(object.namespace())
            .name(object.name())
            .isProgressing(false)
            .build();
    List<Problem> problems = new ArrayList<>();
    boolean isSuspended = object.fields().flag("spec", "suspend");
    if (isSuspended) {
      problems.add(suspended(plain));
    }
    Optional<Fields> ready = PodFields.condition(object, "Ready");
    // Stalled tells only that it does not try again; Ready tells why.
    Optional<Fields> failed =
        ready
            .filter(condition -> hasStatus(condition, "False"))
            .or(
                () ->
                    PodFields.condition(object, "Stalled")
                        .filter(condition -> hasStatus(condition, "True")));
    boolean isObserved =
        object.fields().number("status", "observedGeneration").orElse(0)
            >= object.fields().number("metadata", "generation").orElse(0);
    boolean isReady = ready.filter(condition -> hasStatus(condition, "True")).isPresent();
    boolean isProgressing = false;
    if (failed.isPresent()) {
      problems.add(notReady(plain, failed.get()));
    } else if (!isSuspended && (!isReady || !isObserved)) {
      isProgressing = true;
      problems.add(
          notReady(
              plain,
              "Progressing",
              isReady
                  ? "its controller has not applied its latest specification yet"
                  : ready
                      .flatMap(condition -> condition.text("message"))
                      .orElse("its controller has not finished")));
    }
    return GitOpsResource.builder()
        .from(plain)
        .evidence(evidence(object, plain.subject()))
        .problems(problems)
        .isProgressing(isProgressing)
        .build();
  }

  private static boolean hasStatus(Fields condition, String status) {
    return condition.text("status").orElse("").equals(status);
  }

  private static Problem suspended(GitOpsResource resource) {
    return Problem.of(
        ProblemCode.GITOPS_SUSPENDED,
        resource.subject(),
        Map.of(
            "tool",
            resource.tool().toString(),
            "detail",
            "its field spec.suspend is true",
            "command",
            resource.syncCommand().replace("reconcile", "resume").replaceAll(" --.*", "")));
  }

  private static Problem notReady(GitOpsResource resource, Fields condition) {
    String reason = condition.text("reason").orElse("");
    return notReady(
        resource, reason, reason + condition.text("message").map(text -> ": " + text).orElse(""));
  }

  private static Problem notReady(GitOpsResource resource, String reason, String detail) {
    return Problem.of(
        ProblemCode.GITOPS_NOT_READY,
        resource.subject(),
        Map.of(
            "tool",
            resource.tool().toString(),
            "reason",
            reason,
            "detail",
            detail.strip(),
            "command",
            resource.syncCommand()));
  }

  private static List<Fact> evidence(KubernetesObject object, Subject subject) {
    List<Fact> facts = new ArrayList<>();
    if (object.fields().flag("spec", "suspend")) {
      facts.add(Fact.observed(subject, "spec.suspend", "true"));
    }
    for (Fields condition : object.fields().list("status", "conditions")) {
      facts.add(PodFields.observed(subject, condition));
    }
    for (String revision : List.of("lastAppliedRevision", "lastAttemptedRevision")) {
      object
          .fields()
          .text("status", revision)
          .ifPresent(value -> facts.add(Fact.observed(subject, "status." + revision, value)));
    }
    return facts;
  }
}
