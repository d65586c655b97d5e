package ai.kubernaut.airgap.examples.lab.cluster;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.helm.HelmCli;
import ai.kubernaut.airgap.helm.HelmStandIn;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of the port, in a cluster, by a {@code helm} binary: that of {@code
 * -Dairgap.it.helm=FILE}, or else a stand-in.
 */
class HelmCliContractTest extends HelmOnLabContractTest {
  @TempDir static Path binaries;

  @Override
  protected HelmClient open() throws IOException {
    return HelmCli.builder().binary(HelmStandIn.binary(binaries)).kubeconfig(kubeconfig()).build();
  }
}
