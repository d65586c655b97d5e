package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the causes of what a verification has found (the guide, "Troubleshooting"). For each pod
 * that does not run, the cluster and the mirror are asked what explains it; then causes and
 * consequences are linked, so that one cause is reported once. Read-only. Thread-safe.
 */
public final class Diagnoser {
  private final ClusterClient cluster;
  private final @Nullable RegistryClient registries;
  private final ProductProfile profile;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a diagnoser.
   *
   * @param cluster is read; stays open
   * @param registries is asked for images, and whether the credentials of the cluster would do;
   *     stays open; null when the mirror cannot be read from this machine
   * @param profile whether a Job migrates the database
   * @param progress is sent the beginning and the end
   */
  public Diagnoser(
      ClusterClient cluster,
      @Nullable RegistryClient registries,
      ProductProfile profile,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.registries = registries;
    this.profile = profile;
    this.progress = progress;
  }

  /**
   * Finds the causes of the problems of a verification.
   *
   * @param installation the release, and the plan whose images it should run
   * @param report what the verification of the release has found
   * @return the causes; none for a report without problems
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public Diagnosis diagnose(Installation installation, VerificationReport report) {
    Progress run = Progress.of(ProgressEvent.Step.VERIFY, progress);
    return run.during(
        0,
        "Diagnosing " + installation.release().name(),
        () -> find(installation, report),
        Diagnosis::isOk,
        Diagnosis::summary);
  }

  private Diagnosis find(Installation installation, VerificationReport report) {
    CauseGraph graph = new CauseGraph();
    report.problems().forEach(graph::add);
    if (!report.problems().isEmpty()) {
      ClusterState state = new ClusterState(cluster, installation.namespaces());
      Owners owners = new Owners(state);
      MirrorQuestions mirror =
          new MirrorQuestions(state, new ClusterCredentials(state), registries);
      explainPods(installation, state, owners, mirror, graph);
      explainWorkloads(state, owners, graph);
      new StateCauses(state, mirror, graph).explain();
      new ServingKeyCauses(state, owners, graph).explain();
      Optional<StoredRevision> revision =
          LostObjectCauses.mayExplain(graph) || AbsentHooks.mayExplain(graph)
              ? StoredRevision.latest(cluster, installation.release())
              : Optional.empty();
      LostObjectCauses lost = new LostObjectCauses(state, revision, graph);
      lost.explain();
      AbsentHooks hooks = new AbsentHooks(state, revision, graph);
      hooks.explain();
      new Dependencies(state, owners, profile.migrationJob(), lost.missing(), hooks.jobs(), graph)
          .link();
      lost.explainConfigurations();
      new GitOpsCauses(report.managedBy(), graph).explain();
      new ObservedStates(state, owners, graph).add();
    }
    return Diagnosis.of(
        installation.release(), graph.causes(report.managedBy()), report.managedBy());
  }

  private void explainPods(
      Installation installation,
      ClusterState state,
      Owners owners,
      MirrorQuestions mirror,
      CauseGraph graph) {
    PullCauses pulls = new PullCauses(state, installation.plan(), mirror);
    graph.of(Subject.Kind.CONTAINER).stream()
        .filter(problem -> problem.code() == ProblemCode.IMAGE_DIGEST_UNVERIFIED)
        .forEach(problem -> pulls.explainUnverified(problem, graph));
    List<Explanation> explanations =
        List.of(
            new NodeCauses(state),
            new ConfigurationCauses(state),
            new SchedulingCauses(state, owners),
            pulls,
            new ContainerCauses(state));
    Map<Subject, KubernetesObject> pods = new HashMap<>();
    state.all(ResourceType.POD).forEach(pod -> pods.put(pod.subject(), pod));
    for (Problem problem : graph.of(Subject.Kind.POD)) {
      KubernetesObject pod = pods.get(problem.subject());
      if (pod != null) {
        Symptom symptom = new Symptom(pod, problem);
        for (Explanation explanation : explanations) {
          if (explanation.explain(symptom, graph)) {
            break;
          }
        }
      }
    }
  }

  private static void explainWorkloads(ClusterState state, Owners owners, CauseGraph graph) {
    AdmissionCauses admission = new AdmissionCauses(state, owners);
    NodeCauses nodes = new NodeCauses(state);
    ContainerCauses containers = new ContainerCauses(state);
    for (KubernetesObject workload : owners.workloads()) {
      for (Problem problem : graph.of(workload.subject())) {
        List<KubernetesObject> pods = owners.pods(workload);
        admission.explain(workload, problem, graph);
        // The verification does not check pods that have failed and are replaced.
        List<Symptom> failed =
            pods.stream()
                .filter(pod -> graph.of(pod.subject()).isEmpty())
                .filter(pod -> PodFields.phase(pod).equals("Failed"))
                .map(pod -> new Symptom(pod, problem))
                .filter(symptom -> !nodes.explain(symptom, graph))
                .sorted(Comparator.comparing(Diagnoser::created))
                .toList();
        failed.forEach(symptom -> containers.ends(symptom, graph));
        if (!failed.isEmpty()) {
          containers.outOfMemory(failed.get(failed.size() - 1), graph);
        }
      }
    }
  }

  private static String created(Symptom symptom) {
    return symptom.pod().fields().text("metadata", "creationTimestamp").orElse("");
  }
}
