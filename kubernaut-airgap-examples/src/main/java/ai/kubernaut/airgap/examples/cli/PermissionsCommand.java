package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.permissions.ClusterStep;
import ai.kubernaut.airgap.permissions.PermissionReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "permissions",
    description =
        "Lists what a step does in the cluster, and what of it the user is not allowed to do. Read-only.",
    mixinStandardHelpOptions = true)
final class PermissionsCommand extends ClusterCommand {
  @Option(
      names = "--step",
      paramLabel = "STEP",
      required = true,
      description =
          "pull-secret, trust, mirror-rules, seal, image-policy, secrets, rotate-secrets, install, upgrade, rollback, uninstall, verify, verify-by-labels, diagnose, repair or prune.")
  String step;

  @Option(
      names = "--yaml",
      description =
          "Print the Roles and the ClusterRole with exactly these permissions, for an administrator.")
  boolean yaml;

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    PermissionReport report = airgap.checkPermissions(step(), planned);
    ReportDocument document = ReportDocument.of(report);
    output.report(document, yaml ? report.toYaml() : document.toText());
    return report.isOk() ? 0 : 1;
  }

  private ClusterStep step() {
    try {
      return ClusterStep.valueOf(step.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("unknown --step '" + step + "'; --help lists the steps");
    }
  }
}
