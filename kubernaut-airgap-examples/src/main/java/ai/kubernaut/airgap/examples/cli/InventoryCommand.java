package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.bundle.Inventory;
import ai.kubernaut.airgap.plan.MirrorPlan;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    long bytes = inventory.blobs().values().stream().mapToLong(Long::longValue).sum();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("blobs", inventory.blobs().size()).put("bytes", bytes);
    output.report(
        "InventoryReport",
        json,
        "%d blobs, %d bytes, are listed in %s".formatted(inventory.blobs().size(), bytes, out));
    return 0;
  }
}
