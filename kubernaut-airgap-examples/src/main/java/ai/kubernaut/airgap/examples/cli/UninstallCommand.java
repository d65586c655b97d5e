package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.report.ReportDocument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "uninstall",
    description = "Uninstalls a release, and lists what remains in the cluster.",
    mixinStandardHelpOptions = true)
final class UninstallCommand extends ReleaseCommand implements Interruptible {
  @Option(names = "--dry-run", description = "List what would be removed; change nothing.")
  boolean dryRun;

  @Override
  int run(Airgap airgap, ReleaseName name) {
    ReleaseChange change = airgap.uninstall(name, ReleaseOptions.builder().dryRun(dryRun).build());
    output.report(ReportDocument.of(change));
    return change.isOk() ? 0 : 1;
  }

  @Override
  public String afterInterruption() {
    return dryRun ? NOTHING : "What was removed stays removed. The same command removes the rest:";
  }
}
