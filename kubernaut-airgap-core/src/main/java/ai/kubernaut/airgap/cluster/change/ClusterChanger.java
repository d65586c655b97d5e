package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Plans, applies and undoes changes of a cluster.
 *
 * <p>Every write names the version of the object that the plan was made from. When the object has
 * changed meanwhile, it is read and planned again, and written with what others have changed;
 * nothing is forced. A field that another field manager applies is not set: that is a problem of
 * the plan. Thread-safe.
 */
public final class ClusterChanger {
  /** How often one object is planned again while others change it. */
  static final int ATTEMPTS = 10;

  private static final Set<ClusterException.Reason> RACES =
      Set.of(
          ClusterException.Reason.CONFLICT,
          ClusterException.Reason.ALREADY_EXISTS,
          ClusterException.Reason.NOT_FOUND);

  private final ClusterClient cluster;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates it.
   *
   * @param cluster the cluster
   * @param progress told what is done
   */
  public ClusterChanger(ClusterClient cluster, Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /**
   * Plans edits with the present objects of the cluster. Before a Secret is updated or removed, its
   * content is copied to a backup Secret beside it, because reports in files do not have it.
   * Read-only.
   *
   * @param edits the edits, in the order in which they shall be applied; no two of one object
   * @return the change; the problems of edits that cannot be planned are in it
   * @throws IllegalArgumentException when two edits are of one object
   * @throws ClusterException when the cluster cannot be asked
   */
  public ClusterChange plan(List<ObjectEdit> edits) {
    return plan(edits, true);
  }

  private ClusterChange plan(List<ObjectEdit> edits, boolean backups) {
    List<ClusterChange.PlannedEdit> planned = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (ObjectEdit edit : edits) {
      String object = edit.type() + " " + edit.namespace().orElse("") + "/" + edit.name();
      if (seen.contains(object)) {
        throw new IllegalArgumentException("two edits of one object: " + object);
      }
      seen.add(object);
      try {
        planned.add(plan(edit, backups));
      } catch (ClusterChangeException e) {
        problems.addAll(e.problems());
      }
    }
    return new ClusterChange(planned, problems);
  }

  private ClusterChange.PlannedEdit plan(ObjectEdit edit, boolean backups) {
    ObjectChange change = edit.plan(read(edit));
    requireNotApplied(change);
    Optional<KubernetesObject> backup = backups ? SecretBackup.of(change) : Optional.empty();
    return new ClusterChange.PlannedEdit(
        edit,
        backups,
        change,
        backup.map(
            wanted ->
                new ObjectChange(
                    ResourceType.SECRET,
                    wanted.namespace(),
                    wanted.name(),
                    Optional.empty(),
                    Optional.of(wanted))));
  }

  /** Refuses to set a field that another manager applies, and would set again. */
  private static void requireNotApplied(ObjectChange change) {
    if (change.action() != ObjectChange.Action.UPDATE) {
      return;
    }
    Map<String, String> owners =
        FieldOwners.of(change.before().orElseThrow(), change.after().orElseThrow());
    if (!owners.isEmpty()) {
      throw new ClusterChangeException(
          owners.entrySet().stream()
              .map(
                  owner ->
                      Problem.of(
                          ProblemCode.OBJECT_FIELD_APPLIED,
                          change.subject(),
                          Map.of("field", owner.getKey(), "manager", owner.getValue())))
              .toList());
    }
  }

  private Optional<KubernetesObject> read(ObjectEdit edit) {
    return cluster.get(edit.type(), edit.namespace().orElse(null), edit.name());
  }

  /**
   * Plans to take back a change. Objects that it has created are removed, objects that it has
   * updated or removed become what they were. For a report that was read from a file, the data of
   * Secrets comes from their backups. Read-only.
   *
   * @param report the report of the change
   * @return the opposite change; an object that was changed since is a problem in it
   * @throws ClusterException when the cluster cannot be asked
   */
  public ClusterChange undo(ChangeReport report) {
    return plan(UndoEdits.of(report, cluster), false);
  }

  /**
   * Applies a change, object by object, and stops at the first one that cannot be written.
   *
   * @param change a change without errors
   * @return what was changed; {@link ChangeReport#orElseThrow()} throws an exception if something
   *     was not
   * @throws ClusterChangeException when the plan has errors; nothing was changed
   * @throws CancelledException when the thread is interrupted; what was done stays done, and the
   *     report of it is that of the suppressed {@link ClusterChangeException}
   */
  public ChangeReport apply(ClusterChange change) {
    change.orElseThrow();
    return Progress.of(ProgressEvent.Step.CLUSTER_CHANGE, progress)
        .during(
            change.changes().size(),
            "changing the cluster " + cluster.address(),
            () -> applyAll(change),
            ChangeReport::isOk,
            report -> report.changes().size() + " objects changed");
  }

  private ChangeReport applyAll(ClusterChange change) {
    ChangeReport.Builder report = ChangeReport.builder().addAllProblems(change.problems());
    int left = change.edits().size();
    for (ClusterChange.PlannedEdit planned : change.edits()) {
      left--;
      if (!apply(planned, left, report)) {
        break;
      }
    }
    return report.build();
  }

  /** Returns whether to go on. */
  private boolean apply(ClusterChange.PlannedEdit first, int left, ChangeReport.Builder report) {
    ClusterChange.PlannedEdit planned = first;
    for (int attempt = 1; ; attempt++) {
      ObjectChange change = planned.change();
      try {
        if (planned.backup().isPresent()) {
          change = planned.backup().get();
          create(change, report);
        }
        change = planned.change();
        if (change.action() != ObjectChange.Action.NONE) {
          report.addChanges(write(change));
        }
        report.addFacts(Fact.of(code(change), change.subject()));
        return true;
      } catch (CancelledException e) {
        // The write may have been made, as when its response gets lost.
        report
            .addChanges(change)
            .addProblems(notWritten(change, left, String.valueOf(e.getMessage())));
        e.addSuppressed(new ClusterChangeException(report.build()));
        throw e;
      } catch (ClusterException e) {
        boolean raced = isRace(change, e);
        if (raced && attempt < ATTEMPTS) {
          Optional<ClusterChange.PlannedEdit> again = planAgain(planned, left, report);
          if (again.isEmpty()) {
            return false;
          }
          planned = again.get();
          continue;
        }
        report.addProblems(failure(change, raced, left, e));
        if (!raced) {
          uncertain(change, e).ifPresent(report::addChanges);
        }
        return false;
      }
    }
  }

  /** Creates a backup. One of this name has the same content, from a run that was cut short. */
  private void create(ObjectChange backup, ChangeReport.Builder report) {
    try {
      report.addChanges(write(backup));
      report.addFacts(Fact.of(code(backup), backup.subject()));
    } catch (ClusterException e) {
      if (e.reason() != ClusterException.Reason.ALREADY_EXISTS) {
        throw e;
      }
    }
  }

  /** Returns whether others have changed the object. A missing namespace is another failure. */
  private static boolean isRace(ObjectChange change, ClusterException e) {
    return RACES.contains(e.reason())
        && !(change.action() == ObjectChange.Action.CREATE
            && e.reason() == ClusterException.Reason.NOT_FOUND);
  }

  private Optional<ClusterChange.PlannedEdit> planAgain(
      ClusterChange.PlannedEdit planned, int left, ChangeReport.Builder report) {
    try {
      return Optional.of(plan(planned.edit(), planned.backups()));
    } catch (ClusterChangeException e) {
      report.addAllProblems(e.problems());
    } catch (ClusterException e) {
      report.addProblems(failure(planned.change(), false, left, e));
    }
    return Optional.empty();
  }

  private ObjectChange write(ObjectChange change) {
    KubernetesObject written;
    switch (change.action()) {
      case CREATE -> written = cluster.create(change.type(), change.after().orElseThrow());
      case UPDATE ->
          written =
              cluster.replace(
                  change.type(),
                  ObjectContent.onto(change.after().orElseThrow(), change.before().orElseThrow()));
      default -> {
        cluster.delete(change.type(), change.before().orElseThrow());
        return change;
      }
    }
    return new ObjectChange(
        change.type(), change.namespace(), change.name(), change.before(), Optional.of(written));
  }

  /** The change, if the API server may have made it before the response got lost. */
  private static Optional<ObjectChange> uncertain(ObjectChange change, ClusterException e) {
    return e.reason() == ClusterException.Reason.UNREACHABLE
            || e.reason() == ClusterException.Reason.SERVER
        ? Optional.of(change)
        : Optional.empty();
  }

  private static Problem failure(
      ObjectChange change, boolean raced, int left, ClusterException cause) {
    String detail = String.valueOf(cause.getMessage());
    Problem problem =
        raced
            ? Problem.of(
                ProblemCode.OBJECT_CONFLICT,
                change.subject(),
                Map.of("attempts", Integer.toString(ATTEMPTS), "left", Integer.toString(left)))
            : notWritten(change, left, detail);
    return problem.causedBy(cause);
  }

  private static Problem notWritten(ObjectChange change, int left, String detail) {
    return Problem.of(
        ProblemCode.OBJECT_NOT_WRITTEN,
        change.subject(),
        Map.of("detail", detail, "left", Integer.toString(left)));
  }

  private static FactCode code(ObjectChange change) {
    return switch (change.action()) {
      case CREATE -> FactCode.OBJECT_CREATED;
      case UPDATE -> FactCode.OBJECT_UPDATED;
      case REMOVE -> FactCode.OBJECT_REMOVED;
      case NONE -> FactCode.OBJECT_UNCHANGED;
    };
  }
}
