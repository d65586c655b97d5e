package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Repair;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.verify.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a report as Markdown with tables, as GitHub, GitLab and Jira understand it. */
final class MarkdownWriter {
  private final StringBuilder text = new StringBuilder();

  private MarkdownWriter() {}

  static String write(ReportContent content) {
    MarkdownWriter writer = new MarkdownWriter();
    writer.heading("# ", content.title());
    writer.paragraph((content.isOk() ? "**OK** " : "**FAILED** ") + escape(content.summary()));
    writer.problems(content.problems());
    writer.causes(content.causes());
    writer.images(content.images());
    writer.checks(content.checks());
    writer.rest("", content);
    content.parts().values().forEach(part -> writer.rest(part.title() + ": ", part));
    return writer.text.toString().stripTrailing();
  }

  /**
   * Escapes what Markdown or the HTML in it would interpret. The text stays on one line, as cells
   * of tables have to.
   */
  static String escape(String value) {
    StringBuilder escaped = new StringBuilder();
    for (char one : SafeText.line(value).toCharArray()) {
      switch (one) {
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '&' -> escaped.append("&amp;");
        case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!', '$' ->
            escaped.append('\\').append(one);
        case '\t' -> escaped.append(' ');
        default -> escaped.append(one);
      }
    }
    return escaped.toString();
  }

  private void heading(String level, String title) {
    text.append(level).append(escape(title)).append("\n\n");
  }

  private void paragraph(String line) {
    text.append(line).append("\n\n");
  }

  private void table(List<String> columns, List<List<String>> rows) {
    text.append("| ").append(String.join(" | ", columns)).append(" |\n");
    text.append("|").append(" --- |".repeat(columns.size())).append('\n');
    for (List<String> row : rows) {
      text.append(
          row.stream()
              .map(MarkdownWriter::escape)
              .collect(Collectors.joining(" | ", "| ", " |\n")));
    }
    text.append('\n');
  }

  private void problems(List<Problem> problems) {
    if (!problems.isEmpty()) {
      heading("## ", "Problems");
      table(
          List.of("severity", "code", "subject", "problem", "what to do"),
          problems.stream()
              .sorted((a, b) -> a.code().severity().compareTo(b.code().severity()))
              .map(
                  problem ->
                      List.of(
                          problem.code().severity().name(),
                          problem.code().name(),
                          problem.subject().toString(),
                          problem.message(),
                          problem.remedy()))
              .toList());
    }
  }

  private void causes(List<Cause> causes) {
    if (causes.isEmpty()) {
      return;
    }
    heading("## ", "Causes");
    for (Cause cause : causes) {
      if (cause.isRoot()) {
        text.append("- **")
            .append(escape(cause.problem().subject().toString()))
            .append("**: ")
            .append(escape(cause.problem().message()))
            .append('\n');
        cause
            .evidence()
            .forEach(
                fact -> text.append("  - evidence: ").append(escape(fact.describe())).append('\n'));
        text.append("  - repair: ").append(escape(cause.problem().remedy())).append('\n');
        cause
            .repair()
            .map(Repair::command)
            .ifPresent(
                command -> text.append("  - command: ").append(escape(command)).append('\n'));
        cause
            .consequences()
            .forEach(
                problem ->
                    text.append("  - consequence: ")
                        .append(escape(problem.subject() + ": " + problem.message()))
                        .append('\n'));
      }
    }
    text.append('\n');
  }

  private void images(List<ReportImage> images) {
    if (!images.isEmpty()) {
      heading("## ", "Images");
      table(
          List.of("source", "mirror", "digest in the mirror", "result", "running"),
          images.stream()
              .map(
                  image ->
                      List.of(
                          image.source().orElse("not in the plan"),
                          image.target(),
                          image.mirrorDigest().map(Digest::toString).orElse(""),
                          image.mirrored().map(one -> lower(one.outcome())).orElse(""),
                          image.containers().stream()
                              .map(
                                  one ->
                                      one.name()
                                          + " "
                                          + (one.digest().isEmpty()
                                              ? lower(one.result())
                                              : one.digest()))
                              .collect(Collectors.joining(", "))))
              .toList());
    }
  }

  private void checks(List<Check> checks) {
    if (!checks.isEmpty()) {
      heading("## ", "Checks");
      List<List<String>> rows = new ArrayList<>();
      for (Check check : checks) {
        rows.add(
            List.of(
                lower(check.result()),
                lower(check.kind()),
                check.subject().toString(),
                check.detail()));
      }
      table(List.of("result", "kind", "subject", "detail"), rows);
    }
  }

  private void rest(String prefix, ReportContent content) {
    for (ReportTable table : content.tables()) {
      if (!table.rows().isEmpty()) {
        heading("## ", prefix + table.title());
        table(table.columns(), table.rows().stream().map(ReportTable.Row::cells).toList());
      }
    }
    if (!content.facts().isEmpty()) {
      heading("## ", prefix + "What was found and done");
      for (Fact fact : content.facts()) {
        text.append("- ").append(escape(fact.describe())).append('\n');
      }
      text.append('\n');
    }
  }

  private static String lower(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT);
  }
}
