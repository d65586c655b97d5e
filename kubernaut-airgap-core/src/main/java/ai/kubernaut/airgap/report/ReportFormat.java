package ai.kubernaut.airgap.report;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The forms in which a report can be written to a file. */
public enum ReportFormat {
  /** JSON that follows the published schema. */
  JSON("json", JsonWriter::write),
  /** JUnit XML for pipelines: a test case for each check, image and problem. */
  JUNIT("xml", JUnitWriter::write),
  /** Markdown for tickets. */
  MARKDOWN("md", MarkdownWriter::write),
  /** One HTML page that loads nothing, with charts, a search and filters. */
  HTML("html", HtmlWriter::write);

  private final String extension;

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final Function<ReportContent, String> writer;

  ReportFormat(String extension, Function<ReportContent, String> writer) {
    this.extension = extension;
    this.writer = writer;
  }

  /** {@return the extension of such files, without a dot} */
  public String extension() {
    return extension;
  }

  /**
   * Returns the form of a file by its extension.
   *
   * @param file the file
   * @return the form
   * @throws IllegalArgumentException when the extension is none of these
   */
  public static ReportFormat of(Path file) {
    String name = Optional.ofNullable(file.getFileName()).map(Path::toString).orElse("");
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> format.extension.equals(extension) && name.contains("."))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "cannot tell the form of the report "
                        + file
                        + ": its name must end with "
                        + Arrays.stream(values())
                            .map(format -> "." + format.extension)
                            .collect(Collectors.joining(", "))));
  }

  /**
   * Writes a report. Values from charts, logs and events are escaped.
   *
   * @param report the report
   * @return the text of the file
   */
  public String write(ReportDocument report) {
    return writer.apply(report.content());
  }
}
