package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "mirror",
    description = "Copies the images of a plan to the mirror.",
    mixinStandardHelpOptions = true)
final class MirrorCommand extends StepCommand {
  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description =
          "Lets half-sent blobs survive the process: run again with the same file to go on with them.")
  @Nullable Path journal;

  @Option(
      names = "--platform-if-index-refused",
      paramLabel = "OS/ARCH",
      description =
          "Where the mirror takes no images for several platforms, mirror this one alone; digests change.")
  @Nullable Platform platformIfIndexRefused;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Save the plan as it was carried out, for the other commands: with the digests that images have got.")
  @Nullable Path out;

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    MirrorReport report =
        airgap.mirror(
            planned,
            MirrorOptions.builder()
                .journal(Optional.ofNullable(journal))
                .platformWhereIndexRefused(Optional.ofNullable(platformIfIndexRefused))
                .build());
    if (out != null) {
      report.plan().save(out);
    }
    output.closeBar();
    output.report(Reports.json(report), report.summary());
    report.orElseThrow();
    return 0;
  }
}
