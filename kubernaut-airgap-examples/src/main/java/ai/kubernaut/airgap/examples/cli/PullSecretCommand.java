package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.report.ReportDocument;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "pull-secret",
    description = "Gives the cluster the credentials of the mirror.",
    mixinStandardHelpOptions = true)
final class PullSecretCommand extends ChangeCommand {
  @Option(
      names = "--replace",
      description = "Replace other credentials for the mirror that the cluster has.")
  boolean replace;

  private @Nullable MirrorPlan planned;

  private PullSecretOptions options() {
    return PullSecretOptions.builder().replaceOtherCredentials(replace).build();
  }

  private Credentials credentials(MirrorPlan of) {
    return registries
        .credentialsFor(of.target())
        .orElseThrow(() -> new MissingCredentialsException(of.target()));
  }

  @Override
  ClusterChange plan(Airgap airgap) {
    planned = plan.plan(airgap, release);
    return airgap.planPullSecret(planned, credentials(planned), options());
  }

  /** Plans again, because the step waits for nodes also when nothing is to be changed. */
  @Override
  void apply(Airgap airgap, ClusterChange change) {
    MirrorPlan of = Objects.requireNonNull(planned);
    if (noWait) {
      super.apply(airgap, change);
      return;
    }
    PullSecretReport report = airgap.configurePullSecret(of, credentials(of), options());
    output.report(ReportDocument.of(report));
  }

  @Override
  String manifestName() {
    return "pull-secret.yaml";
  }
}
