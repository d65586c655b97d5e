package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Repair;
import ai.kubernaut.airgap.outcome.Problem;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The causes of a report: in its JSON, and drawn from causes at the left to consequences. */
final class CauseDiagram {
  private static final int BOX_WIDTH = 290;
  private static final int BOX_HEIGHT = 46;
  private static final int COLUMN = BOX_WIDTH + 70;
  private static final int ROW = BOX_HEIGHT + 16;
  private static final int LABEL_CHARACTERS = 38;

  private final List<Cause> causes;
  private final Map<Problem, Integer> indexes = new HashMap<>();
  private final int[] columns;
  private final int[] rows;

  private CauseDiagram(List<Cause> causes) {
    this.causes = causes;
    for (int index = 0; index < causes.size(); index++) {
      indexes.putIfAbsent(causes.get(index).problem(), index);
    }
    this.columns = columns();
    this.rows = new int[causes.size()];
    int[] used = new int[causes.size() + 1];
    for (int index = 0; index < causes.size(); index++) {
      rows[index] = used[columns[index]]++;
    }
  }

  /** A consequence stands right of all its causes; where causes form a cycle, the order is kept. */
  private int[] columns() {
    int[] columns = new int[causes.size()];
    for (int round = 0; round < causes.size(); round++) {
      boolean moved = false;
      for (int index = 0; index < causes.size(); index++) {
        for (int to : consequences(index)) {
          if (columns[to] <= columns[index] && columns[index] + 1 < causes.size()) {
            columns[to] = columns[index] + 1;
            moved = true;
          }
        }
      }
      if (!moved) {
        break;
      }
    }
    return columns;
  }

  /** The consequences that are nodes themselves. */
  private int[] consequences(int index) {
    return causes.get(index).consequences().stream()
        .map(indexes::get)
        .filter(Objects::nonNull)
        .mapToInt(Integer::intValue)
        .filter(to -> to != index)
        .distinct()
        .toArray();
  }

  static void draw(Markup page, List<Cause> causes) {
    new CauseDiagram(causes).draw(page);
  }

  private void draw(Markup page) {
    int width = COLUMN * (Arrays.stream(columns).max().orElse(0) + 1);
    int height = ROW * (Arrays.stream(rows).max().orElse(0) + 1) + 10;
    String title = "Graph of causes and consequences";
    page.openDrawing("graph-title", title, title + "; the list below has the same", width, height);
    for (int from = 0; from < causes.size(); from++) {
      for (int to : consequences(from)) {
        edge(page, from, to);
      }
    }
    for (int index = 0; index < causes.size(); index++) {
      box(page, index);
    }
    page.close().end();
  }

  private void edge(Markup page, int from, int to) {
    int x1 = 5 + columns[from] * COLUMN + BOX_WIDTH;
    int y1 = 5 + rows[from] * ROW + BOX_HEIGHT / 2;
    int x2 = 5 + columns[to] * COLUMN - 8;
    int y2 = 5 + rows[to] * ROW + BOX_HEIGHT / 2;
    page.shape(
        "path",
        "class",
        "edge",
        "d",
        "M%d %d C%d %d %d %d %d %d".formatted(x1, y1, x1 + 35, y1, x2 - 35, y2, x2, y2));
    page.shape("path", "class", "head", "d", "M%d %d l-6 -5 v10 z".formatted(x2 + 6, y2));
  }

  private void box(Markup page, int index) {
    Cause cause = causes.get(index);
    int x = 5 + columns[index] * COLUMN;
    int y = 5 + rows[index] * ROW;
    page.shape(
        "rect",
        "class",
        cause.isRoot() ? "box root" : "box",
        "x",
        x,
        "y",
        y,
        "width",
        BOX_WIDTH,
        "height",
        BOX_HEIGHT,
        "rx",
        6);
    page.element(
        "text",
        shorten((cause.isRoot() ? "root: " : "") + cause.problem().code().name()),
        "class",
        "code",
        "x",
        x + 10,
        "y",
        y + 19);
    page.element("text", shorten(cause.problem().subject().toString()), "x", x + 10, "y", y + 36);
  }

  private static String shorten(String label) {
    String line = SafeText.line(label);
    return line.length() <= LABEL_CHARACTERS ? line : line.substring(0, LABEL_CHARACTERS - 1) + "…";
  }

  static ReportContent add(ReportContent content, List<Cause> causes) {
    ObjectNode json = content.fields().deepCopy();
    json.set("causes", json(causes));
    return new ReportContent.Builder().from(content).causes(causes).fields(json).build();
  }

  static ArrayNode json(List<Cause> causes) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Cause cause : causes) {
      Problem problem = cause.problem();
      ObjectNode one =
          array
              .addObject()
              .put("code", problem.code().name())
              .put("root", cause.isRoot())
              .put("subject", problem.subject().name())
              .put("subjectKind", problem.subject().kind().name())
              .put("message", problem.message());
      ArrayNode evidence = one.putArray("evidence");
      cause
          .evidence()
          .forEach(
              fact ->
                  evidence
                      .addObject()
                      .put("code", fact.code().name())
                      .put("subject", fact.subject().name())
                      .put("subjectKind", fact.subject().kind().name())
                      .put("message", fact.message()));
      ObjectNode repair = one.putObject("repair").put("remedy", problem.remedy());
      cause.repair().map(Repair::command).ifPresent(command -> repair.put("command", command));
      cause
          .repair()
          .map(Repair::call)
          .filter(call -> !call.isEmpty())
          .ifPresent(call -> repair.put("call", call));
      ArrayNode consequences = one.putArray("consequences");
      cause
          .consequences()
          .forEach(
              consequence ->
                  consequences
                      .addObject()
                      .put("code", consequence.code().name())
                      .put("subject", consequence.subject().name()));
    }
    return array;
  }
}
