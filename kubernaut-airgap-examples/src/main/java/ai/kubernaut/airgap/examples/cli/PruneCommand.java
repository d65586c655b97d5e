package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.prune.PruneOptions;
import ai.kubernaut.airgap.prune.PruneReport;
import ai.kubernaut.airgap.report.ReportDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description =
        "Lists content of the mirror that no plan and no revision of a release needs. Deletes nothing without --delete.",
    mixinStandardHelpOptions = true)
final class PruneCommand implements Callable<Integer>, Interruptible {
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ClusterArguments cluster = new ClusterArguments();
  @Mixin Output output = new Output();

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      required = true,
      description =
          "A saved plan whose images are kept; repeatable. Only repositories of these plans are searched.")
  List<Path> plans = new ArrayList<>();

  @Option(
      names = "--no-cluster",
      description =
          "Keep the images of the plans only; ask no cluster for the revisions of their releases.")
  boolean withoutCluster;

  @Option(names = "--dry-run", description = "List only; this is the default.")
  boolean dryRun;

  @Option(names = "--delete", description = "Delete what is not needed, by digest.")
  boolean delete;

  @Override
  public Integer call() {
    if (dryRun && delete) {
      throw new IllegalArgumentException("--dry-run and --delete exclude each other");
    }
    Airgap.Builder builder =
        Airgap.builder().registry(registries.client()).onProgress(output).closeClients(true);
    try (Airgap airgap = (withoutCluster ? builder : cluster.reach(builder)).build()) {
      PruneReport report =
          airgap.prune(
              plans.stream().<MirrorPlan>map(file -> MirrorPlan.read(file)).toList(),
              PruneOptions.builder().delete(delete).askCluster(!withoutCluster).build());
      output.report(ReportDocument.of(report));
      return report.isOk() ? 0 : 1;
    }
  }

  @Override
  public String afterInterruption() {
    return delete ? "What was deleted stays deleted. The same command deletes the rest:" : NOTHING;
  }
}
