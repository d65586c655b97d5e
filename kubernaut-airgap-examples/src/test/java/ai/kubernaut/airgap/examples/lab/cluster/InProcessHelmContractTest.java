package ai.kubernaut.airgap.examples.lab.cluster;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import java.util.EnumSet;
import java.util.Set;

/** The contract of the port, in a cluster, by Helm in this JVM. */
class InProcessHelmContractTest extends HelmOnLabContractTest {
  @Override
  protected HelmClient open() {
    return HelmJavaClient.builder().kubeconfig(kubeconfig()).inProcess().build();
  }

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.INTERRUPTS));
  }
}
