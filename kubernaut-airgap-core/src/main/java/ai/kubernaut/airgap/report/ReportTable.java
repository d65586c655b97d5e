package ai.kubernaut.airgap.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a report that are the same in every form. Immutable.
 *
 * @param title the heading
 * @param columns the names of the columns
 * @param rows the rows, each with a cell for each column
 */
record ReportTable(String title, List<String> columns, List<Row> rows) {
  ReportTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * One row. Immutable.
   *
   * @param isOk whether it needs no attention
   * @param cells the texts
   */
  record Row(boolean isOk, List<String> cells) {
    Row {
      cells = List.copyOf(cells);
    }
  }

  static Builder builder(String title, String... columns) {
    return new Builder(title, List.of(columns));
  }

  /** Builds a {@link ReportTable}. Not thread-safe. */
  static final class Builder {
    private final String title;
    private final List<String> columns;
    private final List<Row> rows = new ArrayList<>();

    private Builder(String title, List<String> columns) {
      this.title = title;
      this.columns = columns;
    }

    Builder row(boolean isOk, String... cells) {
      rows.add(new Row(isOk, List.of(cells)));
      return this;
    }

    ReportTable build() {
      return new ReportTable(title, columns, rows);
    }
  }
}
