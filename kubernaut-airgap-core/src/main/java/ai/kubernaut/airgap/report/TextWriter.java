package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Repair;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a report for a terminal: first what is wrong, then what is well, folded. */
final class TextWriter {
  /** How many facts of one kind are shown before the others are counted only. */
  private static final int SHOWN = 3;

  private static final List<ProblemCode.Severity> SHOWN_SEVERITIES =
      List.of(ProblemCode.Severity.ERROR, ProblemCode.Severity.WARNING);

  private final List<String> lines = new ArrayList<>();

  private TextWriter() {}

  static String write(ReportContent content) {
    TextWriter writer = new TextWriter();
    writer.problems(content);
    writer.causes(content.causes());
    content.lines().forEach(line -> writer.add("  ", "      ", line));
    writer.facts(content.facts());
    String result = content.checks().isEmpty() ? "" : content.isOk() ? "PASSED: " : "FAILED: ";
    writer.add("", "  ", result + content.summary());
    return String.join("\n", writer.lines);
  }

  private void add(String first, String next, String text) {
    lines.addAll(SafeText.wrap(first, next, text, SafeText.WIDTH));
  }

  private void problems(ReportContent content) {
    List<Problem> problems = content.problems();
    for (ProblemCode.Severity severity : SHOWN_SEVERITIES) {
      for (Problem problem : problems) {
        if (problem.code().severity() == severity) {
          add("%-8s".formatted(severity), "        ", problem.subject() + ": " + problem.message());
          add("      → ", "        ", problem.remedy());
        }
      }
    }
    long remarks =
        problems.stream().filter(one -> !SHOWN_SEVERITIES.contains(one.code().severity())).count();
    if (remarks > 0) {
      add("  ", "      ", remarks + " remarks that need no action are not shown");
    }
  }

  private void causes(List<Cause> causes) {
    for (Cause cause : causes) {
      if (cause.isRoot()) {
        add("CAUSE   ", "        ", cause.problem().subject() + ": " + cause.problem().message());
        cause.evidence().forEach(fact -> add("        ", "          ", fact.describe()));
        cause
            .repair()
            .map(Repair::command)
            .ifPresent(command -> add("      → ", "        ", command));
        cause
            .consequences()
            .forEach(
                problem ->
                    add(
                        "        so ",
                        "           ",
                        problem.subject() + ": " + problem.message()));
      }
    }
  }

  private void facts(List<Fact> facts) {
    Map<FactCode, List<Fact>> byCode = new LinkedHashMap<>();
    facts.forEach(fact -> byCode.computeIfAbsent(fact.code(), any -> new ArrayList<>()).add(fact));
    byCode.forEach(
        (code, all) -> {
          int shown = all.size() <= SHOWN + 1 ? all.size() : SHOWN;
          all.subList(0, shown).forEach(fact -> add("  ", "      ", fact.describe()));
          if (all.size() > shown) {
            add("  ", "      ", "… and " + (all.size() - shown) + " more of " + code);
          }
        });
  }
}
