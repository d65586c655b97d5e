package ai.kubernaut.airgap.cluster.openshift;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The MachineConfigPools of an OpenShift cluster at one moment. A pool that reports Updated may not
 * have started a rollout yet; the names of the rendered configurations show whether it has.
 * Immutable.
 */
public final class MachineConfigPools {
  private final List<KubernetesObject> pools;

  private MachineConfigPools(List<KubernetesObject> pools) {
    this.pools = pools;
  }

  /**
   * Reads the pools of a cluster.
   *
   * @param cluster any cluster
   * @return its pools; none on a hosted OpenShift cluster, and on plain Kubernetes
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public static MachineConfigPools read(ClusterClient cluster) {
    return new MachineConfigPools(cluster.list(ResourceType.MACHINE_CONFIG_POOL, null, Map.of()));
  }

  /**
   * Wraps pools that were read.
   *
   * @param pools the objects
   * @return the pools
   */
  public static MachineConfigPools of(List<KubernetesObject> pools) {
    return new MachineConfigPools(List.copyOf(pools));
  }

  /**
   * Waits for a condition of the pools. While nodes get a change, the API server may not respond
   * for some time: that does not end the wait.
   *
   * @param cluster the cluster
   * @param waitPolicy how long to wait
   * @param condition what is waited for; the wait also ends when a pool is paused or degraded
   * @return the pools as they were seen last
   * @throws ClusterException when the cluster cannot be asked at the end of the wait, or refuses
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  public static MachineConfigPools await(
      ClusterClient cluster, WaitPolicy waitPolicy, Predicate<MachineConfigPools> condition) {
    Look last =
        waitPolicy.until(
            () -> look(cluster),
            look ->
                look.pools()
                    .filter(pools -> pools.isBlocked() || condition.test(pools))
                    .isPresent());
    return last.pools().orElseThrow(() -> last.failure().orElseThrow(IllegalStateException::new));
  }

  private record Look(Optional<MachineConfigPools> pools, Optional<ClusterException> failure) {}

  private static Look look(ClusterClient cluster) {
    try {
      return new Look(Optional.of(read(cluster)), Optional.empty());
    } catch (ClusterException e) {
      if (e.reason() != ClusterException.Reason.UNREACHABLE
          && e.reason() != ClusterException.Reason.SERVER) {
        throw e;
      }
      return new Look(Optional.empty(), Optional.of(e));
    }
  }

  /** {@return whether there are no pools} */
  public boolean isEmpty() {
    return pools.isEmpty();
  }

  /** {@return the name of the rendered configuration that each pool should have} */
  public Map<String, String> wanted() {
    Map<String, String> wanted = new TreeMap<>();
    pools.forEach(
        pool ->
            wanted.put(
                pool.name(), pool.fields().text("spec", "configuration", "name").orElse("")));
    return wanted;
  }

  /**
   * Returns the problems because of which waiting is useless.
   *
   * @param when when the pools were read, as a clause
   * @return a problem for each pool that is paused or degraded
   */
  public List<Problem> problems(String when) {
    List<Problem> problems = new ArrayList<>();
    for (KubernetesObject pool : pools) {
      Subject subject = Subject.object(Subject.Kind.POOL, null, pool.name());
      if (pool.fields().flag("spec", "paused")) {
        problems.add(Problem.of(ProblemCode.POOL_PAUSED, subject, Map.of("when", when)));
      }
      // Degraded sums up the others, and has no message.
      Stream.of("RenderDegraded", "NodeDegraded", "Degraded")
          .filter(condition -> status(pool, condition).equals("True"))
          .min(Comparator.comparing(condition -> message(pool, condition).isEmpty()))
          .ifPresent(
              condition ->
                  problems.add(
                      Problem.of(
                          ProblemCode.POOL_DEGRADED,
                          subject,
                          Map.of(
                              "when",
                              when,
                              "condition",
                              condition,
                              "detail",
                              message(pool, condition)))));
    }
    return problems;
  }

  /** {@return whether waiting is useless} */
  public boolean isBlocked() {
    return !problems("").isEmpty();
  }

  /** {@return whether every node of every pool has the configuration that it should have} */
  public boolean isSettled() {
    return pools.stream().allMatch(MachineConfigPools::isSettled);
  }

  private static boolean isSettled(KubernetesObject pool) {
    Fields fields = pool.fields();
    long machines = fields.number("status", "machineCount").orElse(0);
    return status(pool, "Updated").equals("True")
        && !status(pool, "Degraded").equals("True")
        && fields
            .text("status", "configuration", "name")
            .equals(fields.text("spec", "configuration", "name"))
        && fields.number("status", "updatedMachineCount").orElse(0) == machines
        && fields.number("status", "readyMachineCount").orElse(0) == machines;
  }

  private static String status(KubernetesObject pool, String condition) {
    return condition(pool, condition).text("status").orElse("");
  }

  private static String message(KubernetesObject pool, String condition) {
    return condition(pool, condition).text("message").orElse("no reason given");
  }

  private static Fields condition(KubernetesObject pool, String type) {
    return pool.fields().list("status", "conditions").stream()
        .filter(condition -> condition.text("type").orElse("").equals(type))
        .findFirst()
        .orElse(Fields.of(Map.of()));
  }

  /** {@return for example {@code master 3/3, worker 1/2}} */
  @Override
  public String toString() {
    List<String> states = new ArrayList<>();
    for (KubernetesObject pool : pools) {
      states.add(
          pool.name()
              + " "
              + pool.fields().number("status", "updatedMachineCount").orElse(0)
              + "/"
              + pool.fields().number("status", "machineCount").orElse(0));
    }
    return String.join(", ", states);
  }
}
