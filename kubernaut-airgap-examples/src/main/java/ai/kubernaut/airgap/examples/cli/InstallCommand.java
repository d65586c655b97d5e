package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "install",
    description = "Installs the chart from the mirror, or upgrades it.",
    mixinStandardHelpOptions = true)
final class InstallCommand extends ClusterCommand {
  @Option(names = "--pin-digests", description = "Let pods pull their images by digest.")
  boolean pinDigests;

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    Installation installation =
        airgap.install(
            airgap.checkMirror(planned).orElseThrow(),
            airgap.findPullSecret(planned, PullSecretOptions.builder().build()),
            InstallOptions.builder().pinDigests(pinDigests).build());
    output.report(Reports.json(installation), Reports.text(installation));
    return 0;
  }
}
