package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.ImageList;
import ai.kubernaut.airgap.plan.ImageSetConfiguration;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
      names = "--files",
      paramLabel = "DIR",
      description =
          "Look in this directory for the chart and the files of a saved plan; repeatable. Default: under their paths from the directory of the plan, and by name beside it")
  List<Path> directories = new ArrayList<>();

  @Option(
      names = "--images",
      paramLabel = "FILE",
      description = "A list of images, one in a line, instead of a chart.")
  @Nullable Path imageList;

  @Option(
      names = "--imageset",
      paramLabel = "FILE",
      description =
          "The ImageSetConfiguration of oc mirror, v1alpha2 or v2alpha1, instead of a chart.")
  @Nullable Path imageSet;

  @Option(
      names = "--imageset-release",
      paramLabel = "VERSION",
      description =
          "What stands for <VERSION> in an --imageset that is a template, such as v1.1.0.")
  @Nullable String imageSetRelease;

  @Option(
      names = "--offline",
      description =
          "Ask no source registry while planning; tags are resolved when they are mirrored.")
  boolean offline;

  @Mixin ChartArguments chart = new ChartArguments();
  @Mixin TargetArguments target = new TargetArguments();

  MirrorPlan plan(Airgap airgap, ReleaseArguments release) {
    requireOneInput();
    if (file != null) {
      MirrorPlan saved = MirrorPlan.read(file, directories.toArray(Path[]::new));
      return saved.forRelease(release.or(saved.release()));
    }
    PlanOptions options =
        PlanOptions.builder()
            .resolveDigests(!offline)
            .addAllExtraImages(chart.extraImages)
            .platforms(chart.platforms())
            .build();
    // Before a file is read or a registry is asked: a target that is missing is wrong usage.
    Target mirror = target.target();
    if (imageList != null) {
      return airgap
          .plan(ImageList.read(imageList), mirror, options)
          .forRelease(release.or(ReleaseName.defaultRelease()));
    }
    if (imageSet != null) {
      return airgap
          .plan(
              ImageSetConfiguration.read(imageSet, Optional.ofNullable(imageSetRelease)),
              mirror,
              options)
          .forRelease(release.or(ReleaseName.defaultRelease()));
    }
    Chart planned = chart.chart(airgap).orElseThrow();
    return airgap.plan(planned.release(release.or(planned.release())), mirror, options);
  }

  /** Whether there is a chart behind the plan that is made now. */
  boolean hasChart() {
    return chart.chart != null;
  }

  /** Whether there is a saved plan, or something to plan from. */
  boolean isGiven() {
    return !inputs().isEmpty();
  }

  private List<String> inputs() {
    List<String> given = new ArrayList<>();
    addIf(given, file != null, "--plan");
    addIf(given, chart.chart != null, "--chart");
    addIf(given, imageList != null, "--images");
    addIf(given, imageSet != null, "--imageset");
    return given;
  }

  private void requireOneInput() {
    List<String> given = inputs();
    if (given.isEmpty()) {
      throw new IllegalArgumentException(
          "--chart is missing: the chart's directory, archive or address; or --images or --imageset with a list of images, or --plan with a saved plan");
    }
    if (given.size() > 1) {
      throw new IllegalArgumentException(
          String.join(" and ", given) + " exclude each other: give one of them");
    }
    if (imageSetRelease != null && imageSet == null) {
      throw new IllegalArgumentException("--imageset-release applies to --imageset only");
    }
  }

  private static void addIf(List<String> given, boolean is, String option) {
    if (is) {
      given.add(option);
    }
  }
}
