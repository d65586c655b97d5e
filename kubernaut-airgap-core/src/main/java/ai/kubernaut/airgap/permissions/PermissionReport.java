package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;
import org.immutables.value.Value;

/** What a change of the cluster needs, and what of it the user is not allowed to do. Immutable. */
@Value.Immutable
public interface PermissionReport extends Outcome<PermissionReport> {
  /** {@return the step or the change that was checked, for example {@code pull-secret}} */
  String what();

  /** {@return everything that is needed, sorted} */
  List<Permission> needed();

  /** {@return what of it the user is not allowed to do, sorted} */
  List<Permission> missing();

  /** {@return a problem for each missing permission} */
  @Override
  List<Problem> problems();

  @Override
  default PermissionReport orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of("permissions are missing for " + what(), problems());
    }
    return this;
  }

  /**
   * Returns roles that allow everything that is needed and nothing else: a ClusterRole for what
   * concerns the whole cluster, and a Role for each namespace.
   *
   * @return YAML documents, for an administrator who binds them to the user
   */
  default String toYaml() {
    return RoleManifests.yaml(RoleManifests.of("kubernaut-airgap-" + what(), needed()));
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link PermissionReport}. Not thread-safe. */
  final class Builder extends ImmutablePermissionReport.Builder {
    Builder() {}
  }
}
