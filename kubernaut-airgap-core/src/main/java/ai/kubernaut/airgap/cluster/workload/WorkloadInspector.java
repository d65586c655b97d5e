package ai.kubernaut.airgap.cluster.workload;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Judges pods and Jobs at one moment. Events and logs are only read where something needs an
 * explanation, and events once, so that each moment needs an inspector of its own. Read-only. Not
 * thread-safe.
 */
public final class WorkloadInspector {
  private static final int LOG_LINES = 50;

  private final ClusterClient cluster;
  private final ObjectEvents events;

  /** What the state of an object means. */
  public enum Result {
    /** The object is as it should be. */
    PASS,
    /** The object is not as it should be, and waiting does not change that. */
    FAIL,
    /** The object is not yet as it should be. */
    PENDING
  }

  /**
   * What was found about an object.
   *
   * @param result what its state means
   * @param fact what was found; empty unless the result is PASS
   * @param problem what is wrong; empty if the result is PASS
   */
  public record Finding(Result result, Optional<Fact> fact, Optional<Problem> problem) {
    private static Finding pass(FactCode code, Subject subject) {
      return new Finding(Result.PASS, Optional.of(Fact.of(code, subject)), Optional.empty());
    }

    private static Finding problem(
        Result result, ProblemCode code, Subject subject, Map<String, String> parameters) {
      return new Finding(
          result, Optional.empty(), Optional.of(Problem.of(code, subject, parameters)));
    }
  }

  /**
   * Creates an inspector.
   *
   * @param cluster is asked for events and logs; stays open
   */
  public WorkloadInspector(ClusterClient cluster) {
    this.cluster = cluster;
    this.events = new ObjectEvents(cluster);
  }

  /**
   * Judges a pod.
   *
   * @param pod the pod
   * @return PASS when it is ready or has completed; FAIL when it has failed, or cannot pull an
   *     image and the node has tried again
   */
  public Finding pod(KubernetesObject pod) {
    Subject subject = subject(Subject.Kind.POD, pod);
    String phase = PodFields.phase(pod);
    if (phase.equals("Succeeded")) {
      return Finding.pass(FactCode.POD_COMPLETED, subject);
    }
    if (phase.equals("Running") && PodFields.isTrue(pod, "Ready")) {
      return Finding.pass(FactCode.POD_READY, subject);
    }
    Optional<Fields> waiting =
        PodFields.statuses(pod).stream()
            .filter(status -> status.value("state", "waiting").isPresent())
            .findFirst();
    if (waiting.isPresent()) {
      return waiting(pod, waiting.get());
    }
    if (phase.equals("Running") && PodFields.isOwnedBy(pod, "Job")) {
      return pending(ProblemCode.POD_OF_JOB_RUNNING, subject, Map.of("log", logTail(pod)));
    }
    if (phase.equals("Pending") && pod.fields().text("spec", "nodeName").isEmpty()) {
      Optional<Finding> unscheduled = unscheduled(pod, subject);
      if (unscheduled.isPresent()) {
        return unscheduled.get();
      }
    }
    String detail = warning(pod).orElse("");
    String log = detail.isEmpty() ? logTail(pod) : "";
    return phase.equals("Running")
        ? pending(ProblemCode.POD_NOT_READY, subject, Map.of("detail", detail, "log", log))
        : Finding.problem(
            phase.equals("Failed") ? Result.FAIL : Result.PENDING,
            ProblemCode.POD_NOT_RUNNING,
            subject,
            Map.of("phase", phase, "detail", detail, "log", log));
  }

  /**
   * Judges a Job.
   *
   * @param job the Job
   * @param pods pods of its namespace; those that it owns explain why it failed
   * @return PASS when it is complete, FAIL when it has failed
   */
  public Finding job(KubernetesObject job, Collection<KubernetesObject> pods) {
    Subject subject = subject(Subject.Kind.JOB, job);
    if (PodFields.isTrue(job, "Complete")) {
      return Finding.pass(FactCode.JOB_COMPLETE, subject);
    }
    List<KubernetesObject> own = pods.stream().filter(pod -> isOwnedBy(pod, job)).toList();
    String pod = "";
    String log = "";
    for (KubernetesObject each : own) {
      String tail = logTail(each);
      if (!tail.isEmpty()) {
        pod = each.name();
        log = tail;
      }
    }
    if (PodFields.isTrue(job, "Failed")) {
      String detail =
          PodFields.condition(job, "Failed").flatMap(failed -> failed.text("message")).orElse("");
      return Finding.problem(
          Result.FAIL,
          ProblemCode.JOB_FAILED,
          subject,
          Map.of("detail", detail, "pod", pod, "log", log));
    }
    Optional<String> refused =
        own.isEmpty()
            ? latestEvent(job, "FailedCreate").map(ObjectEvents::message)
            : Optional.empty();
    return refused
        .map(detail -> pending(ProblemCode.JOB_WITHOUT_POD, subject, Map.of("detail", detail)))
        .orElse(pending(ProblemCode.JOB_NOT_COMPLETE, subject, Map.of("log", log)));
  }

  /**
   * Returns whether a pod belongs to a Job. A Job that was deleted and created again under its name
   * does not own the pods of the earlier one.
   *
   * @param pod the pod
   * @param job the Job
   * @return whether the Job is an owner of the pod
   */
  public static boolean isOwnedBy(KubernetesObject pod, KubernetesObject job) {
    Optional<String> uid = job.fields().text("metadata", "uid");
    return pod.namespace().equals(job.namespace())
        && pod.fields().list("metadata", "ownerReferences").stream()
            .filter(owner -> owner.text("name").orElse("").equals(job.name()))
            .anyMatch(
                owner ->
                    uid.isEmpty() || owner.text("uid").isEmpty() || owner.text("uid").equals(uid));
  }

  /**
   * Returns the latest warning about an object.
   *
   * @param object the object
   * @return the event; empty when there is none, or events cannot be read
   */
  public Optional<KubernetesObject> latestWarning(KubernetesObject object) {
    return events.latest(object, ObjectEvents::isWarning);
  }

  private Optional<String> warning(KubernetesObject object) {
    return latestWarning(object).map(ObjectEvents::message);
  }

  /**
   * Returns the latest event about an object.
   *
   * @param object the object
   * @return the event; empty when there is none, or events cannot be read
   */
  public Optional<KubernetesObject> latestEvent(KubernetesObject object) {
    return events.latest(object, event -> true);
  }

  /**
   * Returns the latest event about an object that has a reason.
   *
   * @param object the object
   * @param reason the reason, for example {@code TriggeredScaleUp}
   * @return the event; empty when there is none, or events cannot be read
   */
  public Optional<KubernetesObject> latestEvent(KubernetesObject object, String reason) {
    return events.latest(object, event -> event.fields().text("reason").orElse("").equals(reason));
  }

  /**
   * Returns the end of the log of the container that a pod fails by, in one line.
   *
   * @param pod the pod
   * @return empty when it cannot be read, which is not a failure of its own
   * @see #failing
   */
  public String logTail(KubernetesObject pod) {
    return logTail(pod, failing(pod));
  }

  /**
   * Returns the container that a pod fails by.
   *
   * @param pod the pod
   * @return the first container that has ended with a failure, init containers first; else the
   *     first one that runs and is not ready; else the first container
   */
  public static String failing(KubernetesObject pod) {
    List<Fields> statuses = PodFields.statuses(pod);
    return Stream.of(
            statuses.stream().filter(WorkloadInspector::hasFailed),
            pod.fields().list("status", "containerStatuses").stream()
                .filter(status -> !status.flag("ready")),
            pod.fields().list("spec", "containers").stream())
        .flatMap(each -> each)
        .flatMap(each -> each.text("name").stream())
        .findFirst()
        .orElse("");
  }

  private static boolean hasFailed(Fields status) {
    boolean runs = status.value("state", "running").isPresent();
    return status.number("state", "terminated", "exitCode").orElse(0) != 0
        || (!runs && status.number("lastState", "terminated", "exitCode").orElse(0) != 0);
  }

  /**
   * Returns the lines of the end of the log of a container that matter most, as one line: errors,
   * and where there are few, the last lines.
   *
   * @param pod the pod
   * @param container the name of the container
   * @return empty when it cannot be read, which is not a failure of its own
   */
  public String logTail(KubernetesObject pod, String container) {
    try {
      return LogExcerpt.of(
          cluster.log(pod.namespace().orElse(""), pod.name(), container, LOG_LINES));
    } catch (CancelledException e) {
      throw e;
    } catch (AirgapException noLog) {
      return "";
    }
  }

  private static Subject subject(Subject.Kind kind, KubernetesObject object) {
    return Subject.object(kind, object.namespace().orElse(null), object.name());
  }

  private static Finding pending(
      ProblemCode code, Subject subject, Map<String, String> parameters) {
    return Finding.problem(Result.PENDING, code, subject, parameters);
  }

  private Finding waiting(KubernetesObject pod, Fields status) {
    String reason = status.text("state", "waiting", "reason").orElse("waiting");
    String container = status.text("name").orElse("");
    Optional<String> message = status.text("state", "waiting", "message");
    if (PullFailure.REASONS.contains(reason)) {
      return pullFailure(pod, reason, container, message);
    }
    // A container that waits for the database or its schema crashes until it is there, so time may
    // cure it.
    boolean crashed = reason.equals("CrashLoopBackOff");
    return pending(
        ProblemCode.CONTAINER_WAITING,
        subject(Subject.Kind.POD, pod),
        Map.of(
            "reason",
            reason,
            "container",
            container,
            "detail",
            message.or(() -> warning(pod)).orElse(""),
            "log",
            crashed ? logTail(pod, container) : ""));
  }

  private Finding pullFailure(
      KubernetesObject pod, String reason, String container, Optional<String> message) {
    String state = message.orElse("");
    String event =
        events
            .latest(
                pod,
                each -> ObjectEvents.isWarning(each) && ObjectEvents.message(each).contains("pull"))
            .map(ObjectEvents::message)
            .orElse(state);
    Map<String, String> parameters =
        Map.of(
            "reason",
            reason,
            "container",
            container,
            "image",
            PodFields.image(pod, container),
            "detail",
            state.length() > event.length() ? state : event);
    // The first failure may be temporary; a pull that is backed off has failed again.
    return Finding.problem(
        reason.equals("ErrImagePull") ? Result.PENDING : Result.FAIL,
        PullFailure.code(state + " " + event),
        subject(Subject.Kind.POD, pod),
        parameters);
  }

  /** Why a pod has no node: no node fits, or no scheduler has looked at it. */
  private Optional<Finding> unscheduled(KubernetesObject pod, Subject subject) {
    Optional<Fields> scheduled = PodFields.condition(pod, "PodScheduled");
    if (scheduled.isPresent()) {
      return scheduled
          .filter(condition -> condition.text("status").orElse("").equals("False"))
          .map(
              condition ->
                  pending(
                      ProblemCode.POD_UNSCHEDULABLE,
                      subject,
                      Map.of(
                          "detail", condition.text("message").or(() -> warning(pod)).orElse(""))));
    }
    return latestEvent(pod).isPresent() || !PodFields.statuses(pod).isEmpty()
        ? Optional.empty()
        : Optional.of(
            pending(
                ProblemCode.POD_WITHOUT_SCHEDULER,
                subject,
                Map.of(
                    "scheduler",
                    pod.fields().text("spec", "schedulerName").orElse("default-scheduler"))));
  }
}
