package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.diagnosis.PodReferences.Reference;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A pod that has not started needs a Secret, a ConfigMap or a volume that is not there. */
final class ConfigurationCauses implements Explanation {
  /** The reasons for which a container waits before its image matters. */
  private static final Set<String> REASONS =
      Set.of("", "ContainerCreating", "PodInitializing", "CreateContainerConfigError");

  private final ClusterState state;

  ConfigurationCauses(ClusterState state) {
    this.state = state;
  }

  @Override
  public boolean explain(Symptom symptom, CauseGraph graph) {
    if (!hasNotStarted(symptom.pod())) {
      return false;
    }
    boolean found = false;
    for (Reference reference : PodReferences.of(symptom.pod())) {
      Optional<Problem> problem = missing(symptom, reference, graph);
      if (problem.isPresent()) {
        graph.link(problem.get(), symptom.problem());
        found = true;
      }
    }
    return found || notMounted(symptom, graph);
  }

  private static boolean hasNotStarted(KubernetesObject pod) {
    return PodFields.phase(pod).equals("Pending")
        && PodFields.statuses(pod).stream()
            .filter(status -> status.value("state", "waiting").isPresent())
            .map(status -> status.text("state", "waiting", "reason").orElse(""))
            .allMatch(REASONS::contains);
  }

  private Optional<Problem> missing(Symptom symptom, Reference reference, CauseGraph graph) {
    ClusterState.Found found = state.find(reference.type(), symptom.namespace(), reference.name());
    Subject subject = ClusterState.subject(reference.type(), symptom.namespace(), reference.name());
    Fact referenced =
        Fact.of(
            FactCode.REFERENCED_IN,
            subject,
            Map.of("where", reference.where() + " of " + symptom.subject()));
    if (found.isAbsent()) {
      Problem problem = Problem.of(absent(reference.type()), subject);
      graph.add(problem, Fact.of(FactCode.OBJECT_NOT_FOUND, subject), referenced);
      return Optional.of(problem);
    }
    if (found.object().isEmpty()) {
      return Optional.empty();
    }
    KubernetesObject object = found.object().get();
    if (reference.type().equals(ResourceType.PERSISTENT_VOLUME_CLAIM)) {
      Optional<Problem> deleted = deleted(subject, graph);
      if (deleted.isPresent()) {
        graph.add(deleted.get(), referenced);
        return deleted;
      }
      return unbound(object, subject, graph);
    }
    Set<String> keys = new TreeSet<>(object.fields().strings("data").keySet());
    keys.addAll(object.fields().strings("binaryData").keySet());
    if (reference.key().isEmpty() || keys.contains(reference.key().get())) {
      return Optional.empty();
    }
    Problem problem =
        Problem.of(
            reference.type().equals(ResourceType.SECRET)
                ? ProblemCode.SECRET_KEY_MISSING
                : ProblemCode.CONFIG_MAP_KEY_MISSING,
            subject,
            Map.of("key", reference.key().get()));
    graph.add(
        problem,
        Fact.of(FactCode.KEYS_FOUND, subject, Map.of("keys", String.join(", ", keys))),
        referenced);
    return Optional.of(problem);
  }

  private static ProblemCode absent(ResourceType type) {
    if (type.equals(ResourceType.SECRET)) {
      return ProblemCode.SECRET_NOT_FOUND;
    }
    return type.equals(ResourceType.CONFIG_MAP)
        ? ProblemCode.CONFIG_MAP_NOT_FOUND
        : ProblemCode.CLAIM_MISSING;
  }

  /** What the verification has found about a claim that is being deleted. */
  private static Optional<Problem> deleted(Subject subject, CauseGraph graph) {
    return graph.of(subject).stream()
        .filter(problem -> problem.code() == ProblemCode.CLAIM_BEING_DELETED)
        .findFirst();
  }

  private Optional<Problem> unbound(KubernetesObject claim, Subject subject, CauseGraph graph) {
    if (!claim.fields().text("status", "phase").orElse("Bound").equals("Pending")) {
      return Optional.empty();
    }
    List<KubernetesObject> classes = state.list(ResourceType.STORAGE_CLASS, null);
    Set<String> names = new TreeSet<>();
    classes.forEach(each -> names.add(each.name()));
    List<Fact> evidence = new ArrayList<>();
    evidence.add(
        Fact.of(
            FactCode.STORAGE_CLASSES_FOUND,
            new Subject(Subject.Kind.CLUSTER, state.cluster().address()),
            Map.of("classes", names.isEmpty() ? "none" : String.join(", ", names))));
    state.warning(claim, subject).ifPresent(evidence::add);
    String wanted = claim.fields().text("spec", "storageClassName").orElse("");
    Problem problem;
    if (!wanted.isEmpty()
        && state.find(ResourceType.STORAGE_CLASS, null, wanted).isAbsent()
        && !hasVolume(claim)) {
      problem = Problem.of(ProblemCode.STORAGE_CLASS_NOT_FOUND, subject, Map.of("class", wanted));
    } else if (wanted.isEmpty() && claim.fields().value("spec", "storageClassName").isPresent()) {
      // An empty name asks for a volume without a class, which nobody provisions.
      problem =
          Problem.of(
              ProblemCode.VOLUME_NOT_PROVISIONED,
              subject,
              Map.of(
                  "detail",
                  claim
                      .fields()
                      .text("spec", "volumeName")
                      .map(name -> "it waits for the PersistentVolume " + name)
                      .orElse("it waits for a PersistentVolume without a storage class")));
    } else if (wanted.isEmpty() && classes.stream().noneMatch(ConfigurationCauses::isDefault)) {
      problem = Problem.of(ProblemCode.STORAGE_CLASS_NOT_CHOSEN, subject);
    } else if (waitsForPod(claim, subject, classes)) {
      return Optional.empty();
    } else {
      problem =
          Problem.of(
              ProblemCode.VOLUME_NOT_PROVISIONED,
              subject,
              Map.of("detail", state.eventMessage(claim, "ProvisioningFailed").orElse("")));
    }
    graph.add(problem, evidence);
    return Optional.of(problem);
  }

  /** A claim that gets its volume when a pod is scheduled is not why the pod is not. */
  private boolean waitsForPod(
      KubernetesObject claim, Subject subject, List<KubernetesObject> classes) {
    if (claim.annotations().containsKey("volume.kubernetes.io/selected-node")
        || state.event(claim, subject, "ProvisioningFailed").isPresent()) {
      return false;
    }
    String wanted = claim.fields().text("spec", "storageClassName").orElse("");
    return classes.stream()
            .filter(each -> wanted.isEmpty() ? isDefault(each) : each.name().equals(wanted))
            .anyMatch(
                each ->
                    each.fields()
                        .text("volumeBindingMode")
                        .filter("WaitForFirstConsumer"::equals)
                        .isPresent())
        || Stream.of("WaitForFirstConsumer", "WaitForPodScheduled")
            .anyMatch(reason -> state.event(claim, subject, reason).isPresent());
  }

  private static boolean hasVolume(KubernetesObject claim) {
    return claim.fields().text("spec", "volumeName").isPresent();
  }

  private static boolean isDefault(KubernetesObject storageClass) {
    return "true"
        .equals(storageClass.annotations().get("storageclass.kubernetes.io/is-default-class"));
  }

  private boolean notMounted(Symptom symptom, CauseGraph graph) {
    for (String reason : List.of("FailedAttachVolume", "FailedMount")) {
      Optional<Fact> event = state.event(symptom.pod(), symptom.subject(), reason);
      if (event.isPresent()) {
        Problem problem =
            Problem.of(
                ProblemCode.VOLUME_NOT_MOUNTED,
                symptom.subject(),
                Map.of("detail", event.get().parameters().getOrDefault("message", "")));
        graph.add(problem, event.get());
        graph.link(problem, symptom.problem());
        return true;
      }
    }
    return false;
  }
}
