package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What the commands have in common that need a release and no plan. */
abstract class ReleaseCommand implements Callable<Integer> {
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ClusterArguments cluster = new ClusterArguments();
  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (Airgap airgap =
        cluster
            .reach(Airgap.builder().registry(registries.client()).onProgress(output))
            .closeClients(true)
            .build()) {
      return run(airgap, release.or(ReleaseName.defaultRelease()));
    }
  }

  /** Runs the command and returns the exit status. */
  abstract int run(Airgap airgap, ReleaseName name);
}
