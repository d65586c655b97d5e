package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.mirror.MirrorListing;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "ls",
    description = {
      "Lists the repositories of the plan in the mirror, with their tags. Read-only.",
      "Without a plan: those of the given images, for --target."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Exit status: 0 when all images of the plan are there, 1 when one is missing."})
final class MirrorListCommand extends StepCommand {
  @Parameters(
      paramLabel = "IMAGE",
      description = "Only this image, by its name at the source or in the mirror.")
  List<String> images = new ArrayList<>();

  @Override
  MirrorPlan plan(Airgap airgap) {
    return plan.isGiven() ? super.plan(airgap) : MirrorImages.planOf(images, plan.target.target());
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    MirrorListing listing = airgap.listMirror(MirrorImages.chosen(planned, images));
    output.report(ReportDocument.of(listing), MirrorImages.text(listing));
    return listing.isOk() ? 0 : 1;
  }
}
