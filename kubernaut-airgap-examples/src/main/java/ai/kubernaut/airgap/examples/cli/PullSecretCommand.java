package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import picocli.CommandLine.Command;

@Command(
    name = "pull-secret",
    description = "Gives the cluster the credentials of the mirror.",
    mixinStandardHelpOptions = true)
final class PullSecretCommand extends ClusterCommand {
  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    Credentials credentials =
        registries
            .credentialsFor(planned.target())
            .orElseThrow(
                () ->
                    new AirgapException(
                        "there are no credentials for "
                            + planned.target().address()
                            + "; log in to it first, or give --authfile"));
    PullSecretReport report =
        airgap.configurePullSecret(planned, credentials, PullSecretOptions.builder().build());
    output.report("PullSecretReport", Reports.json(report), report.summary());
    return 0;
  }
}
