package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import picocli.CommandLine.Command;

@Command(
    name = "diagnose",
    description = {
      "Finds out why a release does not run as it should. Read-only.",
      "Each cause is tested: the mirror is asked for the image, and whether it accepts the credentials of the cluster."
    },
    mixinStandardHelpOptions = true)
final class DiagnoseCommand extends ClusterCommand {
  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    Diagnosis diagnosis = airgap.diagnose(airgap.installationOf(planned));
    output.report(ReportDocument.of(diagnosis));
    return diagnosis.isOk() ? 0 : 1;
  }
}
