package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import picocli.CommandLine.Command;

@Command(
    name = "mirror",
    description = "Copies the images of a plan to the mirror.",
    mixinStandardHelpOptions = true)
final class MirrorCommand extends StepCommand {
  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    MirrorReport report = airgap.mirror(planned);
    output.closeBar();
    output.report(Reports.json(report), report.summary());
    report.orElseThrow();
    return 0;
  }
}
