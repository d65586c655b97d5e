package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.verify.VerificationReport;
import picocli.CommandLine.Command;

@Command(
    name = "verify",
    description = "Looks whether a release runs from the mirror; changes nothing.",
    mixinStandardHelpOptions = true)
final class VerifyCommand extends ClusterCommand {
  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    VerificationReport report = airgap.verify(airgap.installationOf(planned));
    output.report("VerificationReport", Reports.json(report), Reports.text(report));
    return report.isOk() ? 0 : 1;
  }
}
