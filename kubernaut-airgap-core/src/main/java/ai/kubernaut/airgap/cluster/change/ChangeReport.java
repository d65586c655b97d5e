package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.immutables.value.Value;

/** What was changed in a cluster, with what was there before. Immutable. */
@Value.Immutable
public interface ChangeReport extends Outcome<ChangeReport> {
  /**
   * {@return the objects that were changed, in this order, as they were and as they have become;
   * also an object whose write got no response, so that it is not known whether it was changed}
   */
  List<ObjectChange> changes();

  /** {@return what was done} */
  List<Fact> facts();

  /** {@return what went wrong, and the warnings of the plan} */
  @Override
  List<Problem> problems();

  /**
   * Returns this report if every change was applied.
   *
   * @return this
   * @throws ClusterChangeException when one was not; its report says what was applied before
   */
  @Override
  default ChangeReport orElseThrow() {
    if (!isOk()) {
      throw new ClusterChangeException(this);
    }
    return this;
  }

  /** {@return the facts and the problems, one a line} */
  default String summary() {
    return facts().isEmpty() && problems().isEmpty()
        ? "nothing was changed"
        : Stream.concat(
                facts().stream().map(Fact::describe), problems().stream().map(Problem::describe))
            .collect(Collectors.joining("\n"));
  }

  /**
   * Returns what a later process needs to undo the change. The data of Secrets is masked; undoing
   * reads it from the backup Secrets that the change has created.
   *
   * @return a tree for JSON or YAML, with the field {@code changes}
   */
  default Map<String, Object> toTree() {
    return ChangeFile.tree(this);
  }

  /**
   * Reads what {@link #toTree()} has returned, from YAML or JSON; other fields are ignored.
   *
   * @param file the file
   * @return a report without facts and problems
   * @throws ai.kubernaut.airgap.yaml.InvalidYamlException when the file cannot be read, or is not
   *     YAML
   * @throws IllegalArgumentException when it is not such a report
   */
  static ChangeReport read(Path file) {
    return ChangeFile.read(file);
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ChangeReport}. Not thread-safe. */
  final class Builder extends ImmutableChangeReport.Builder {
    Builder() {}
  }
}
