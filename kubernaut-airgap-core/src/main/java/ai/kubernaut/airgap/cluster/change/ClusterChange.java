package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A planned change of a cluster: the objects that will be created, updated and removed, in this
 * order. Nothing has been changed yet. Immutable.
 */
public final class ClusterChange implements Outcome<ClusterChange> {
  /**
   * An edit and what it came to.
   *
   * @param backups whether a Secret is copied before it is changed
   * @param backup the copy; empty if no Secret is updated or removed
   */
  record PlannedEdit(
      ObjectEdit edit, boolean backups, ObjectChange change, Optional<ObjectChange> backup) {
    /** Returns the changes in the order in which they are written. */
    List<ObjectChange> changes() {
      return backup.map(first -> List.of(first, change)).orElseGet(() -> List.of(change));
    }
  }

  private final List<PlannedEdit> edits;
  private final List<Problem> problems;

  ClusterChange(List<PlannedEdit> edits, List<Problem> problems) {
    this.edits = List.copyOf(edits);
    this.problems = List.copyOf(problems);
  }

  List<PlannedEdit> edits() {
    return edits;
  }

  /** {@return the objects that will change, in the order in which they will be written} */
  public List<ObjectChange> changes() {
    return edits.stream()
        .flatMap(planned -> planned.changes().stream())
        .filter(change -> change.action() != ObjectChange.Action.NONE)
        .toList();
  }

  /** {@return whether the cluster is already as wanted} */
  public boolean isEmpty() {
    return changes().isEmpty();
  }

  /** {@return what prevents the change, and what a person should know before it is applied} */
  @Override
  public List<Problem> problems() {
    return problems;
  }

  /**
   * Returns the same change with further problems, such as those of a step that has planned it.
   *
   * @param further errors prevent that the change is applied
   * @return the change with all problems
   */
  public ClusterChange withProblems(List<Problem> further) {
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(further);
    return new ClusterChange(edits, all);
  }

  /**
   * Returns the change for people, with the data of Secrets masked.
   *
   * @return a paragraph for each object
   */
  public String diff() {
    return isEmpty()
        ? "nothing to change\n"
        : changes().stream().map(ObjectChange::diff).collect(Collectors.joining());
  }

  /**
   * Returns the wanted objects as manifests, also those that are already as wanted, for those who
   * apply them by other means. The data of Secrets is masked.
   *
   * @return YAML documents
   */
  public String toYaml() {
    return edits.stream()
        .map(PlannedEdit::change)
        .map(ObjectChange::toYaml)
        .flatMap(Optional::stream)
        .map(document -> "---\n" + document)
        .collect(Collectors.joining());
  }

  /**
   * Returns this change if no problem is an error.
   *
   * @return this
   * @throws ClusterChangeException when a problem is an error
   */
  @Override
  public ClusterChange orElseThrow() {
    if (!isOk()) {
      throw new ClusterChangeException(problems);
    }
    return this;
  }

  /** {@return a line for each object that will change} */
  @Override
  public String toString() {
    return changes().stream().map(ObjectChange::toString).collect(Collectors.joining("\n"));
  }
}
