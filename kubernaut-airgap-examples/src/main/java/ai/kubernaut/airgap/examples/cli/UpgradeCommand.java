package ai.kubernaut.airgap.examples.cli;

import picocli.CommandLine.Command;

@Command(
    name = "upgrade",
    description =
        "Upgrades the release to the chart of the plan, after the CustomResourceDefinitions of the chart.",
    mixinStandardHelpOptions = true)
final class UpgradeCommand extends InstallCommand {
  @Override
  boolean isUpgradeOnly() {
    return true;
  }
}
