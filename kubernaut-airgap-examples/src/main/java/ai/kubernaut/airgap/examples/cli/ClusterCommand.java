package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import picocli.CommandLine.Mixin;

/** What the commands have in common that speak to the cluster. */
abstract class ClusterCommand extends StepCommand {
  @Mixin ClusterArguments cluster = new ClusterArguments();

  @Override
  Airgap.Builder reach(Airgap.Builder airgap) {
    return cluster.reach(airgap);
  }
}
