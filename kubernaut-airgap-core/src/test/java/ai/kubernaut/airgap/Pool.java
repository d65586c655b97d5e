package ai.kubernaut.airgap;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.yaml.Yaml;

/** The MachineConfigPool of a cluster in memory, whose only node has each change at once. */
final class Pool {
  /** What keeps the node from getting changes. */
  enum Fault {
    NONE,
    DEGRADED,
    PAUSED,
    /** The pool does not even show that there is a change. */
    LATE
  }

  private final MemoryClusterClient cluster;
  private Fault fault = Fault.NONE;
  private int wanted;
  private int present;

  Pool(MemoryClusterClient cluster) {
    this.cluster = cluster;
  }

  /** Lets a fault begin now, or with the next change. */
  void breakWith(Fault value, boolean now) {
    fault = value;
    if (now) {
      update();
    }
  }

  void repair() {
    fault = Fault.NONE;
    update();
  }

  /** There is a new configuration for the node. */
  void change() {
    wanted++;
    if (fault != Fault.LATE) {
      update();
    }
  }

  boolean isChanged() {
    return wanted > 0;
  }

  void update() {
    if (fault == Fault.NONE) {
      present = wanted;
    }
    cluster.put(
        ResourceType.MACHINE_CONFIG_POOL,
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "pool",
                    """
                    {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool,
                     metadata: {name: worker}, spec: {paused: %s, configuration: {name: w%d}},
                     status: {configuration: {name: w%d}, machineCount: 1, updatedMachineCount: %d, readyMachineCount: 1,
                       conditions: [{type: Updated, status: "%s"}, {type: Degraded, status: "%s", message: the disk of node w-1 is full}]}}
                    """
                        .formatted(
                            fault == Fault.PAUSED,
                            wanted,
                            present,
                            present == wanted ? 1 : 0,
                            present == wanted ? "True" : "False",
                            fault == Fault.DEGRADED ? "True" : "False"),
                    Yaml.DuplicateKeys.REFUSED))));
  }
}
