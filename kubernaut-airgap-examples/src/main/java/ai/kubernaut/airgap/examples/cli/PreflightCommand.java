package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.PreflightOptions;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.report.ReportDocument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "preflight",
    description = {
      "Checks that the mirror accepts the images of a plan. No image is sent.",
      "With --target alone: checks that the registry can be reached and accepts the credentials."
    },
    mixinStandardHelpOptions = true)
final class PreflightCommand extends StepCommand implements Interruptible {
  @Option(
      names = "--may-write",
      description =
          "Store a tiny image under the tag airgap-preflight to find out what only a push shows.")
  boolean mayWrite;

  @Override
  MirrorPlan plan(Airgap airgap) {
    return plan.isGiven() || plan.target.target == null
        ? super.plan(airgap)
        : MirrorPlan.builder(plan.target.target()).build();
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    PreflightReport report =
        airgap.preflight(
            planned,
            PreflightOptions.builder().preset(plan.target.preset()).mayWrite(mayWrite).build());
    output.report(ReportDocument.of(report));
    report.orElseThrow();
    return 0;
  }

  @Override
  public String afterInterruption() {
    return mayWrite
        ? "An image with the tag airgap-preflight may be in the mirror. The same command starts again:"
        : NOTHING;
  }
}
