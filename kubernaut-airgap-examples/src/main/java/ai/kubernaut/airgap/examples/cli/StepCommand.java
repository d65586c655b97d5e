package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What every command of one step has in common: a plan, and the registries it speaks of. */
abstract class StepCommand implements Callable<Integer> {
  @Mixin PlanArguments plan = new PlanArguments();
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (Airgap airgap =
        reach(Airgap.builder().registry(registries.client()).onProgress(output))
            .closeClients(true)
            .build()) {
      return run(airgap, plan(airgap));
    }
  }

  /** Reads or makes the plan that the step needs. */
  MirrorPlan plan(Airgap airgap) {
    return plan.plan(airgap, release);
  }

  /** Adds the clients that the step needs beside the one for registries. */
  Airgap.Builder reach(Airgap.Builder airgap) {
    return airgap.helm(HelmJavaClient.create());
  }

  /** Runs the step and gives the exit status. */
  abstract int run(Airgap airgap, MirrorPlan planned);
}
