package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.plan.ApprovedPlan;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanDiff;
import ai.kubernaut.airgap.plan.PlanForecast;
import ai.kubernaut.airgap.report.ReportDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description = {
      "Finds every image of the chart and its name in the mirror; changes nothing.",
      "Proves for a --chart that it can be turned to the mirror, and prints what that takes."
    },
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

  @Option(
      names = "--approved",
      paramLabel = "FILE",
      description =
          "Fail if images, digests, mentions or the proof differ from this reviewed plan; --out saves what can be approved.")
  @Nullable Path approved;

  @Option(
      names = "--forecast",
      description = "Ask sources and mirror, and print how much would be sent.")
  boolean forecast;

  @Option(
      names = "--bandwidth",
      paramLabel = "MBITS",
      description =
          "The bandwidth to the mirror in megabits per second, for the time in a --forecast.")
  @Nullable Double megabits;

  @Override
  public Integer call() {
    if (megabits != null && !forecast) {
      throw new IllegalArgumentException("--bandwidth needs --forecast; add it");
    }
    // Less than a thousandth of a megabit, or what is no number, is a mistake.
    if (megabits != null && !(megabits >= 0.001 && megabits <= 1e9)) {
      throw new IllegalArgumentException(
          "--bandwidth is " + megabits + "; it must be megabits per second, more than zero");
    }
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
    if (approved != null) {
      ApprovedPlan.at(approved).compare(planned).orElseThrow();
    }
    // The plan tells that the proof does not hold; proving again tells where.
    Optional<MirrorProof> failed =
        plan.hasChart() && !planned.proofProblems().isEmpty()
            ? Optional.of(airgap.prove(planned))
            : Optional.empty();
    Optional<PlanDiff> diff =
        Optional.ofNullable(earlier)
            .map(before -> PlanDiff.between(MirrorPlan.read(before), planned));
    ReportDocument report =
        diff.map(ReportDocument::of)
            .orElseGet(
                () ->
                    failed
                        .map(proof -> ReportDocument.of(planned, proof))
                        .orElseGet(() -> ReportDocument.of(planned)));
    if (forecast) {
      PlanForecast sizes = airgap.forecast(planned);
      report = report.withForecast(sizes, time(sizes));
    }
    boolean printed = format == PlanFormat.TEXT || diff.isPresent();
    output.report(report, printed ? report.toText() : format.print(planned));
    if (!printed) {
      planned.overlay().ifPresent(overlay -> tell(overlay.facts()));
    }
    failed.ifPresent(MirrorProof::orElseThrow);
    return 0;
  }

  /** The overlay is no part of the other formats. */
  private void tell(List<Fact> overlay) {
    overlay.forEach(fact -> output.tell(fact.describe()));
  }

  private Optional<Duration> time(PlanForecast sizes) {
    return Optional.ofNullable(megabits).map(each -> sizes.timeAt(Math.round(each * 1e6)));
  }
}
