package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.verify.ContainerOrigin;
import ai.kubernaut.airgap.verify.VerificationAttestation;
import ai.kubernaut.airgap.verify.VerificationDrift;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.VerifyOptions;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = "Verifies that a release runs from the mirror. Read-only.",
    mixinStandardHelpOptions = true,
    subcommands = VerifyAttestationCommand.class,
    footer = {
      "",
      "Exit status: 0 when the release is healthy, and unchanged if --since is given; 1 when a check failed;"
          + " 2 when the command line was wrong; 3 when the release is healthy but has changed since the report of --since."
    })
final class VerifyCommand extends ClusterCommand {
  @Mixin SelectorArguments selector = new SelectorArguments();

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

  @Option(
      names = "--attestation",
      paramLabel = "FILE",
      description =
          "Write the result as a signed attestation (in-toto) that 'verify attestation' reads; needs --sign-key.")
  @Nullable Path attestation;

  @Option(
      names = "--sign-key",
      paramLabel = "FILE",
      description = "Sign the attestation with this private key, a PEM file (PKCS #8).")
  @Nullable Path signKey;

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    // Before the cluster is asked: a report that cannot be read is wrong usage.
    Optional<List<ContainerOrigin>> earlier =
        Optional.ofNullable(since).map(VerificationDrift::readOrigins);
    if ((attestation == null) != (signKey == null)) {
      throw new IllegalArgumentException("--attestation and --sign-key need each other");
    }
    Optional<PrivateKey> key = Optional.ofNullable(signKey).map(KeyFiles::privateKey);
    VerificationReport report = airgap.verify(planned, options());
    if (attestation != null && key.isPresent()) {
      VerificationAttestation.of(report, Instant.now()).sign(key.get(), attestation);
    }
    Optional<VerificationDrift> drift =
        earlier.map(origins -> VerificationDrift.between(origins, report.origins()));
    ReportDocument document = ReportDocument.of(report, planned);
    output.report(drift.map(document::withDrift).orElse(document));
    if (!report.isOk()) {
      return 1;
    }
    return drift.filter(VerificationDrift::isChanged).isPresent() ? ExitStatus.CHANGED.number() : 0;
  }

  private VerifyOptions options() {
    if (timeout < 0) {
      throw new IllegalArgumentException("--timeout must not be negative");
    }
    return selector
        .addTo(VerifyOptions.builder())
        .waitPolicy(
            timeout == 0
                ? WaitPolicy.once()
                : WaitPolicy.of(Duration.ofSeconds(timeout), Duration.ofSeconds(2)))
        .build();
  }
}
