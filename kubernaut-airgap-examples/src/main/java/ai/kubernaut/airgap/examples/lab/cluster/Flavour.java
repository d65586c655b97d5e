package ai.kubernaut.airgap.examples.lab.cluster;

/** Which kind of cluster the lab presents. */
public enum Flavour {
  /** With a global pull secret, a ClusterVersion and MachineConfigPools that roll changes out. */
  OPENSHIFT,
  /**
   * OpenShift with a hosted control plane: without MachineConfigPools, with an additional pull
   * secret, and with mirror rules and CAs that can be set in the management cluster only.
   */
  HOSTED,
  /** Without them: registry credentials come from each pod's {@code imagePullSecrets} alone. */
  KUBERNETES
}
