package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.WorkloadInspector;
import ai.kubernaut.airgap.install.HookJudge.Doubt;
import ai.kubernaut.airgap.install.HookJudge.Verdict;
import ai.kubernaut.airgap.outcome.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at the hooks of one operation of Helm while they run, and finds out which of them can no
 * longer succeed. What existed before the operation is not judged. Not thread-safe.
 */
final class HookWatch {
  private final ClusterClient cluster;
  private final ReleaseHooks hooks;
  private final HookJudge judge;
  private final Set<String> earlier = new HashSet<>();
  private final Map<String, Attempt> attempts = new HashMap<>();
  private final Map<String, String> told = new HashMap<>();
  private Map<String, Suspicion> suspicions = new LinkedHashMap<>();
  private List<Problem> problems = List.of();

  /**
   * A problem of a hook.
   *
   * @param since when one of its kind was first seen, in nanoseconds
   */
  private record Suspicion(Problem problem, Duration patience, long since) {
    boolean isCertain(long now) {
      return now - since >= patience.toNanos();
    }
  }

  /** The last attempt of a Job that has left a log. */
  private record Attempt(String pod, String log) {}

  /**
   * What one look has found.
   *
   * @param news lines for people about what has changed
   * @param certain why hooks cannot succeed; empty as long as that is not certain
   */
  record Look(List<String> news, List<Problem> certain) {}

  /**
   * Notes what exists before the operation begins.
   *
   * @param cluster is read
   * @param grace how long a hook may have a problem that can pass
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be read
   */
  HookWatch(ClusterClient cluster, ReleaseHooks hooks, Duration grace) {
    this.cluster = cluster;
    this.hooks = hooks;
    this.judge = new HookJudge(grace);
    List<KubernetesObject> existing = list(ResourceType.JOB);
    existing.addAll(list(ResourceType.POD));
    existing.forEach(object -> earlier.add(id(object)));
  }

  private List<KubernetesObject> list(ResourceType type) {
    List<KubernetesObject> objects = new ArrayList<>();
    for (String namespace : hooks.namespaces()) {
      objects.addAll(cluster.list(type, namespace, Map.of()));
    }
    objects.removeIf(object -> earlier.contains(id(object)) || isBeingDeleted(object));
    return objects;
  }

  private static String id(KubernetesObject object) {
    return object.fields().text("metadata", "uid").orElse(object.toString());
  }

  private static boolean isBeingDeleted(KubernetesObject object) {
    return object.fields().text("metadata", "deletionTimestamp").isPresent();
  }

  /**
   * Takes a look.
   *
   * @param now the time in nanoseconds
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be read
   */
  Look look(long now) {
    List<KubernetesObject> jobs = list(ResourceType.JOB);
    List<KubernetesObject> pods = list(ResourceType.POD);
    Moment moment = new Moment(now);
    jobs.stream()
        .filter(hooks::contains)
        .forEach(
            job ->
                moment.job(
                    job,
                    pods.stream()
                        .filter(pod -> WorkloadInspector.isOwnedBy(pod, job))
                        .sorted(Comparator.comparing(HookWatch::created))
                        .toList()));
    // The template of a Job may have the annotations of a hook, too.
    pods.stream()
        .filter(hooks::contains)
        .filter(pod -> pod.fields().list("metadata", "ownerReferences").isEmpty())
        .forEach(moment::pod);
    suspicions = moment.found;
    if (moment.sawHook) {
      // A hook that Helm removes afterwards may be why Helm fails.
      problems = suspicions.values().stream().map(Suspicion::problem).toList();
    }
    return new Look(
        moment.news,
        suspicions.values().stream()
            .filter(suspicion -> suspicion.isCertain(now))
            .map(Suspicion::problem)
            .toList());
  }

  private static String created(KubernetesObject object) {
    return object.fields().text("metadata", "creationTimestamp").orElse("");
  }

  private static boolean isTrue(KubernetesObject job, String type) {
    return job.fields().list("status", "conditions").stream()
        .filter(condition -> condition.text("type").orElse("").equals(type))
        .anyMatch(condition -> condition.text("status").orElse("").equals("True"));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Returns the problems that the hooks had when they were last seen, certain or not. */
  List<Problem> problems() {
    return problems;
  }

  /** One look at the cluster. */
  private final class Moment {
    private final long now;
    private final WorkloadInspector inspector = new WorkloadInspector(cluster);
    private final List<String> news = new ArrayList<>();
    private final Map<String, Suspicion> found = new LinkedHashMap<>();
    private boolean sawHook;

    Moment(long now) {
      this.now = now;
    }

    void pod(KubernetesObject pod) {
      sawHook = true;
      Verdict verdict = judge.pod(inspector, pod, null);
      verdict.doubt().ifPresent(doubt -> suspect(pod, doubt));
      tell(pod, "hook Pod " + pod.name() + ": " + verdict.state());
    }

    void job(KubernetesObject job, List<KubernetesObject> pods) {
      sawHook = true;
      String hook = "hook Job " + job.name() + ": ";
      pods.forEach(pod -> keepLogOfFailed(job, pod));
      if (isTrue(job, "Complete")) {
        tell(job, hook + "complete");
        return;
      }
      if (isTrue(job, "Failed")) {
        Problem problem = withLog(job, inspector.job(job, pods).problem().orElseThrow());
        suspect(job, judge.failed(problem));
        tell(job, hook + problem.message());
        return;
      }
      if (pods.isEmpty()) {
        Verdict verdict = judge.withoutPod(inspector, job);
        verdict.doubt().ifPresent(doubt -> suspect(job, doubt));
        tell(job, hook + verdict.state());
      }
      for (KubernetesObject pod : pods) {
        Verdict verdict = judge.pod(inspector, pod, job);
        verdict.doubt().ifPresent(doubt -> suspect(pod, doubt));
        keepLog(job, pod, verdict.log());
        tell(pod, hook + "pod " + pod.name() + ": " + verdict.state());
      }
    }

    private void suspect(KubernetesObject object, Doubt doubt) {
      String key = id(object) + " " + doubt.kind();
      Suspicion before = suspicions.get(key);
      found.put(
          key,
          before == null
              ? new Suspicion(doubt.problem(), doubt.patience(), now)
              : new Suspicion(
                  doubt.problem(), shorter(before.patience, doubt.patience()), before.since));
    }

    private void keepLogOfFailed(KubernetesObject job, KubernetesObject pod) {
      Attempt kept = attempts.get(id(job));
      boolean isKept = kept != null && kept.pod.equals(pod.name());
      if (!isKept && pod.fields().text("status", "phase").orElse("").equals("Failed")) {
        keepLog(job, pod, inspector.logTail(pod));
      }
    }

    private void keepLog(KubernetesObject job, KubernetesObject pod, String log) {
      if (!log.isEmpty()) {
        attempts.put(id(job), new Attempt(pod.name(), log));
      }
    }

    /** A Job that fails may delete its pods, and the logs with them. */
    private Problem withLog(KubernetesObject job, Problem problem) {
      Attempt kept = attempts.get(id(job));
      if (kept == null || !problem.parameters().getOrDefault("log", "").isEmpty()) {
        return problem;
      }
      Map<String, String> parameters = new HashMap<>(problem.parameters());
      parameters.put("pod", kept.pod);
      parameters.put("log", kept.log);
      return Problem.of(problem.code(), problem.subject(), parameters);
    }

    private void tell(KubernetesObject object, String line) {
      if (!line.equals(told.put(id(object), line))) {
        news.add(line);
      }
    }
  }
}
