package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.verify.Check;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.immutables.value.Value;

/** What a report consists of, for every form in which it is written. Immutable. */
@Value.Immutable
interface ReportContent {
  /** The kind of the document in the schema of the JSON. */
  String kind();

  /** What the report is about, as a heading. */
  String title();

  /** Whether no problem is an error. */
  boolean isOk();

  /** The result in one line. */
  String summary();

  /** The problems of this report and of its parts. */
  List<Problem> problems();

  /** What was found or done. */
  List<Fact> facts();

  /** The checks of a verification. */
  List<Check> checks();

  /** The images from the chart to the containers that run them. */
  List<ReportImage> images();

  /** The causes of the problems. */
  List<Cause> causes();

  /** Everything else that has rows. */
  List<ReportTable> tables();

  /** Lines for a terminal, beside problems and facts. */
  List<String> lines();

  /** The reports of single steps, by the names that the JSON has for them. */
  Map<String, ReportContent> parts();

  /** The fields of the JSON without apiVersion and kind. Never changed. */
  ObjectNode fields();

  /** Returns a builder with what the result of a step tells of itself. */
  static Builder of(String kind, String title, Outcome<?> outcome) {
    return new Builder()
        .kind(kind)
        .title(title)
        .isOk(outcome.isOk())
        .addAllProblems(outcome.problems());
  }

  /** Returns a builder for a report that cannot have problems. */
  static Builder of(String kind, String title) {
    return new Builder().kind(kind).title(title).isOk(true);
  }

  /** Builds a {@link ReportContent}. Not thread-safe. */
  final class Builder extends ImmutableReportContent.Builder {
    Builder() {}
  }
}
