package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** Checks that the PersistentVolumeClaims that pods and workloads mount are bound. */
final class ClaimChecks {
  private final Namespaces namespaces;

  ClaimChecks(Namespaces namespaces) {
    this.namespaces = namespaces;
  }

  List<Check> run() {
    List<Check> checks = new ArrayList<>();
    for (String namespace : namespaces.names()) {
      NavigableSet<String> mounted = mounted(namespace);
      Optional<List<KubernetesObject>> claims =
          namespaces.listIfAllowed(ResourceType.PERSISTENT_VOLUME_CLAIM, namespace);
      if (claims.isEmpty()) {
        if (!mounted.isEmpty()) {
          checks.add(
              namespaces.notAllowed(
                  Check.Kind.CLAIM, ResourceType.PERSISTENT_VOLUME_CLAIM, namespace));
        }
        continue;
      }
      for (String name : mounted) {
        checks.add(
            check(
                new Subject(Subject.Kind.OBJECT, "PersistentVolumeClaim " + namespace + "/" + name),
                claims.get().stream().filter(claim -> claim.name().equals(name)).findFirst()));
      }
    }
    return checks;
  }

  private NavigableSet<String> mounted(String namespace) {
    NavigableSet<String> names = new TreeSet<>();
    namespaces.pods().stream()
        .filter(pod -> pod.namespace().orElse("").equals(namespace))
        .forEach(pod -> add(names, pod.fields().list("spec", "volumes")));
    namespaces.workloads().stream()
        .filter(workload -> workload.namespace().orElse("").equals(namespace))
        .forEach(
            workload -> add(names, workload.fields().list("spec", "template", "spec", "volumes")));
    return names;
  }

  private static void add(NavigableSet<String> names, List<Fields> volumes) {
    volumes.forEach(
        volume -> volume.text("persistentVolumeClaim", "claimName").ifPresent(names::add));
  }

  private Check check(Subject subject, Optional<KubernetesObject> claim) {
    if (claim.isEmpty()) {
      return problem(Check.Result.PENDING, ProblemCode.CLAIM_MISSING, subject, Map.of());
    }
    Fields fields = claim.get().fields();
    if (fields.text("metadata", "deletionTimestamp").isPresent()) {
      return problem(
          Check.Result.FAIL,
          ProblemCode.CLAIM_BEING_DELETED,
          subject,
          Map.of("finalizers", String.join(", ", fields.texts("metadata", "finalizers"))));
    }
    String phase = fields.text("status", "phase").orElse("Pending");
    return switch (phase) {
      case "Bound" ->
          Check.of(
              Check.Kind.CLAIM,
              Check.Result.PASS,
              Fact.of(
                  FactCode.CLAIM_BOUND,
                  subject,
                  Map.of("volume", fields.text("spec", "volumeName").orElse("a volume"))));
      case "Lost" -> problem(Check.Result.FAIL, ProblemCode.CLAIM_LOST, subject, Map.of());
      default ->
          problem(
              Check.Result.PENDING,
              ProblemCode.CLAIM_NOT_BOUND,
              subject,
              Map.of(
                  "phase",
                  phase,
                  "storageClass",
                  fields.text("spec", "storageClassName").orElse(""),
                  "detail",
                  namespaces
                      .inspector()
                      .latestEvent(claim.get())
                      .flatMap(event -> event.fields().text("message"))
                      .orElse("")));
    };
  }

  private static Check problem(
      Check.Result result, ProblemCode code, Subject subject, Map<String, String> parameters) {
    return Check.of(Check.Kind.CLAIM, result, Problem.of(code, subject, parameters));
  }
}
