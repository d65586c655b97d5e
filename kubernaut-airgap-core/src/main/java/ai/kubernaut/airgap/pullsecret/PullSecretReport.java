package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.immutables.value.Value;

/** Which pull secrets the cluster holds for the mirror. Immutable. */
@Value.Immutable
public interface PullSecretReport extends Outcome<PullSecretReport> {
  /** Where the credentials went. */
  enum Scope {
    /** Into OpenShift's {@code openshift-config/pull-secret}, which every node uses. */
    OPENSHIFT_GLOBAL,
    /**
     * Into {@code kube-system/additional-pull-secret}, which the nodes of a hosted OpenShift
     * cluster use.
     */
    HOSTED_GLOBAL,
    /** Into one Secret in each namespace, which pods have to name. */
    NAMESPACES,
    /** Nowhere: the mirror is read without credentials. */
    NONE
  }

  /** By what it is known that the nodes of an OpenShift cluster have the global pull secret. */
  enum Evidence {
    /**
     * The configurations that all nodes have were read, and hold the credentials. This is certain.
     */
    CONTENT,
    /**
     * The configurations could not be read, but every pool has rolled out another one than it had
     * when the pull secret was written. Another change at the same time would look the same.
     */
    NEW_CONFIGURATION,
    /**
     * Nothing: the configurations could not be read, and the pull secret held the credentials
     * before this library could note what the pools had; or there are no pools.
     */
    NONE
  }

  /**
   * Where the credentials went.
   *
   * @return the scope
   */
  Scope scope();

  /**
   * The Secrets that hold them.
   *
   * @return as {@code namespace/name}
   */
  List<String> secrets();

  /**
   * Whether anything had to be changed.
   *
   * @return false when the cluster held the same credentials already
   */
  boolean isChanged();

  /**
   * By what it is known that every node has the credentials.
   *
   * @return {@link Evidence#NONE} by default, and always for other scopes than {@link
   *     Scope#OPENSHIFT_GLOBAL}
   */
  @Value.Default
  default Evidence evidence() {
    return Evidence.NONE;
  }

  /**
   * The names of pull secrets that pods have to name.
   *
   * @return empty when every node has the credentials
   */
  Set<String> namesForPods();

  /**
   * Returns the objects that were changed, to undo the change.
   *
   * @return empty if nothing was applied
   */
  @Value.Default
  default ChangeReport change() {
    return ChangeReport.builder().build();
  }

  /** {@return what was found and done, in this order} */
  List<Fact> facts();

  /** {@return warnings; what prevents the configuration is an exception} */
  @Override
  List<Problem> problems();

  /** {@return this report: a failed configuration is an exception} */
  @Override
  default PullSecretReport orElseThrow() {
    return this;
  }

  /** {@return the facts and the warnings in one line} */
  default String summary() {
    return facts().isEmpty()
        ? "no pull secret was configured"
        : Stream.concat(
                facts().stream().map(Fact::describe), problems().stream().map(Problem::describe))
            .collect(Collectors.joining("; "));
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /**
   * The report of a cluster that needs no credentials for the mirror, or has been given them by
   * other means.
   *
   * @return a report without Secrets
   */
  static PullSecretReport none() {
    return builder().scope(Scope.NONE).isChanged(false).build();
  }

  /** Builds a {@link PullSecretReport}. Not thread-safe. */
  final class Builder extends ImmutablePullSecretReport.Builder {
    Builder() {}
  }
}
