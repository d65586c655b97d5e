package ai.kubernaut.airgap.cluster.openshift;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.yaml.Yaml;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class NodeRolloutTest {
  private static final WaitPolicy SHORT =
      WaitPolicy.of(Duration.ofMillis(50), Duration.ofMillis(1));
  private static final RolloutOptions QUICK =
      RolloutOptions.builder().begin(SHORT).end(SHORT).build();

  private final MemoryClusterClient cluster = MemoryClusterClient.openShift();
  private final List<ProgressEvent> events = new ArrayList<>();

  @BeforeEach
  void twoSettledPools() {
    pool("master", "a", "a", "");
    pool("worker", "a", "a", "");
  }

  private void pool(String name, String wanted, String has, String more) {
    cluster.put(
        ResourceType.MACHINE_CONFIG_POOL,
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "pool",
                    """
                    {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool,
                     metadata: {name: %s}, spec: {configuration: {name: %s}%s},
                     status: {configuration: {name: %s}, machineCount: 1, updatedMachineCount: %d, readyMachineCount: 1,
                       conditions: [{type: Updated, status: "%s"}]}}
                    """
                        .formatted(
                            name,
                            wanted,
                            more,
                            has,
                            wanted.equals(has) ? 1 : 0,
                            wanted.equals(has) ? "True" : "False"),
                    Yaml.DuplicateKeys.REFUSED))));
  }

  private static ObjectEdit rules() {
    return ObjectEdit.update(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        null,
        "rules",
        present -> present.with("x", "spec", "marker"));
  }

  /** Applies an edit, and lets the cluster react to it before the nodes are waited for. */
  private ChangeReport apply(ObjectEdit edit, RolloutOptions options, Runnable reaction) {
    ClusterChanger changer = new ClusterChanger(cluster, events::add);
    ClusterChange change = changer.plan(List.of(edit));
    NodeRollout rollout = NodeRollout.before(cluster, change);
    ChangeReport report = changer.apply(change);
    reaction.run();
    return rollout.await(report, options, events::add);
  }

  private static List<ProblemCode> codes(ChangeReport report) {
    return report.problems().stream().map(Problem::code).toList();
  }

  @Test
  void everyPoolWithItsNewConfigurationHasTheChange() {
    ChangeReport report =
        apply(
            rules(),
            QUICK,
            () -> {
              pool("worker", "b", "b", "");
              pool("master", "b", "b", "");
            });
    assertThat(report.problems()).isEmpty();
    assertThat(report.facts()).extracting(Fact::code).contains(FactCode.NODES_HAVE_CHANGE);
    assertThat(report.summary()).contains("has the change on every node (master 1/1, worker 1/1)");
    assertThat(events.toString()).contains("waiting for the nodes: master 1/1, worker 1/1");
  }

  @Test
  void poolsThatNeverBeginAreAWarning() {
    ChangeReport report = apply(rules(), QUICK, () -> {});
    assertThat(codes(report)).containsExactly(ProblemCode.NODES_WITHOUT_ROLLOUT);
    assertThat(report.isOk()).isTrue();
  }

  @Test
  void aPoolThatDoesNotFinishIsAnError() {
    ChangeReport report = apply(rules(), QUICK, () -> pool("worker", "b", "a", ""));
    assertThat(codes(report)).containsExactly(ProblemCode.NODES_NOT_UPDATED);
    assertThat(report.problems().get(0).message()).contains("master 1/1, worker 0/1");
    assertThat(report.changes()).as("what was written can be undone").hasSize(1);
  }

  @Test
  void aPausedPoolIsNotWaitedFor() {
    RolloutOptions patient =
        RolloutOptions.builder()
            .begin(WaitPolicy.of(Duration.ofHours(1), Duration.ofMillis(1)))
            .build();
    ChangeReport report = apply(rules(), patient, () -> pool("worker", "b", "a", ", paused: true"));
    assertThat(codes(report)).containsExactly(ProblemCode.POOL_PAUSED);
  }

  @Test
  void whatDoesNotConcernNodesIsNotWaitedFor() {
    ChangeReport report =
        apply(
            ObjectEdit.update(
                ResourceType.CONFIG_MAP, "default", "x", present -> present.with("1", "data", "k")),
            RolloutOptions.builder().build(),
            () -> pool("worker", "b", "a", ""));
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void aHostThatDoesNotWantToWaitDoesNot() {
    ChangeReport report =
        apply(
            rules(),
            RolloutOptions.builder().waitForNodes(false).build(),
            () -> pool("worker", "b", "a", ""));
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void theGlobalPullSecretConcernsNodes() {
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, "openshift-config", "pull-secret"));
    ChangeReport report =
        apply(
            ObjectEdit.update(
                ResourceType.SECRET,
                "openshift-config",
                "pull-secret",
                present -> present.with("eA==", "data", "x")),
            QUICK,
            () -> {});
    assertThat(codes(report)).containsExactly(ProblemCode.NODES_WITHOUT_ROLLOUT);
    assertThat(cluster.list(ResourceType.SECRET, "openshift-config", Map.of())).hasSize(2);
  }
}
