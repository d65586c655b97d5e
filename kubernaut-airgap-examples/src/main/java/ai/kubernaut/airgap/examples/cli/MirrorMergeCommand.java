package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.shard.PlanPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "merge",
    description = {
      "Merges the reports of all shards of a partition into the report of the whole plan. Asks no registry.",
      "Fails if a shard has no report, or if a report is of another plan."
    },
    mixinStandardHelpOptions = true)
final class MirrorMergeCommand extends StepCommand {
  @Option(
      names = "--partition",
      paramLabel = "FILE",
      required = true,
      description = "The partition whose shards were mirrored.")
  Path partitionFile = Path.of("partition.yaml");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Save the plan as it was carried out, for the other commands: with the digests that images have got.")
  @Nullable Path out;

  @Parameters(
      paramLabel = "REPORT",
      arity = "1..*",
      description = "The reports of the shards, which mirror --report FILE.json has written.")
  List<Path> files = new ArrayList<>();

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    PlanPartition partition = PlanPartition.read(partitionFile);
    List<MirrorReport> reports =
        files.stream().map(file -> MirrorReport.read(file, partition.plan())).toList();
    MirrorReport report = partition.merge(planned, reports);
    if (out != null) {
      report.plan().save(out);
    }
    output.report(ReportDocument.of(report));
    report.orElseThrow();
    return 0;
  }
}
