package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.openshift.RolloutOptions;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.report.ReportDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands have in common that change objects of the cluster. */
abstract class ChangeCommand implements Callable<Integer>, Interruptible {
  @Mixin PlanArguments plan = new PlanArguments();
  @Mixin RegistryArguments registries = new RegistryArguments();
  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin ClusterArguments cluster = new ClusterArguments();
  @Mixin Output output = new Output();

  @Option(names = "--dry-run", description = "Print what would change, and change nothing.")
  boolean dryRun;

  @Option(
      names = "--undo",
      paramLabel = "REPORT",
      description =
          "Take back the change that this report describes, the output of an earlier run with --json.")
  @Nullable Path undo;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Write the wanted objects as manifests to this directory, for example for GitOps, and change nothing.")
  @Nullable Path directory;

  @Option(
      names = "--no-wait",
      description = "Do not wait until the nodes of an OpenShift cluster have the change.")
  boolean noWait;

  @Override
  public Integer call() {
    try (Airgap airgap =
        reach(Airgap.builder().registry(registries.client()).onProgress(output))
            .closeClients(true)
            .build()) {
      ClusterChange change = undo == null ? plan(airgap) : airgap.planUndo(ChangeReport.read(undo));
      if (directory != null) {
        write(directory, manifests(change));
      }
      if (dryRun || directory != null || !change.isOk()) {
        output.report(ReportDocument.of(change));
        change.orElseThrow();
        return 0;
      }
      output.tell(ReportDocument.of(change).toText());
      if (undo == null) {
        apply(airgap, change);
      } else {
        applyAndReport(airgap, change);
      }
      return 0;
    }
  }

  /** Applies the change of this command, and reports it. */
  void apply(Airgap airgap, ClusterChange change) {
    applyAndReport(airgap, change);
  }

  private void applyAndReport(Airgap airgap, ClusterChange change) {
    ChangeReport report =
        airgap.apply(change, RolloutOptions.builder().waitForNodes(!noWait).build());
    output.report(ReportDocument.of(report));
    report.orElseThrow();
  }

  /** Adds the clients that the command needs beside the one for registries. */
  Airgap.Builder reach(Airgap.Builder airgap) {
    return cluster.reach(airgap);
  }

  /** Plans the change of this command. */
  abstract ClusterChange plan(Airgap airgap);

  /** The files for GitOps by their names. */
  Map<String, String> manifests(ClusterChange change) {
    return Map.of(manifestName(), change.toYaml());
  }

  /** The name of the file with the manifests. */
  abstract String manifestName();

  private void write(Path target, Map<String, String> files) {
    files.forEach(
        (name, text) -> {
          Path file = target.resolve(name);
          try {
            if (file.getParent() != null) {
              Files.createDirectories(file.getParent());
            }
          } catch (IOException e) {
            throw new AirgapException("cannot write " + file + ": " + e, e);
          }
          TextFiles.write(file, text);
          output.tell("wrote " + file);
        });
  }

  @Override
  public String afterInterruption() {
    return dryRun || directory != null
        ? NOTHING
        : "Changes that were made stay. The same command makes the others:";
  }
}
