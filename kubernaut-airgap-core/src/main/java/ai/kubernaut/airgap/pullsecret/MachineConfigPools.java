package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the pools of an OpenShift cluster said at one moment. A pool that says Updated may only not
 * have begun: the names of the rendered configurations tell the two apart.
 */
final class MachineConfigPools {
  private final List<KubernetesObject> pools;

  private MachineConfigPools(List<KubernetesObject> pools) {
    this.pools = pools;
  }

  static MachineConfigPools look(ClusterClient cluster) {
    return new MachineConfigPools(cluster.list(ResourceType.MACHINE_CONFIG_POOL, null, Map.of()));
  }

  boolean isEmpty() {
    return pools.isEmpty();
  }

  /** The rendered configuration that each pool should have. */
  Map<String, String> wanted() {
    Map<String, String> wanted = new TreeMap<>();
    pools.forEach(
        pool ->
            wanted.put(
                pool.name(), pool.fields().text("spec", "configuration", "name").orElse("")));
    return wanted;
  }

  /**
   * Whether every pool should have a configuration with the credentials. Where a configuration
   * cannot be read, that it is another one than before has to do.
   *
   * @param before the configurations before the pull secret was written; empty when that is not
   *     known, and then a configuration that cannot be read is taken for one with the credentials
   */
  boolean allHave(NodeConfigurations configurations, Optional<Map<String, String>> before) {
    return wanted().entrySet().stream()
        .allMatch(
            pool ->
                switch (configurations.of(pool.getValue())) {
                  case HOLDS -> true;
                  case LACKS -> false;
                  case UNKNOWN ->
                      before.isEmpty() || !pool.getValue().equals(before.get().get(pool.getKey()));
                });
  }

  /** By what it is known that every pool has the credentials, once {@link #allHave} says so. */
  PullSecretReport.Evidence evidence(
      NodeConfigurations configurations, Optional<Map<String, String>> before) {
    boolean allRead =
        wanted().values().stream()
            .allMatch(name -> configurations.of(name) == NodeConfigurations.Content.HOLDS);
    if (allRead) {
      return PullSecretReport.Evidence.CONTENT;
    }
    return before.isPresent()
        ? PullSecretReport.Evidence.NEW_CONFIGURATION
        : PullSecretReport.Evidence.NONE;
  }

  /**
   * Returns the problems because of which waiting is useless.
   *
   * @param when when the pools were read, as a clause
   */
  List<Problem> problems(String when) {
    List<Problem> problems = new ArrayList<>();
    for (KubernetesObject pool : pools) {
      Subject subject = Subject.object(Subject.Kind.POOL, null, pool.name());
      if (pool.fields().flag("spec", "paused")) {
        problems.add(Problem.of(ProblemCode.POOL_PAUSED, subject, Map.of("when", when)));
      }
      for (String condition : List.of("Degraded", "RenderDegraded", "NodeDegraded")) {
        if (status(pool, condition).equals("True")) {
          problems.add(
              Problem.of(
                  ProblemCode.POOL_DEGRADED,
                  subject,
                  Map.of(
                      "when", when, "condition", condition, "detail", message(pool, condition))));
        }
      }
    }
    return problems;
  }

  /** Returns whether waiting is useless. */
  boolean isBlocked() {
    return !problems("").isEmpty();
  }

  boolean isSettled() {
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

  /** For people: {@code master 3/3, worker 1/2}. */
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
