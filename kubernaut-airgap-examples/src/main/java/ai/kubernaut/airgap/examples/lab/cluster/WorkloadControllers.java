package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Makes pods of the workloads, and the workloads' statuses of their pods. */
final class WorkloadControllers {
  private static final List<ResourceKind> WORKLOADS =
      List.of(
          ResourceKinds.DEPLOYMENT,
          ResourceKinds.REPLICA_SET,
          ResourceKinds.STATEFUL_SET,
          ResourceKinds.DAEMON_SET,
          ResourceKinds.JOB);

  /** What decides whether a pod may be created. */
  private static final List<ResourceKind> ADMISSION =
      List.of(
          ResourceKinds.ADMISSION_POLICY,
          ResourceKinds.ADMISSION_POLICY_BINDING,
          ResourceKinds.VALIDATING_WEBHOOKS,
          ResourceKinds.NAMESPACE,
          ResourceKinds.SERVICE_ACCOUNT);

  private final Store store;
  private final AdmissionPolicies policies;
  private final PodAdmission admission;
  private final EventRecorder events;

  private WorkloadControllers(Store store, AdmissionPolicies policies) {
    this.store = store;
    this.policies = policies;
    this.admission = new PodAdmission(store);
    this.events = new EventRecorder(store, "controller-manager");
  }

  static void start(Store store, EventLoop loop, AdmissionPolicies policies) {
    WorkloadControllers controllers = new WorkloadControllers(store, policies);
    store.addListener(change -> loop.execute(() -> controllers.on(change)));
  }

  private void on(Change change) {
    ObjectNode object = change.object();
    boolean quotaRemoved =
        change.kind().equals(ResourceKinds.QUOTA) && change.type() == Change.Type.DELETED;
    if (ADMISSION.contains(change.kind()) || quotaRemoved) {
      reconcileAll();
      return;
    }
    reconcile(change.kind(), Json.namespace(object), Json.name(object));
    for (JsonNode owner : object.at("/metadata/ownerReferences")) {
      WORKLOADS.stream()
          .filter(kind -> kind.kind().equals(Json.text(owner, "/kind")))
          .forEach(kind -> reconcile(kind, Json.namespace(object), Json.text(owner, "/name")));
    }
  }

  /** Creates a pod; one that a policy denies is tried again when the policies change. */
  private Optional<ObjectNode> create(ObjectNode pod, ObjectNode owner) {
    try {
      policies.admit(AdmissionPolicies.Request.create(ResourceKinds.POD, pod));
      admission.admit(pod);
    } catch (ApiException e) {
      events.warning(owner, "FailedCreate", "Error creating: " + e.getMessage());
      return Optional.empty();
    }
    return Optional.of(store.create(ResourceKinds.POD, pod));
  }

  private void reconcileAll() {
    for (ResourceKind kind : WORKLOADS) {
      store.list(kind, "").forEach(each -> reconcile(kind, Json.namespace(each), Json.name(each)));
    }
  }

  private void reconcile(ResourceKind kind, String namespace, String name) {
    if (!WORKLOADS.contains(kind)) {
      return;
    }
    Optional<ObjectNode> found = store.find(kind, namespace, name);
    if (found.isEmpty()) {
      return;
    }
    ObjectNode workload = found.get();
    switch (kind.kind()) {
      case "Deployment" -> deployment(workload);
      case "ReplicaSet" -> replicaSet(workload);
      case "StatefulSet" -> statefulSet(workload);
      case "DaemonSet" -> daemonSet(workload);
      default -> job(workload);
    }
  }

  private void deployment(ObjectNode deployment) {
    String hash = templateHash(deployment);
    String currentName = Json.name(deployment) + "-" + hash;
    int replicas = replicas(deployment);
    List<ObjectNode> sets = owned(ResourceKinds.REPLICA_SET, deployment);
    List<ObjectNode> old =
        sets.stream().filter(set -> !Json.name(set).equals(currentName)).toList();
    Optional<ObjectNode> current =
        sets.stream().filter(set -> Json.name(set).equals(currentName)).findFirst();
    int ready = current.map(set -> status(set, "readyReplicas")).orElse(0);

    boolean paused = deployment.at("/spec/paused").asBoolean(false);
    boolean recreate = Json.text(deployment, "/spec/strategy/type").equals("Recreate");
    if (!paused && (recreate || ready >= replicas)) {
      old.forEach(set -> scale(set, 0));
    }
    boolean oldRuns = old.stream().anyMatch(set -> status(set, "replicas") > 0);
    if (!paused && (!recreate || !oldRuns)) {
      if (current.isPresent()) {
        scale(current.get(), replicas);
      } else {
        store.create(ResourceKinds.REPLICA_SET, newReplicaSet(deployment, currentName, hash));
      }
    }

    int existing = sum(sets, "replicas");
    int updated = current.map(set -> status(set, "replicas")).orElse(0);
    int allReady = sum(sets, "readyReplicas");
    setStatus(
        ResourceKinds.DEPLOYMENT,
        deployment,
        status -> {
          counts(status, existing, allReady);
          status
              .put("updatedReplicas", updated)
              .put("availableReplicas", allReady)
              .put("unavailableReplicas", Math.max(0, replicas - allReady));
          boolean available = allReady >= replicas;
          Conditions.set(
              status,
              "Available",
              available ? "True" : "False",
              available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
              available
                  ? "Deployment has minimum availability."
                  : "Deployment does not have minimum availability.");
          if (paused) {
            Conditions.set(
                status, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused");
            return;
          }
          Conditions.set(
              status,
              "Progressing",
              "True",
              ready >= replicas ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
              "ReplicaSet \"%s\" %s"
                  .formatted(
                      currentName,
                      ready >= replicas ? "has successfully progressed." : "is progressing."));
        });
  }

  private static ObjectNode newReplicaSet(ObjectNode deployment, String name, String hash) {
    ObjectNode set = ResourceKinds.REPLICA_SET.newObject(Json.namespace(deployment), name);
    own(set, deployment);
    ObjectNode spec = set.putObject("spec").put("replicas", replicas(deployment));
    spec.set("selector", deployment.at("/spec/selector").deepCopy());
    spec.withObject("/selector/matchLabels").put("pod-template-hash", hash);
    spec.set("template", deployment.at("/spec/template").deepCopy());
    spec.withObject("/template/metadata/labels").put("pod-template-hash", hash);
    set.withObjectProperty("metadata")
        .set("labels", spec.at("/template/metadata/labels").deepCopy());
    return set;
  }

  private void scale(ObjectNode set, int replicas) {
    store.updateIfPresent(
        ResourceKinds.REPLICA_SET,
        Json.namespace(set),
        Json.name(set),
        each -> {
          each.withObjectProperty("spec").put("replicas", replicas);
          return each;
        });
  }

  private void replicaSet(ObjectNode set) {
    List<ObjectNode> pods = new ArrayList<>(owned(ResourceKinds.POD, set));
    // A pod that has ended, for example by an eviction, stays and is replaced.
    pods.removeIf(WorkloadControllers::hasEnded);
    int replicas = replicas(set);
    for (int i = pods.size(); i < replicas; i++) {
      create(newPod(set, Json.name(set) + "-" + UUID.randomUUID().toString().substring(0, 5)), set)
          .ifPresent(pods::add);
    }
    pods.sort(Comparator.comparing(WorkloadControllers::isReady).reversed());
    pods.stream().skip(replicas).forEach(this::deletePod);
    List<ObjectNode> kept = pods.subList(0, Math.min(replicas, pods.size()));
    setStatus(
        ResourceKinds.REPLICA_SET,
        set,
        status -> {
          counts(status, kept.size(), ready(kept));
          status.put("availableReplicas", ready(kept));
        });
  }

  private void statefulSet(ObjectNode set) {
    int replicas = replicas(set);
    List<String> names =
        IntStream.range(0, replicas).mapToObj(i -> Json.name(set) + "-" + i).toList();
    List<ObjectNode> kept = replace(set, names);
    String revision = Json.name(set) + "-" + templateHash(set);
    setStatus(
        ResourceKinds.STATEFUL_SET,
        set,
        status -> {
          counts(status, kept.size(), ready(kept));
          status
              .put("availableReplicas", ready(kept))
              .put("currentReplicas", kept.size())
              .put("updatedReplicas", kept.size())
              .put("currentRevision", revision)
              .put("updateRevision", revision);
        });
  }

  private void daemonSet(ObjectNode set) {
    List<String> names =
        store.list(ResourceKinds.NODE, "").stream()
            .filter(Nodes::runsPods)
            .map(node -> Json.name(set) + "-" + Json.name(node))
            .toList();
    List<ObjectNode> kept = replace(set, names);
    setStatus(
        ResourceKinds.DAEMON_SET,
        set,
        status ->
            status
                .put("observedGeneration", generation(set))
                .put("desiredNumberScheduled", names.size())
                .put("currentNumberScheduled", kept.size())
                .put("updatedNumberScheduled", kept.size())
                .put("numberReady", ready(kept))
                .put("numberAvailable", ready(kept))
                .put("numberMisscheduled", 0));
  }

  /**
   * Pods with fixed names: one made from an older template goes, and the next step makes it new.
   */
  private List<ObjectNode> replace(ObjectNode set, List<String> names) {
    String hash = templateHash(set);
    List<ObjectNode> kept = new ArrayList<>();
    for (ObjectNode pod : owned(ResourceKinds.POD, set)) {
      boolean current =
          pod.at("/metadata/labels").path("controller-revision-hash").asText("").equals(hash);
      if (current && names.contains(Json.name(pod))) {
        kept.add(pod);
      } else {
        deletePod(pod);
      }
    }
    for (String name : names) {
      if (store.find(ResourceKinds.POD, Json.namespace(set), name).isEmpty()) {
        ObjectNode pod = newPod(set, name);
        pod.withObject("/metadata/labels").put("controller-revision-hash", hash);
        create(pod, set).ifPresent(kept::add);
      }
    }
    return kept;
  }

  private void job(ObjectNode job) {
    if (Conditions.isTrue(job, "Complete") || Conditions.isTrue(job, "Failed")) {
      return;
    }
    List<ObjectNode> pods = owned(ResourceKinds.POD, job);
    int failed = inPhase(pods, "Failed");
    boolean succeeded = inPhase(pods, "Succeeded") > 0;
    boolean exhausted = !succeeded && failed > job.at("/spec/backoffLimit").asInt(6);
    boolean active = !succeeded && !exhausted;
    if (active && pods.size() == failed) {
      createPod(job);
    }
    setStatus(
        ResourceKinds.JOB,
        job,
        status -> {
          if (Json.text(status, "/startTime").isEmpty()) {
            status.put("startTime", Store.now());
          }
          status.put("active", active ? 1 : 0).put("ready", ready(pods)).put("failed", failed);
          if (succeeded) {
            status.put("succeeded", 1).put("completionTime", Store.now());
            Conditions.set(
                status,
                "Complete",
                "True",
                "CompletionsReached",
                "Reached expected number of succeeded pods");
          }
          if (exhausted) {
            Conditions.set(
                status,
                "Failed",
                "True",
                "BackoffLimitExceeded",
                "Job has reached the specified backoff limit");
          }
        });
  }

  private static int inPhase(List<ObjectNode> pods, String phase) {
    return (int) pods.stream().filter(pod -> Json.text(pod, "/status/phase").equals(phase)).count();
  }

  private void createPod(ObjectNode job) {
    ObjectNode pod =
        newPod(job, Json.name(job) + "-" + UUID.randomUUID().toString().substring(0, 5));
    pod.withObject("/metadata/labels")
        .put("job-name", Json.name(job))
        .put("batch.kubernetes.io/job-name", Json.name(job))
        .put("controller-uid", Json.uid(job))
        .put("batch.kubernetes.io/controller-uid", Json.uid(job));
    create(pod, job);
  }

  private void setStatus(ResourceKind kind, ObjectNode workload, Consumer<ObjectNode> change) {
    store.updateIfPresent(
        kind,
        Json.namespace(workload),
        Json.name(workload),
        object -> {
          ObjectNode status = object.withObjectProperty("status");
          status.put("observedGeneration", generation(workload));
          change.accept(status);
          return object;
        });
  }

  private static void counts(ObjectNode status, int replicas, int ready) {
    status.put("replicas", replicas).put("readyReplicas", ready);
  }

  private List<ObjectNode> owned(ResourceKind kind, ObjectNode owner) {
    Predicate<JsonNode> isOwned =
        object ->
            Json.elements(object, "/metadata/ownerReferences")
                .anyMatch(reference -> Json.text(reference, "/uid").equals(Json.uid(owner)));
    return store.list(kind, Json.namespace(owner)).stream()
        .filter(isOwned)
        .filter(each -> !Store.isTerminating(each))
        .toList();
  }

  private static ObjectNode newPod(ObjectNode owner, String name) {
    ObjectNode pod = ResourceKinds.POD.newObject(Json.namespace(owner), name);
    JsonNode template = owner.at("/spec/template");
    for (String field : List.of("labels", "annotations")) {
      if (template.at("/metadata/" + field).isObject()) {
        pod.withObjectProperty("metadata").set(field, template.at("/metadata/" + field).deepCopy());
      }
    }
    own(pod, owner);
    pod.set("spec", template.path("spec").deepCopy());
    return pod;
  }

  private static void own(ObjectNode dependent, ObjectNode owner) {
    dependent
        .withObjectProperty("metadata")
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", Json.text(owner, "/apiVersion"))
        .put("kind", Json.text(owner, "/kind"))
        .put("name", Json.name(owner))
        .put("uid", Json.uid(owner))
        .put("controller", true)
        .put("blockOwnerDeletion", true);
  }

  private void deletePod(ObjectNode pod) {
    if (store.find(ResourceKinds.POD, Json.namespace(pod), Json.name(pod)).isPresent()) {
      store.delete(ResourceKinds.POD, Json.namespace(pod), Json.name(pod), false);
    }
  }

  private static String templateHash(ObjectNode workload) {
    return "%08x".formatted(workload.at("/spec/template").hashCode());
  }

  private static int replicas(JsonNode workload) {
    return workload.at("/spec/replicas").asInt(1);
  }

  private static int generation(JsonNode object) {
    return object.at("/metadata/generation").asInt(1);
  }

  private static int status(JsonNode workload, String field) {
    return workload.path("status").path(field).asInt(0);
  }

  private static int sum(List<ObjectNode> workloads, String field) {
    return workloads.stream().mapToInt(each -> status(each, field)).sum();
  }

  private static int ready(List<ObjectNode> pods) {
    return (int) pods.stream().filter(WorkloadControllers::isReady).count();
  }

  private static boolean hasEnded(JsonNode pod) {
    String phase = Json.text(pod, "/status/phase");
    return phase.equals("Failed") || phase.equals("Succeeded");
  }

  private static boolean isReady(JsonNode pod) {
    return Conditions.isTrue(pod, "Ready");
  }
}
