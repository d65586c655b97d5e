package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.bundle.Inventory;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "inventory",
    description = {
      "Writes which blobs the mirror has of the images of a plan. Read-only.",
      "With this file, bundle create --base leaves them out."
    },
    mixinStandardHelpOptions = true)
final class InventoryCommand extends StepCommand {
  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file.")
  Path out = Path.of("inventory.json");

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    Inventory inventory = airgap.inventory(planned);
    inventory.save(out);
    output.tell("The blobs are listed in " + out);
    output.report(ReportDocument.of(inventory));
    return 0;
  }
}
