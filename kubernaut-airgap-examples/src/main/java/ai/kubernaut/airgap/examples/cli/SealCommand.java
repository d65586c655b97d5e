package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.seal.SealOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "seal",
    description =
        "Lets the namespaces of a release accept pods with the images of its plan only, by a ValidatingAdmissionPolicy.",
    mixinStandardHelpOptions = true)
final class SealCommand extends ChangeCommand {
  @Option(
      names = "--action",
      paramLabel = "deny|warn",
      description = "What is done with a pod that has another image. Default: ${DEFAULT-VALUE}",
      defaultValue = "deny")
  String action;

  @Option(
      names = "--source-digests",
      description =
          "Also allow the source names with their digests, for an installation through mirror rules.")
  boolean sourceDigests;

  @Option(
      names = "--also-plan",
      paramLabel = "FILE",
      description =
          "Also allow the images of this saved plan, for example that of the revision before an upgrade; repeatable.")
  List<Path> otherPlans = new ArrayList<>();

  @Option(
      names = "--seal-namespace",
      paramLabel = "NAME",
      description =
          "Seal this namespace; repeatable. Default: the namespaces in which pods of the chart run")
  List<String> namespaces = new ArrayList<>();

  @Option(names = "--remove", description = "Remove the seal of the release.")
  boolean remove;

  @Override
  ClusterChange plan(Airgap airgap) {
    if (remove) {
      return airgap.planSealRemoval(
          plan.file == null
              ? release.or(ReleaseName.defaultRelease())
              : plan.plan(airgap, release).release());
    }
    return airgap.planSeal(
        plan.plan(airgap, release),
        SealOptions.builder()
            .action(action())
            .sourceDigests(sourceDigests)
            .otherPlans(otherPlans.stream().<MirrorPlan>map(this::read).toList())
            .namespaces(namespaces)
            .build());
  }

  private MirrorPlan read(Path file) {
    return MirrorPlan.read(file, plan.directories.toArray(Path[]::new));
  }

  private SealOptions.Action action() {
    return switch (action) {
      case "deny" -> SealOptions.Action.DENY;
      case "warn" -> SealOptions.Action.WARN;
      default ->
          throw new IllegalArgumentException("invalid --action '" + action + "': deny or warn");
    };
  }

  @Override
  String manifestName() {
    return "seal.yaml";
  }
}
