package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.install.SecretRotation;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "secrets",
    description = {
      "Creates the Secrets that the chart needs and that do not exist.",
      "The command install does so too."
    },
    mixinStandardHelpOptions = true)
final class SecretsCommand extends ChangeCommand {
  @Mixin LlmArguments llm = new LlmArguments();

  @Option(
      names = "--rotate",
      paramLabel = "NAME",
      description =
          "Give this Secret new content and restart the workloads that read it, servers before their clients; repeatable. Nothing is created then.")
  List<String> rotate = new ArrayList<>();

  @Option(
      names = "--restart",
      paramLabel = "NAME",
      description =
          "Keep the content of this Secret and restart the workloads that read it, for example after --undo; repeatable.")
  List<String> restart = new ArrayList<>();

  @Option(
      names = "--server-password",
      paramLabel = "NAME=FILE",
      description =
          "The password that the server of this Secret has already, for a server that keeps its password when it starts; repeatable.")
  Map<String, Path> serverPasswords = new LinkedHashMap<>();

  @Option(
      names = "--restart-timeout",
      paramLabel = "SECONDS",
      description =
          "How long the pods that restart at the same time may take; default ${DEFAULT-VALUE}.")
  int timeout = 600;

  private @Nullable MirrorPlan planned;

  @Override
  ClusterChange plan(Airgap airgap) {
    planned = plan.plan(airgap, release);
    return rotates()
        ? airgap.planSecretRotation(planned, rotation())
        : airgap.planSecrets(planned, llm.credentials());
  }

  @Override
  void apply(Airgap airgap, ClusterChange change) {
    if (planned == null || !rotates()) {
      super.apply(airgap, change);
      return;
    }
    ChangeReport report = airgap.rotateSecrets(planned, rotation());
    output.report(ReportDocument.of(report));
    report.orElseThrow();
  }

  private boolean rotates() {
    if (!rotate.isEmpty() && !restart.isEmpty()) {
      throw new IllegalArgumentException("--rotate and --restart exclude each other");
    }
    return !rotate.isEmpty() || !restart.isEmpty();
  }

  private SecretRotation rotation() {
    SecretRotation.Builder rotation =
        SecretRotation.builder()
            .addAllNames(rotate)
            .addAllNames(restart)
            .restartOnly(!restart.isEmpty())
            .llmCredentials(llm.credentials())
            .restart(WaitPolicy.of(Duration.ofSeconds(timeout), Duration.ofSeconds(1)));
    serverPasswords.forEach(
        (name, file) -> {
          try {
            rotation.putServerPasswords(name, Secret.of(Files.readString(file).strip()));
          } catch (IOException e) {
            throw new AirgapException("cannot read the password in " + file + ": " + e, e);
          }
        });
    return rotation.build();
  }

  @Override
  String manifestName() {
    return "secrets.yaml";
  }
}
