package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs pods as far as a pod runs without a program in it: its volumes are looked for, its images
 * are pulled, its containers are started in order.
 */
final class Kubelet implements AutoCloseable {
  private static final int PARALLEL_PULLS = 8;

  private final ClusterObjects store;
  private final EventLoop loop;
  private final Scheduler scheduler;
  private final EventRecorder events;
  private final DockerConfigs credentials;
  private final ImagePuller puller;
  private final Duration backOff;
  private final Fleet fleet;
  private final ExecutorService pulls;

  /** What is known of each pod, by its uid. Only the event loop touches this and the next. */
  private final Map<String, PodWork> works = new HashMap<>();

  private final Set<String> completedJobs = new HashSet<>();

  private Kubelet(
      ClusterObjects store,
      EventLoop loop,
      DockerConfigs credentials,
      ImagePuller puller,
      Duration backOff,
      Fleet fleet) {
    this.store = store;
    this.loop = loop;
    this.fleet = fleet;
    this.scheduler = new Scheduler(store, fleet);
    this.events = new EventRecorder(store, "kubelet");
    this.credentials = credentials;
    this.puller = puller;
    this.backOff = backOff;
    this.pulls =
        Executors.newFixedThreadPool(
            PARALLEL_PULLS,
            task -> {
              Thread thread = new Thread(task, "lab-image-pull");
              thread.setDaemon(true);
              return thread;
            });
  }

  static Kubelet start(
      ClusterObjects store,
      EventLoop loop,
      DockerConfigs credentials,
      ImagePuller puller,
      Duration backOff,
      Fleet fleet) {
    Kubelet kubelet = new Kubelet(store, loop, credentials, puller, backOff, fleet);
    store.addListener(change -> loop.execute(() -> kubelet.on(change)));
    loop.execute(kubelet::syncAll);
    return kubelet;
  }

  /** Looks at every pod, whether or not something has changed. */
  void syncAll() {
    store.list(ResourceKinds.JOB, "").forEach(this::remember);
    syncAll("");
  }

  @Override
  public void close() {
    pulls.shutdownNow();
  }

  private void on(Change change) {
    String namespace = Json.namespace(change.object());
    switch (change.kind().kind()) {
      case "Pod" -> {
        if (change.type() == Change.Type.DELETED) {
          works.remove(Json.uid(change.object()));
        } else if (Conditions.isTrue(change.object(), "Ready")) {
          // Others may have waited for it.
          syncAll(namespace);
        } else {
          resync(change.object());
        }
      }
      case "Job" -> {
        if (remember(change.object())) {
          syncAll(namespace);
        }
      }
      case "Secret", "ConfigMap", "PersistentVolumeClaim" -> syncAll(namespace);
      case "Node" -> syncAll("");
      default -> {}
    }
  }

  /** Remembers a Job that has completed; returns whether it is a new one. */
  private boolean remember(JsonNode job) {
    return Conditions.isTrue(job, "Complete")
        && completedJobs.add(Json.namespace(job) + "/" + Json.name(job));
  }

  private void syncAll(String namespace) {
    store.list(ResourceKinds.POD, namespace).stream()
        .filter(Kubelet::isUnfinished)
        .forEach(pod -> EventLoop.run(() -> sync(pod)));
  }

  /** Nothing in the cluster changes a pod that is ready or has ended, but a deletion. */
  private static boolean isUnfinished(JsonNode pod) {
    String phase = Json.text(pod, "/status/phase");
    boolean isSettled =
        Conditions.isTrue(pod, "Ready") || phase.equals("Succeeded") || phase.equals("Failed");
    return !isSettled || Store.isTerminating(pod);
  }

  private void sync(ObjectNode pod) {
    String assigned = Json.text(pod, "/spec/nodeName");
    if (!assigned.isEmpty() && !fleet.has(assigned)) {
      return;
    }
    if (Store.isTerminating(pod)) {
      if (!assigned.isEmpty()) {
        store.end(pod);
      }
      return;
    }
    PodWork work = works.computeIfAbsent(Json.uid(pod), uid -> new PodWork());
    if (work.node.isEmpty()) {
      Optional<String> node = assigned.isEmpty() ? schedule(pod) : Optional.of(assigned);
      if (node.isEmpty()) {
        return;
      }
      work.node = node;
      work.hostAddress =
          store
              .find(ResourceKinds.NODE, "", node.get())
              .map(found -> Json.text(found, "/status/addresses/0/address"))
              .orElse("");
    }
    if (!runs(work.node.get())) {
      return;
    }
    work.state = advance(pod, work);
    store.updateIfPresent(
        ResourceKinds.POD,
        Json.namespace(pod),
        Json.name(pod),
        each -> Json.uid(each).equals(Json.uid(pod)) ? PodStatus.write(each, work) : each);
  }

  /** The kubelet of a node that is not ready does nothing. */
  private boolean runs(String node) {
    return store
        .find(ResourceKinds.NODE, "", node)
        .map(found -> Conditions.isTrue(found, "Ready"))
        .orElse(true);
  }

  private Optional<String> schedule(ObjectNode pod) {
    Optional<String> node = scheduler.nodeFor(pod);
    node.ifPresent(found -> store.bind(pod, found));
    return node;
  }

  /** Takes the pod as far as it can go now. */
  private PodWork.State advance(ObjectNode pod, PodWork work) {
    if (work.hasEnded()) {
      return work.state;
    }
    PodNeeds needs = new PodNeeds(store, pod);
    // What is mounted, or has been started, stays so when its source goes away.
    Optional<String> missingVolume =
        work.mounted
            ? Optional.empty()
            : needs.missingVolume().or(() -> LabAnnotations.mountError(pod));
    if (missingVolume.isPresent()) {
      String message = missingVolume.get();
      if (work.told.add(message)) {
        events.warning(pod, "FailedMount", "MountVolume.SetUp failed for volume " + message);
      }
      return PodWork.State.NOT_STARTED;
    }
    work.mounted = true;
    for (JsonNode container : PodStatus.containers(pod)) {
      String name = Json.text(container, "/name");
      String image = Json.text(container, "/image");
      if (work.started.contains(name)) {
        if (PodStatus.isCrashedInit(pod, name)) {
          return PodWork.State.NOT_STARTED;
        }
        continue;
      }
      work.current = name;
      if (!work.pulled.containsKey(name)) {
        if (!work.pulling && work.waiting.isEmpty()) {
          pull(pod, work, name, image);
        }
        return PodWork.State.NOT_STARTED;
      }
      Optional<String> missing = needs.missingVariable(container);
      if (missing.isPresent()) {
        if (work.told.add(name + missing.get())) {
          events.warning(pod, "Failed", "Error: " + missing.get());
        }
        work.waiting =
            Optional.of(new PodWork.Waiting("CreateContainerConfigError", missing.get()));
        return PodWork.State.NOT_STARTED;
      }
      Optional<String> startError = LabAnnotations.startError(pod);
      if (startError.isPresent()) {
        work.waiting = Optional.of(new PodWork.Waiting("RunContainerError", startError.get()));
        return PodWork.State.NOT_STARTED;
      }
      work.waiting = Optional.empty();
      work.started.add(name);
      events.normal(pod, "Started", "Started container " + name);
      if (PodStatus.isCrashedInit(pod, name)) {
        return PodWork.State.NOT_STARTED;
      }
    }
    return end(pod, needs, work);
  }

  private PodWork.State end(ObjectNode pod, PodNeeds needs, PodWork work) {
    if (!pod.at("/spec/restartPolicy").asText("Always").equals("Always")) {
      if (!LabAnnotations.neededPod(pod).map(needs::hasReadyPod).orElse(true)) {
        return PodWork.State.RUNNING;
      }
      if (LabAnnotations.exitCode(pod) != 0) {
        return PodWork.State.FAILED;
      }
      LabAnnotations.createdSecret(pod).ifPresent(name -> createSecret(pod, name));
      LabAnnotations.authoritySecret(pod)
          .ifPresent(name -> WebhookCertificates.setAuthority(store, Json.namespace(pod), name));
      LabAnnotations.deletedSecret(pod)
          .ifPresent(
              name -> store.removeIfPresent(ResourceKinds.SECRET, Json.namespace(pod), name));
      return PodWork.State.SUCCEEDED;
    }
    if (LabAnnotations.crash(pod).isPresent()) {
      return PodWork.State.CRASHED;
    }
    Optional<String> failingProbe = LabAnnotations.failingProbe(pod);
    if (failingProbe.isPresent()) {
      String message = "Readiness probe failed: " + failingProbe.get();
      if (work.told.add(message)) {
        events.warning(pod, "Unhealthy", message);
      }
      return PodWork.State.RUNNING;
    }
    boolean ready =
        LabAnnotations.neededJob(pod)
            .map(job -> completedJobs.contains(Json.namespace(pod) + "/" + job))
            .orElse(true);
    return ready ? PodWork.State.READY : PodWork.State.RUNNING;
  }

  private void pull(ObjectNode pod, PodWork work, String container, String image) {
    work.pulling = true;
    events.normal(pod, "Pulling", "Pulling image \"%s\"".formatted(image));
    Optional<String> refusal = LabAnnotations.pullError(pod);
    if (refusal.isPresent()) {
      String[] parts = refusal.get().split(" ", 2);
      loop.execute(() -> refused(pod, work, image, parts[0], parts[parts.length - 1]));
      return;
    }
    List<String> configs = credentials.forPod(pod, image);
    String architecture =
        store
            .find(ResourceKinds.NODE, "", work.node.orElse(""))
            .map(node -> Json.text(node, "/status/nodeInfo/architecture"))
            .orElse("amd64");
    try {
      pulls.execute(
          () -> {
            try {
              PulledImage pulled = puller.pull(image, configs, architecture);
              loop.execute(() -> pulled(pod, work, container, image, pulled));
            } catch (PullFailure e) {
              loop.execute(() -> failed(pod, work, image, String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
              // A puller that breaks is shown where its failures are shown.
              loop.execute(() -> failed(pod, work, image, e.toString()));
            }
          });
    } catch (RejectedExecutionException e) {
      // The cluster is being closed.
      work.pulling = false;
    }
  }

  private void pulled(
      ObjectNode pod, PodWork work, String container, String image, PulledImage pulled) {
    if (!isThere(pod)) {
      return;
    }
    work.pulling = false;
    work.failures = 0;
    work.waiting = Optional.empty();
    work.pulled.put(container, pulled);
    events.normal(pod, "Pulled", "Successfully pulled image \"%s\"".formatted(image));
    resync(pod);
  }

  private void failed(ObjectNode pod, PodWork work, String image, String answer) {
    if (!isThere(pod)) {
      return;
    }
    work.pulling = false;
    work.failures++;
    String message = "Failed to pull image \"%s\": %s".formatted(image, answer);
    work.waiting = Optional.of(new PodWork.Waiting("ErrImagePull", message));
    events.warning(pod, "Failed", message);
    events.warning(pod, "Failed", "Error: ErrImagePull");
    resync(pod);

    // Doubled with each failure, up to ten times as long.
    Duration pause = backOff.multipliedBy(Math.min(10, 1L << Math.min(work.failures - 1, 4)));
    loop.schedule(pause.dividedBy(2), () -> backOff(pod, work, image, "ErrImagePull: " + answer));
    loop.schedule(pause, () -> retry(pod, work));
  }

  /** The runtime refuses the image by a reason of its own, as for a signature that is missing. */
  private void refused(ObjectNode pod, PodWork work, String image, String reason, String answer) {
    if (!isThere(pod)) {
      return;
    }
    work.pulling = false;
    work.failures++;
    String message =
        reason.equals("SignatureValidationFailed")
            ? "image pull failed for %s because the signature validation failed: %s"
                .formatted(image, answer)
            : answer;
    work.waiting = Optional.of(new PodWork.Waiting(reason, message));
    events.warning(
        pod, "Failed", "Failed to pull image \"%s\": %s: %s".formatted(image, reason, answer));
    events.warning(pod, "Failed", "Error: " + reason);
    resync(pod);
    loop.schedule(backOff, () -> backOff(pod, work, image, reason + ": " + message));
  }

  private void backOff(ObjectNode pod, PodWork work, String image, String failure) {
    if (isThere(pod)) {
      String message = "Back-off pulling image \"%s\"".formatted(image);
      work.waiting = Optional.of(new PodWork.Waiting("ImagePullBackOff", message + ": " + failure));
      events.normal(pod, "BackOff", message);
      events.warning(pod, "Failed", "Error: ImagePullBackOff");
      resync(pod);
    }
  }

  /** The status goes on to show the last failure until the pull has an answer. */
  private void retry(ObjectNode pod, PodWork work) {
    if (isThere(pod) && !work.pulling) {
      PodStatus.containers(pod).stream()
          .filter(container -> Json.text(container, "/name").equals(work.current))
          .forEach(container -> pull(pod, work, work.current, Json.text(container, "/image")));
    }
  }

  private boolean isThere(ObjectNode pod) {
    return works.containsKey(Json.uid(pod));
  }

  private void resync(ObjectNode pod) {
    store
        .find(ResourceKinds.POD, Json.namespace(pod), Json.name(pod))
        .filter(current -> Json.uid(current).equals(Json.uid(pod)))
        .filter(Kubelet::isUnfinished)
        .ifPresent(this::sync);
  }

  private void createSecret(ObjectNode pod, String name) {
    if (store.find(ResourceKinds.SECRET, Json.namespace(pod), name).isEmpty()) {
      ObjectNode secret = ResourceKinds.SECRET.newObject(Json.namespace(pod), name);
      secret.put("type", "kubernetes.io/tls");
      String service = LabAnnotations.certifiedService(pod).orElse(name.replaceFirst("-tls$", ""));
      WebhookCertificates.create(service, Json.namespace(pod), LabAnnotations.certificateDays(pod))
          .forEach(secret.putObject("data")::put);
      store.create(ResourceKinds.SECRET, secret);
    }
  }
}
