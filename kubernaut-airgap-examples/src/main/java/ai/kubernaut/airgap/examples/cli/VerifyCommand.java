package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.verify.ContainerOrigin;
import ai.kubernaut.airgap.verify.VerificationDrift;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.VerifyOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = "Verifies that a release runs from the mirror. Read-only.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit status: 0 when the release is healthy, and unchanged if --since is given; 1 when a check failed;"
          + " 2 when the command line was wrong; 3 when the release is healthy but has changed since the report of --since."
    })
final class VerifyCommand extends ClusterCommand {
  private static final int CHANGED = 3;

  @Option(
      names = "--since",
      paramLabel = "REPORT",
      description =
          "Report what has changed since this earlier report: the output of verify --json or lab --json.")
  @Nullable Path since;

  @Option(
      names = "--timeout",
      defaultValue = "300",
      paramLabel = "SECONDS",
      description =
          "How long to wait for what is not ready yet; 0 checks once. Default: ${DEFAULT-VALUE}")
  int timeout = 300;

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    // Before the cluster is asked: a report that cannot be read is wrong usage.
    Optional<List<ContainerOrigin>> earlier =
        Optional.ofNullable(since).map(VerificationDrift::readOrigins);
    VerificationReport report = airgap.verify(airgap.installationOf(planned), options());
    Optional<VerificationDrift> drift =
        earlier.map(origins -> VerificationDrift.between(origins, report.origins()));
    ReportDocument document = ReportDocument.of(report, planned);
    output.report(drift.map(document::withDrift).orElse(document));
    if (!report.isOk()) {
      return 1;
    }
    return drift.filter(VerificationDrift::isChanged).isPresent() ? CHANGED : 0;
  }

  private VerifyOptions options() {
    if (timeout < 0) {
      throw new IllegalArgumentException("--timeout must not be negative");
    }
    return VerifyOptions.builder()
        .waitPolicy(
            timeout == 0
                ? WaitPolicy.once()
                : WaitPolicy.of(Duration.ofSeconds(timeout), Duration.ofSeconds(2)))
        .build();
  }
}
