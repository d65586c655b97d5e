package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.repair.RepairOptions;
import ai.kubernaut.airgap.repair.RepairReport;
import ai.kubernaut.airgap.report.ReportDocument;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "repair",
    description = {
      "Diagnoses a release, and repairs what needs no judgement of a person:",
      "mirrors missing images again, renews pull secrets whose credentials are missing or rejected, and creates failed Jobs of hooks again by an upgrade.",
      "Everything else is listed with its command. Give --pin-digests and --through-mirror-rules as for the installation."
    },
    mixinStandardHelpOptions = true)
final class RepairCommand extends ClusterCommand implements Interruptible {
  @Option(names = "--dry-run", description = "Print what would be repaired, and change nothing.")
  boolean dryRun;

  @Option(
      names = "--only",
      paramLabel = "CODE",
      description =
          "Repair only problems with this code, as diagnose --json prints it; repeatable. Default: all that can be repaired")
  List<ProblemCode> only = new ArrayList<>();

  @Mixin ReferenceArguments references = new ReferenceArguments();

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    RepairOptions options =
        RepairOptions.builder()
            .only(only)
            .dryRun(dryRun)
            .credentials(registries.credentialsFor(planned.target()))
            .install(
                InstallOptions.builder()
                    .pinDigests(references.pinDigests)
                    .throughMirrorRules(references.throughMirrorRules)
                    .build())
            .build();
    Installation installation = airgap.installationOf(planned);
    RepairReport report = airgap.repair(installation, airgap.diagnose(installation), options);
    output.report(ReportDocument.of(report));
    return report.isOk() ? 0 : 1;
  }

  @Override
  public String afterInterruption() {
    return dryRun
        ? NOTHING
        : "Repairs that were made stay. The same command looks for what is left to repair:";
  }
}
