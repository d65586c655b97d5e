package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleReport;
import ai.kubernaut.airgap.report.ReportDocument;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = "Reads a whole bundle and compares everything with its digests.",
    mixinStandardHelpOptions = true)
final class BundleCheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", description = "The bundle.")
  Path path = Path.of(".");

  @Option(
      names = "--provenance",
      paramLabel = "FILE",
      description =
          "Require that this statement of bundle create is about the bundle and was signed with --verify-key.")
  @Nullable Path provenance;

  @Mixin SignatureArguments signature = new SignatureArguments();
  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (BundleStore store = BundleStore.open(path);
        Airgap airgap = Airgap.builder().onProgress(output).build()) {
      Bundle bundle = signature.verified(store.bundle(), path);
      if (provenance != null) {
        bundle = bundle.requireProvenance(signature.key("--provenance"), provenance);
      }
      BundleReport report = airgap.check(bundle);
      output.report(ReportDocument.of(report));
      report.orElseThrow();
      return 0;
    }
  }
}
