package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.verify.VerificationAttestation;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "attestation",
    description = {
      "Checks the signature of an attestation that verify --attestation has written, and shows it.",
      "Needs neither a cluster nor a network."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit status: 0 when the release was healthy, 1 when it was not, or when the attestation is not trusted."
    })
final class VerifyAttestationCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The attestation.")
  Path file = Path.of(".");

  @Option(
      names = "--verify-key",
      paramLabel = "FILE",
      required = true,
      description = "The public key of the signature, a PEM file.")
  Path key = Path.of(".");

  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    VerificationAttestation attestation =
        VerificationAttestation.read(file, KeyFiles.publicKey(key));
    output.report(ReportDocument.of(attestation));
    return attestation.isOk() ? 0 : 1;
  }
}
