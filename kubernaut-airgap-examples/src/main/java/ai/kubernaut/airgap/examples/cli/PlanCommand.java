package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanDiff;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description = "Finds every image of the chart and its name in the mirror; changes nothing.",
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  @Mixin PlanArguments plan = new PlanArguments();
  @Mixin RegistryArguments registries = new RegistryArguments();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Save the plan for the other commands.")
  @Nullable Path file;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "How the plan is printed: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  PlanFormat format = PlanFormat.TEXT;

  @Option(names = "--since", paramLabel = "FILE", description = "Print what is new, gone and changed since a saved plan.")
  @Nullable Path earlier;

  @Mixin ReleaseArguments release = new ReleaseArguments();
  @Mixin Output output = new Output();

  @Override
  public Integer call() {
    try (Airgap airgap =
        Airgap.builder()
            .registry(registries.client())
            .helm(HelmJavaClient.create())
            .onProgress(output)
            .build()) {
      MirrorPlan planned = plan.plan(airgap, release.release());
      if (file != null) {
        planned.save(file);
        output.tell("The plan is saved in " + file);
      }
      if (earlier != null) {
        PlanDiff diff = PlanDiff.between(MirrorPlan.read(earlier), planned);
        output.report(Reports.json(diff), diff.toText().stripTrailing());
      } else {
        output.report(Reports.json(planned), format.print(planned));
      }
      return 0;
    }
  }
}
