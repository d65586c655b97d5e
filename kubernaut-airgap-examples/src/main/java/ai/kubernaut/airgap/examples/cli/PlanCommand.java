package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanDiff;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description = "Finds every image of the chart and its name in the mirror; changes nothing.",
    mixinStandardHelpOptions = true)
final class PlanCommand extends StepCommand {
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

  @Option(
      names = "--since",
      paramLabel = "FILE",
      description = "Print what is new, gone and changed since a saved plan.")
  @Nullable Path earlier;

  @Override
  public Integer call() {
    if (format != PlanFormat.TEXT) {
      output.keepReportsApart();
    }
    return super.call();
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
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
