package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.report.ReportDocument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rollback",
    description = "Rolls a release back to a revision whose images can all be pulled.",
    mixinStandardHelpOptions = true)
final class RollbackCommand extends ReleaseCommand implements Interruptible {
  @Parameters(paramLabel = "REVISION", description = "The revision, as history lists it.")
  int revision;

  @Option(names = "--dry-run", description = "Check only; change nothing.")
  boolean dryRun;

  @Override
  int run(Airgap airgap, ReleaseName name) {
    ReleaseChange change =
        airgap.rollback(name, revision, ReleaseOptions.builder().dryRun(dryRun).build());
    output.report(ReportDocument.of(change));
    return change.isOk() ? 0 : 1;
  }

  @Override
  public String afterInterruption() {
    return dryRun
        ? NOTHING
        : "The rollback may be incomplete; history shows the revisions. The same command rolls back again:";
  }
}
