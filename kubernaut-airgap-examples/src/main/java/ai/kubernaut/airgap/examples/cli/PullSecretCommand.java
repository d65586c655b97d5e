package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.AirgapException;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "pull-secret",
    description = "Gives the cluster the credentials of the mirror.",
    mixinStandardHelpOptions = true)
final class PullSecretCommand implements Callable<Integer> {
  @Mixin PlanArguments plan = new PlanArguments();
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ClusterArguments cluster = new ClusterArguments();
  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (Airgap airgap =
        cluster.reach(Airgap.builder().registry(registries.client()).onProgress(output)).build()) {
      MirrorPlan planned = plan.plan(airgap, release.release());
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
          airgap.configurePullSecret(
              planned, credentials, PullSecretOptions.builder().release(release.release()).build());
      output.report(Reports.json(report), report.summary());
      return 0;
    }
  }
}
