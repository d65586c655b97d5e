package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
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

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    MirrorReport report =
        airgap.mirror(
            planned, MirrorOptions.builder().journal(Optional.ofNullable(journal)).build());
    output.closeBar();
    output.report(Reports.json(report), report.summary());
    report.orElseThrow();
    return 0;
  }
}
