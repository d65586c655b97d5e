package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "mirror",
    description = "Copies the images of a plan to the mirror.",
    mixinStandardHelpOptions = true)
final class MirrorCommand implements Callable<Integer> {
  @Mixin PlanArguments plan = new PlanArguments();
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (Airgap airgap =
        Airgap.builder()
            .registry(registries.client())
            .helm(HelmJavaClient.create())
            .onProgress(output)
            .build()) {
      MirrorPlan planned = plan.plan(airgap, release.release());
      MirrorReport report = airgap.mirror(planned);
      output.closeBar();
      output.report(Reports.json(report), report.summary());
      report.orElseThrow();
      return 0;
    }
  }
}
