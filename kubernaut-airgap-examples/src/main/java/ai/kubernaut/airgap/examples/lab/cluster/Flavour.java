package ai.kubernaut.airgap.examples.lab.cluster;

/** Which kind of cluster the lab presents. */
public enum Flavour {
  /** With a global pull secret, a ClusterVersion and MachineConfigPools that roll changes out. */
  OPENSHIFT,
  /** Without them: registry credentials come from each pod's {@code imagePullSecrets} alone. */
  KUBERNETES
}
