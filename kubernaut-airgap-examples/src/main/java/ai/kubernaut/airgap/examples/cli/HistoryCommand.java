package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.report.ReportDocument;
import picocli.CommandLine.Command;

@Command(
    name = "history",
    description =
        "Lists the revisions of a release, and whether it can be rolled back to them. Read-only.",
    mixinStandardHelpOptions = true)
final class HistoryCommand extends ReleaseCommand {
  @Override
  int run(Airgap airgap, ReleaseName name) {
    ReleaseHistory history = airgap.history(name);
    output.report(ReportDocument.of(history));
    return history.isOk() ? 0 : 1;
  }
}
