package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "secrets",
    description = {
      "Creates the Secrets that the chart needs and that do not exist.",
      "The command install does so too."
    },
    mixinStandardHelpOptions = true)
final class SecretsCommand extends ChangeCommand {
  @Mixin LlmArguments llm = new LlmArguments();

  @Override
  ClusterChange plan(Airgap airgap) {
    return airgap.planSecrets(plan.plan(airgap, release), llm.credentials());
  }

  @Override
  String manifestName() {
    return "secrets.yaml";
  }
}
