package ai.kubernaut.airgap.cluster.openshift;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Waits until the nodes of an OpenShift cluster have a change of mirror rules or of the global pull
 * secret. The pools are read before the change is applied, so that a pool that has not begun yet is
 * not taken for one that is finished. Immutable.
 */
public final class NodeRollout {
  private static final Set<ResourceType> MIRROR_RULES =
      Set.of(
          ResourceType.IMAGE_DIGEST_MIRROR_SET,
          ResourceType.IMAGE_TAG_MIRROR_SET,
          ResourceType.IMAGE_CONTENT_SOURCE_POLICY);

  private final ClusterClient cluster;
  private final Optional<MachineConfigPools> before;

  private NodeRollout(ClusterClient cluster, Optional<MachineConfigPools> before) {
    this.cluster = cluster;
    this.before = before;
  }

  /**
   * Reads the pools before a change is applied.
   *
   * @param cluster any cluster; stays open
   * @param change the change
   * @return a rollout to wait for; nothing is waited for if the change does not concern nodes, or
   *     the cluster has no pools
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public static NodeRollout before(ClusterClient cluster, ClusterChange change) {
    return new NodeRollout(
        cluster,
        Optional.of(cluster)
            .filter(any -> change.changes().stream().anyMatch(NodeRollout::concernsNodes))
            .filter(one -> one.serves(ResourceType.MACHINE_CONFIG_POOL))
            .map(MachineConfigPools::read)
            .filter(pools -> !pools.isEmpty()));
  }

  private static boolean concernsNodes(ObjectChange change) {
    return MIRROR_RULES.contains(change.type())
        || (change.type().equals(ResourceType.SECRET)
            && change.namespace().equals(Optional.of("openshift-config"))
            && change.name().equals("pull-secret"));
  }

  /**
   * Waits until every node has the change.
   *
   * @param report the report of the change
   * @param options how long to wait
   * @param progress is told what is waited for
   * @return the report with what the nodes have: a fact when every pool has a new configuration, a
   *     warning when no pool got one, an error when a pool is paused or degraded, or does not
   *     finish in time
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  public ChangeReport await(
      ChangeReport report, RolloutOptions options, Consumer<ProgressEvent> progress) {
    if (!options.waitForNodes()
        || before.isEmpty()
        || report.changes().isEmpty()
        || !report.isOk()) {
      return report;
    }
    ChangeReport.Builder done = ChangeReport.builder().from(report);
    Progress.of(ProgressEvent.Step.CLUSTER_CHANGE, progress)
        .tell("waiting for the nodes: " + before.get());
    Map<String, String> configurations = before.get().wanted();
    MachineConfigPools begun =
        until(options.begin(), pools -> !pools.wanted().equals(configurations));
    MachineConfigPools after =
        begun.isBlocked() ? begun : until(options.end(), MachineConfigPools::isSettled);
    List<Problem> problems = after.problems("while the nodes were waited for");
    Map<String, String> pools = Map.of("pools", after.toString());
    if (!problems.isEmpty()) {
      done.addAllProblems(problems);
    } else if (!after.isSettled()) {
      done.addProblems(
          Problem.of(
              ProblemCode.NODES_NOT_UPDATED,
              cluster(),
              Map.of("timeout", options.end().timeout().toString(), "pools", after.toString())));
    } else if (after.wanted().equals(configurations)) {
      done.addProblems(
          Problem.of(
              ProblemCode.NODES_WITHOUT_ROLLOUT,
              cluster(),
              Map.of("timeout", options.begin().timeout().toString())));
    } else {
      done.addFacts(Fact.of(FactCode.NODES_HAVE_CHANGE, cluster(), pools));
    }
    return done.build();
  }

  private Subject cluster() {
    return new Subject(Subject.Kind.CLUSTER, cluster.address());
  }

  private MachineConfigPools until(WaitPolicy waitPolicy, Predicate<MachineConfigPools> condition) {
    return MachineConfigPools.await(cluster, waitPolicy, condition);
  }
}
