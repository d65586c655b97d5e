package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.report.ReportDocument;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Lists what a bundle has. Reads only its lists; bundle check reads everything.",
    mixinStandardHelpOptions = true)
final class BundleInspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", description = "The bundle.")
  Path path = Path.of(".");

  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (BundleStore store = BundleStore.openUnchecked(path)) {
      output.report(ReportDocument.of(store.bundle()));
      return 0;
    }
  }
}
