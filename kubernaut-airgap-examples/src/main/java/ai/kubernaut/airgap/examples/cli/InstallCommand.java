package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "install",
    description = "Installs the chart from the mirror, or upgrades it.",
    mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
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
      Installation installation =
          airgap.install(
              airgap.checkMirror(planned).orElseThrow(),
              airgap.findPullSecret(PullSecretOptions.builder().release(release.release()).build()),
              InstallOptions.builder().release(release.release()).build());
      output.report(Reports.json(installation), Reports.text(installation));
      return 0;
    }
  }
}
