package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A plan: saved before, or made now. */
final class PlanArguments {
  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = "A saved plan, instead of a chart and a target.")
  @Nullable Path file;

  @Option(
      names = "--offline",
      description =
          "Ask no source registry while planning; tags are resolved when they are mirrored.")
  boolean offline;

  @Mixin ChartArguments chart = new ChartArguments();
  @Mixin TargetArguments target = new TargetArguments();

  MirrorPlan plan(Airgap airgap, ReleaseName release) {
    if (file != null) {
      return MirrorPlan.read(file);
    }
    return airgap.plan(
        chart
            .chart(airgap)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "--chart is missing: the chart's folder, archive or address, or --plan with a saved plan")),
        target.target(),
        PlanOptions.builder()
            .release(release)
            .resolveDigests(!offline)
            .addAllExtraImages(chart.extraImages)
            .platforms(chart.platforms())
            .build());
  }
}
