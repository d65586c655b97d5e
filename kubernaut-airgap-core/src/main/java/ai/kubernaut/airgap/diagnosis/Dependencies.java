package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ObjectTexts;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.diagnosis.PodReferences.Reference;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which problems of a release cause which others: pods make workloads, Jobs and services fail, Jobs
 * leave Secrets and database schemas missing, and a service without a ready pod makes those fail
 * that name it.
 */
final class Dependencies {
  /** Problems that may only be there because something else is missing. */
  private static final Set<ProblemCode> DEPENDENT =
      Set.of(
          ProblemCode.CONTAINER_CRASHED,
          ProblemCode.PROBE_FAILED,
          ProblemCode.POD_NOT_READY,
          ProblemCode.POD_NOT_RUNNING,
          ProblemCode.POD_OF_JOB_RUNNING,
          ProblemCode.CONTAINER_WAITING,
          ProblemCode.JOB_FAILED,
          ProblemCode.JOB_NOT_COMPLETE);

  /** What a verification says of a workload whose pods have a problem. */
  private static final Set<ProblemCode> OF_PODS =
      Set.of(
          ProblemCode.WORKLOAD_NOT_READY,
          ProblemCode.WORKLOAD_NOT_UPDATED,
          ProblemCode.JOB_FAILED,
          ProblemCode.JOB_NOT_COMPLETE,
          ProblemCode.JOB_WITHOUT_POD);

  /** What a verification says of a claim; the diagnosis says why. */
  private static final Set<ProblemCode> CLAIM_SYMPTOMS =
      Set.of(ProblemCode.CLAIM_NOT_BOUND, ProblemCode.CLAIM_MISSING);

  /** Jobs that are missing because something before them has failed. */
  private static final Set<ProblemCode> NOT_CREATED =
      Set.of(ProblemCode.MIGRATION_JOB_MISSING, ProblemCode.HOOK_NOT_RUN);

  /** What Helm has stored of a hook without a Job that has not succeeded. */
  private static final Set<ProblemCode> NOT_SUCCEEDED =
      Set.of(
          ProblemCode.MIGRATION_JOB_MISSING,
          ProblemCode.HOOK_NOT_RUN,
          ProblemCode.HOOK_NOT_COMPLETE,
          ProblemCode.HOOK_FAILED);

  /** Why a pod has no node. */
  private static final Set<ProblemCode> NOT_SCHEDULED =
      Set.of(ProblemCode.POD_UNSCHEDULABLE, ProblemCode.POD_WITHOUT_SCHEDULER);

  /** What a verification says of a release that has no workload. */
  static final Set<ProblemCode> WITHOUT_WORKLOADS =
      Set.of(ProblemCode.WORKLOADS_MISSING, ProblemCode.WORKLOADS_NOT_SELECTED);

  private static final Set<ProblemCode> CERTIFICATES =
      Set.of(ProblemCode.WEBHOOK_CA_MISSING, ProblemCode.WEBHOOK_CA_INVALID);

  private static final Set<String> WEBHOOK_TYPES =
      Set.of("mutatingwebhookconfiguration", "validatingwebhookconfiguration");

  private final ClusterState state;
  private final Owners owners;
  private final Optional<String> migrationJob;
  private final List<KubernetesObject> missing;
  private final List<KubernetesObject> jobs;
  private final CauseGraph graph;
  private final ServiceUses uses;

  /**
   * Creates the dependencies.
   *
   * @param missing the workloads and services that the release has, and the cluster does not
   * @param hooks the Jobs of hooks that do not exist
   */
  Dependencies(
      ClusterState state,
      Owners owners,
      Optional<String> migrationJob,
      List<KubernetesObject> missing,
      List<KubernetesObject> hooks,
      CauseGraph graph) {
    this.state = state;
    this.owners = owners;
    this.migrationJob = migrationJob;
    this.missing = missing;
    this.jobs = Stream.concat(state.all(ResourceType.JOB).stream(), hooks.stream()).toList();
    this.graph = graph;
    this.uses = new ServiceUses(state);
  }

  void link() {
    podsToWorkloads();
    claims();
    missingSecrets();
    services();
    migration();
    webhooks();
    certificates();
    release();
  }

  private void podsToWorkloads() {
    for (KubernetesObject workload : owners.workloads()) {
      for (Problem ofWorkload : graph.of(workload.subject())) {
        if (OF_PODS.contains(ofWorkload.code())) {
          owners
              .pods(workload)
              .forEach(pod -> graph.first(pod).ifPresent(cause -> graph.link(cause, ofWorkload)));
        }
      }
    }
    for (KubernetesObject service : state.all(ResourceType.SERVICE)) {
      for (Problem ofService : graph.of(service.subject())) {
        behind(service).forEach(cause -> graph.link(cause, ofService));
      }
    }
  }

  /** What keeps a service from having ready pods. */
  private List<Problem> behind(KubernetesObject service) {
    List<Problem> problems = new ArrayList<>(changes(service));
    if (problems.isEmpty()) {
      for (KubernetesObject pod : owners.podsBehind(service)) {
        graph.first(pod).ifPresent(problems::add);
      }
    }
    if (problems.isEmpty()) {
      for (KubernetesObject workload : owners.workloadsBehind(service)) {
        graph.first(workload).ifPresent(problems::add);
      }
    }
    if (problems.isEmpty()) {
      missing.stream()
          .filter(object -> object.equals(service) || isBehind(object, service))
          .forEach(object -> graph.first(object).ifPresent(problems::add));
    }
    return problems;
  }

  /** What the service has lost since the release was deployed. */
  private List<Problem> changes(KubernetesObject service) {
    return graph.of(service.subject()).stream()
        .filter(problem -> problem.code() == ProblemCode.RELEASE_OBJECT_CHANGED)
        .toList();
  }

  private static boolean isBehind(KubernetesObject workload, KubernetesObject service) {
    return workload.namespace().equals(service.namespace())
        && PodFields.selects(service, Owners.template(workload).labels());
  }

  private void claims() {
    for (Problem symptom : graph.of(Subject.Kind.OBJECT)) {
      if (CLAIM_SYMPTOMS.contains(symptom.code())) {
        graph.of(symptom.subject()).stream()
            .filter(cause -> !CLAIM_SYMPTOMS.contains(cause.code()))
            .forEach(cause -> graph.link(cause, symptom));
        if (!graph.isCaused(symptom)) {
          waitingPods(symptom).forEach(pod -> graph.link(pod, symptom));
        }
      }
    }
  }

  /** The pods that a claim waits for: it gets its volume on the node of the pod. */
  private List<Problem> waitingPods(Problem claim) {
    String name = claim.subject().name();
    String path = name.substring(name.lastIndexOf(' ') + 1);
    return PodReferences.readers(state, ResourceType.PERSISTENT_VOLUME_CLAIM, path).stream()
        .flatMap(pod -> graph.of(pod.subject()).stream())
        .filter(problem -> NOT_SCHEDULED.contains(problem.code()))
        .toList();
  }

  /** A Secret that does not exist although a Job that names it has not succeeded. */
  private void missingSecrets() {
    for (Problem secret : graph.of(Subject.Kind.SECRET)) {
      if (secret.code() != ProblemCode.SECRET_NOT_FOUND) {
        continue;
      }
      String name = secret.subject().name();
      String shortName = name.substring(name.indexOf('/') + 1);
      for (KubernetesObject job : jobs) {
        if (mentions(job, shortName) && !needs(job, shortName)) {
          graph.first(job).ifPresent(problem -> graph.link(problem, secret));
        }
      }
    }
  }

  /** Whether the template of a Job has a name anywhere. */
  private static boolean mentions(KubernetesObject job, String name) {
    return ObjectTexts.in(Owners.template(job).fields().content())
        .anyMatch(text -> ObjectTexts.hasName(text, name));
  }

  /** Whether the pod of a Job itself waits for a Secret. */
  private static boolean needs(KubernetesObject job, String secret) {
    return PodReferences.of(Owners.template(job)).stream()
        .filter(reference -> reference.type().equals(ResourceType.SECRET))
        .map(Reference::name)
        .anyMatch(secret::equals);
  }

  private void services() {
    List<KubernetesObject> services =
        Stream.concat(
                state.all(ResourceType.SERVICE).stream().filter(this::doesNotServe),
                missing.stream().filter(object -> object.kind().equals("Service")))
            .toList();
    for (KubernetesObject dependent : podsAndJobs()) {
      List<Problem> own = unexplained(dependent);
      if (own.isEmpty()) {
        continue;
      }
      for (KubernetesObject service : services) {
        boolean serves = dependent.kind().equals("Pod") && PodFields.isBehind(dependent, service);
        if (!serves) {
          own.stream()
              .filter(problem -> uses.mayFailWithout(dependent, problem, service))
              .forEach(problem -> depend(problem, service));
        }
      }
    }
  }

  /** The problems of a pod or a Job that may only be there because something else is missing. */
  private List<Problem> unexplained(KubernetesObject dependent) {
    return graph.of(dependent.subject()).stream()
        .filter(problem -> DEPENDENT.contains(problem.code()) && !graph.isCaused(problem))
        .toList();
  }

  private void depend(Problem consequence, KubernetesObject service) {
    List<Problem> causes = behind(service);
    for (Problem cause : causes.isEmpty() ? scaledToZero(service) : causes) {
      if (graph.link(cause, consequence)) {
        graph.add(
            consequence,
            Fact.of(
                FactCode.SERVICE_REFERENCED,
                consequence.subject(),
                Map.of("service", service.name())));
      }
    }
  }

  /** The workloads of a service that should have no pods; only a problem if somebody needs them. */
  private List<Problem> scaledToZero(KubernetesObject service) {
    List<Problem> problems = new ArrayList<>();
    for (KubernetesObject workload : owners.workloadsBehind(service)) {
      if (workload.fields().number("spec", "replicas").orElse(1) == 0) {
        Subject subject = workload.subject();
        Problem problem =
            Problem.of(
                ProblemCode.WORKLOAD_SCALED_TO_ZERO, subject, Map.of("service", service.name()));
        graph.add(problem, Fact.of(FactCode.REPLICAS_CONFIGURED, subject, Map.of("replicas", "0")));
        problems.add(problem);
      }
    }
    return problems;
  }

  private List<KubernetesObject> podsAndJobs() {
    return Stream.concat(state.all(ResourceType.POD).stream(), state.all(ResourceType.JOB).stream())
        .toList();
  }

  private boolean doesNotServe(KubernetesObject service) {
    return hasNoReadyPod(service) || !changes(service).isEmpty();
  }

  private boolean hasNoReadyPod(KubernetesObject service) {
    return !service.fields().strings("spec", "selector").isEmpty()
        && owners.podsBehind(service).stream().noneMatch(pod -> PodFields.isTrue(pod, "Ready"));
  }

  /** What uses the database of the migration Job fails until the Job has succeeded. */
  private void migration() {
    for (KubernetesObject job : jobs) {
      if (migrationJob.filter(job.name()::contains).isEmpty()) {
        continue;
      }
      Optional<Problem> ofJob = graph.first(job);
      if (ofJob.isEmpty()) {
        continue;
      }
      List<KubernetesObject> databases =
          state.all(ResourceType.SERVICE).stream()
              .filter(service -> uses.names(job, service))
              .toList();
      List<KubernetesObject> own = owners.pods(job);
      for (KubernetesObject pod : state.all(ResourceType.POD)) {
        List<Problem> unexplained = own.contains(pod) ? List.of() : unexplained(pod);
        unexplained.stream()
            .filter(problem -> uses.mayNeedSchema(pod, problem, job, databases))
            .forEach(problem -> graph.link(ofJob.get(), problem));
      }
    }
  }

  /** A webhook that does not respond because no pod of its service is ready. */
  private void webhooks() {
    for (Problem webhook : graph.of(Subject.Kind.OBJECT)) {
      if (webhook.code() == ProblemCode.WEBHOOK_SERVICE_MISSING) {
        String service = webhook.parameters().getOrDefault("service", "");
        graph
            .of(new Subject(Subject.Kind.SERVICE, service))
            .forEach(cause -> graph.link(cause, webhook));
      }
      if (webhook.code() == ProblemCode.WEBHOOK_UNAVAILABLE) {
        for (KubernetesObject service : state.all(ResourceType.SERVICE)) {
          boolean named =
              ObjectTexts.hasName(webhook.subject().name(), service.name())
                  || evidenceNames(webhook, service.name());
          if (named && doesNotServe(service)) {
            depend(webhook, service);
          }
        }
      }
    }
  }

  /** A webhook without its CA, because the hook that sets it has not succeeded. */
  private void certificates() {
    for (Problem webhook : graph.of(Subject.Kind.OBJECT)) {
      if (!CERTIFICATES.contains(webhook.code())) {
        continue;
      }
      String configuration =
          webhook.subject().name().substring(webhook.subject().name().lastIndexOf(' ') + 1);
      for (Problem hook : graph.of(Subject.Kind.JOB)) {
        Optional<KubernetesObject> job =
            jobs.stream().filter(each -> each.subject().equals(hook.subject())).findFirst();
        boolean sets =
            job.map(found -> setsAuthority(found, configuration))
                .orElse(NOT_SUCCEEDED.contains(hook.code()));
        if (sets) {
          graph.link(hook, webhook);
        }
      }
    }
  }

  /** Whether a Job changes a configuration of webhooks: it has its name or its type. */
  private static boolean setsAuthority(KubernetesObject job, String configuration) {
    return mentions(job, configuration)
        || ObjectTexts.in(Owners.template(job).fields().content())
            .map(text -> text.toLowerCase(Locale.ROOT))
            .anyMatch(text -> WEBHOOK_TYPES.stream().anyMatch(text::contains));
  }

  private boolean evidenceNames(Problem problem, String name) {
    return graph.evidence(problem).stream()
        .flatMap(fact -> fact.parameters().values().stream())
        .anyMatch(text -> ObjectTexts.hasName(text, name));
  }

  /** A release fails because of its Jobs and workloads; what it did not create is missing. */
  private void release() {
    Set<Problem> failed = new LinkedHashSet<>(graph.of(Subject.Kind.JOB));
    failed.removeIf(problem -> NOT_CREATED.contains(problem.code()));
    if (failed.isEmpty()) {
      failed.addAll(graph.of(Subject.Kind.DEPLOYMENT));
      failed.addAll(graph.of(Subject.Kind.STATEFUL_SET));
      failed.addAll(graph.of(Subject.Kind.DAEMON_SET));
    }
    if (failed.isEmpty()) {
      failed.addAll(graph.of(Subject.Kind.POD));
    }
    List<Problem> releases =
        graph.of(Subject.Kind.RELEASE).stream()
            .filter(problem -> !WITHOUT_WORKLOADS.contains(problem.code()))
            .toList();
    for (Problem release : releases) {
      if (release.code() == ProblemCode.RELEASE_NOT_DEPLOYED) {
        failed.forEach(cause -> graph.link(cause, release));
      }
    }
    List<Problem> missing = new ArrayList<>(graph.of(Subject.Kind.RELEASE));
    missing.removeAll(releases);
    graph.of(Subject.Kind.JOB).stream()
        .filter(problem -> NOT_CREATED.contains(problem.code()))
        .forEach(missing::add);
    // A hook that sets the CA comes after what has failed, unless a hook was found above.
    graph.of(Subject.Kind.OBJECT).stream()
        .filter(problem -> CERTIFICATES.contains(problem.code()) && !graph.isCaused(problem))
        .forEach(missing::add);
    for (Problem consequence : missing) {
      releases.forEach(release -> graph.link(release, consequence));
    }
  }
}
