package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.plan.ImageList;
import ai.kubernaut.airgap.plan.ImageSetConfiguration;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.OtherTools;
import ai.kubernaut.airgap.report.ReportDocument;
import java.util.function.Function;

/** How a plan can be printed. */
enum PlanFormat {
  TEXT(plan -> ReportDocument.of(plan).toText()),
  YAML(MirrorPlan::toYaml),
  LIST(ImageList::write),
  IMAGESET_V1ALPHA2(
      plan -> ImageSetConfiguration.write(plan, ImageSetConfiguration.Version.V1ALPHA2)),
  IMAGESET_V2ALPHA1(
      plan -> ImageSetConfiguration.write(plan, ImageSetConfiguration.Version.V2ALPHA1)),
  SKOPEO_COPY(plan -> String.join("\n", OtherTools.skopeoCopy(plan))),
  SKOPEO_SYNC(OtherTools::skopeoSync);

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final Function<MirrorPlan, String> printer;

  PlanFormat(Function<MirrorPlan, String> printer) {
    this.printer = printer;
  }

  String print(MirrorPlan plan) {
    return printer.apply(plan).stripTrailing();
  }
}
