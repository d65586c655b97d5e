package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "verify",
    description = "Looks whether a release runs from the mirror; changes nothing.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Mixin PlanArguments plan = new PlanArguments();
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ClusterArguments cluster = new ClusterArguments();
  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (Airgap airgap =
        cluster.reach(Airgap.builder().registry(registries.client()).onProgress(output)).build()) {
      MirrorPlan planned = plan.plan(airgap, release.release());
      VerificationReport report = airgap.verify(airgap.installationOf(release.release(), planned));
      output.report(Reports.json(report), Reports.text(report));
      return report.isPassed() ? 0 : 1;
    }
  }
}
