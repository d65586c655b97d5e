package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "install",
    description = "Installs the chart from the mirror, or upgrades it.",
    mixinStandardHelpOptions = true)
final class InstallCommand extends ClusterCommand {
  @Option(names = "--pin-digests", description = "Let pods pull their images by digest.")
  boolean pinDigests;

  @Option(
      names = "--llm-credentials",
      paramLabel = "KEY=FILE",
      description =
          "A key of the Secret with the credentials of the LLM, such as OPENAI_API_KEY, and the file with its value; repeatable. The Secret is created when it does not exist.")
  Map<String, Path> llmCredentials = new LinkedHashMap<>();

  @Option(
      names = "--continue-pending",
      description =
          "Continue an installation that was killed. Only when no other Helm is working on the release.")
  boolean continuePending;

  private Map<String, Secret> readLlmCredentials() {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    llmCredentials.forEach(
        (key, file) -> {
          try {
            secrets.put(key, Secret.of(Files.readString(file).strip()));
          } catch (IOException e) {
            throw new AirgapException("cannot read the LLM credentials in " + file + ": " + e, e);
          }
        });
    return secrets;
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    Installation installation =
        airgap.install(
            airgap.checkMirror(planned).orElseThrow(),
            airgap.findPullSecret(planned, PullSecretOptions.builder().build()),
            InstallOptions.builder()
                .llmCredentials(readLlmCredentials())
                .pinDigests(pinDigests)
                .continuePending(continuePending)
                .build());
    output.report("Installation", Reports.json(installation), Reports.text(installation));
    return 0;
  }
}
