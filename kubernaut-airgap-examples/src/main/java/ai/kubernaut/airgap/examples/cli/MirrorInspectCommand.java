package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.mirror.ImageInspection;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = {
      "Shows an image in the mirror: digest, media type, platforms, sizes and labels. Read-only.",
      "With a plan it is compared with the digest of the plan; without one, --target names the mirror."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit status: 0 when the image is there, with the digest of the plan, and 1 when it is not."
    })
final class MirrorInspectCommand extends StepCommand {
  @Parameters(
      paramLabel = "IMAGE",
      description =
          "The image, by its name at the source or in the mirror, or by the last part of its name.")
  String image = "";

  @Override
  MirrorPlan plan(Airgap airgap) {
    return plan.isGiven()
        ? super.plan(airgap)
        : MirrorImages.planOf(List.of(image), plan.target.target());
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    MirrorEntry entry = MirrorImages.chosen(planned, List.of(image)).entries().get(0);
    ImageInspection inspection = airgap.inspect(planned, entry);
    output.report(ReportDocument.of(inspection), MirrorImages.text(inspection));
    return inspection.isOk() ? 0 : 1;
  }
}
