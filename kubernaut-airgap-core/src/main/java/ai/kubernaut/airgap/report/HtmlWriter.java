package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Repair;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.verify.Check;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes a report as one HTML page that loads nothing. Its policy allows the style and the script
 * of the page by their digests, and nothing else.
 */
final class HtmlWriter {
  private final Markup page = new Markup();
  private final ReportContent content;
  private final List<MirroredImage> mirrored;

  private HtmlWriter(ReportContent content) {
    this.content = content;
    this.mirrored =
        content.images().stream().map(ReportImage::mirrored).flatMap(Optional::stream).toList();
  }

  static String write(ReportContent content) {
    return new HtmlWriter(content).write();
  }

  private String write() {
    String style = resource("report.css");
    String script = resource("report.js");
    page.raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'"
            .formatted(hash(style), hash(script)));
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.element("title", (content.isOk() ? "OK: " : "FAILED: ") + content.title());
    page.raw("\n<style>").raw(style).raw("</style>").end();
    page.open("body").element("a", "Skip to the report", "class", "skip", "href", "#main");
    header();
    page.open("main", "id", "main");
    problems();
    causes();
    images();
    mirroring();
    checks();
    tables(content);
    facts();
    page.end();
    // An embedded "<" could end the element, whatever follows it.
    page.raw("<script type=\"application/json\" id=\"report\">")
        .raw(JsonWriter.document(content).toString().replace("<", "\\u003c"))
        .raw("</script>\n<script>")
        .raw(script)
        .raw("</script>\n");
    return page.end().close().toString();
  }

  private static String resource(String name) {
    try (InputStream resource = HtmlWriter.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String inline) {
    try {
      return "sha256-"
          + Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-256")
                      .digest(inline.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void header() {
    page.open("header").element("h1", content.title());
    page.open("p", "class", "summary");
    state(content.isOk());
    page.text(" " + content.summary()).end();
    if (!content.parts().isEmpty()) {
      page.open("ol");
      for (ReportContent part : content.parts().values()) {
        page.open("li");
        state(part.isOk());
        page.text(" " + part.title() + ": " + part.summary()).end();
      }
      page.end();
    }
    page.open("nav", "aria-label", "Sections").open("ul");
    link("problems", "Problems (" + content.problems().size() + ")");
    link(!content.causes().isEmpty(), "causes", "Causes (" + content.causes().size() + ")");
    link(!content.images().isEmpty(), "images", "Images (" + content.images().size() + ")");
    link(!mirrored.isEmpty(), "mirroring", "Mirroring");
    link(!content.checks().isEmpty(), "checks", "Checks (" + content.checks().size() + ")");
    page.close().end();
    page.open("div", "id", "filters", "class", "filters", "role", "search", "hidden", "hidden");
    page.open("p").element("label", "Search ", "for", "search");
    page.empty("input", "type", "search", "id", "search", "autocomplete", "off").end();
    page.open("p").element("label", "Show ", "for", "state").open("select", "id", "state");
    page.element("option", "everything", "value", "all");
    page.element("option", "what needs attention", "value", "false");
    page.element("option", "what is well", "value", "true");
    page.close().end();
    page.element("p", "", "id", "count", "role", "status");
    page.end();
    page.end();
  }

  private void link(String id, String text) {
    page.open("li").element("a", text, "href", "#" + id).close();
  }

  private void link(boolean exists, String id, String text) {
    if (exists) {
      link(id, text);
    }
  }

  private void state(boolean ok) {
    page.element("span", ok ? "OK" : "FAILED", "class", ok ? "state good" : "state bad");
  }

  private void section(String id, String title) {
    page.open("section", "id", id, "aria-labelledby", id + "-title");
    page.element("h2", title, "id", id + "-title");
  }

  private void table(String caption, List<String> columns) {
    page.open("div", "class", "scroll", "role", "region", "tabindex", 0, "aria-label", caption);
    page.open("table").element("caption", caption).open("thead").open("tr");
    columns.forEach(column -> page.element("th", column, "scope", "col"));
    page.close().close().open("tbody");
  }

  private void endTable() {
    page.close().close().end();
  }

  private void problems() {
    section("problems", "Problems");
    if (content.problems().isEmpty()) {
      page.element("p", "No problem was found.");
    } else {
      table(
          content.problems().size() + " problems, the errors first",
          List.of("Severity", "Subject", "Problem", "What to do", "Code"));
      content.problems().stream()
          .sorted(Comparator.comparing(problem -> problem.code().severity()))
          .forEach(this::problem);
      endTable();
    }
    page.end();
  }

  private void problem(Problem problem) {
    ProblemCode.Severity severity = problem.code().severity();
    page.open("tr", "data-ok", severity == ProblemCode.Severity.INFO);
    page.element(
        "td",
        severity.name(),
        "class",
        switch (severity) {
          case ERROR -> "state bad";
          case WARNING -> "state warn";
          case INFO -> "muted";
        });
    page.open("th", "scope", "row").element("code", problem.subject().toString()).close();
    page.open("td").element("pre", problem.message()).close();
    page.open("td").element("pre", problem.remedy()).close();
    page.open("td").element("code", problem.code().name(), "class", "name").close();
    page.end();
  }

  private void causes() {
    if (content.causes().isEmpty()) {
      return;
    }
    section("causes", "Causes");
    CauseDiagram.draw(page, content.causes());
    page.open("ul");
    for (Cause cause : content.causes()) {
      if (cause.isRoot()) {
        cause(cause);
      }
    }
    page.end().end();
  }

  private void cause(Cause cause) {
    page.open("li", "data-ok", false);
    page.element("strong", "Root: ").element("code", cause.problem().subject().toString());
    page.text(": " + cause.problem().message()).open("ul");
    cause.evidence().forEach(fact -> page.element("li", "Evidence: " + fact.describe()));
    page.element("li", "Repair: " + cause.problem().remedy());
    cause
        .repair()
        .map(Repair::command)
        .ifPresent(command -> page.open("li").text("Command: ").element("code", command).close());
    cause
        .repair()
        .map(Repair::call)
        .filter(call -> !call.isEmpty())
        .ifPresent(call -> page.open("li").text("Call: ").element("code", call).close());
    for (Problem consequence : cause.consequences()) {
      page.element("li", "Consequence: " + consequence.subject() + ": " + consequence.message());
    }
    page.close().end();
  }

  private void images() {
    if (content.images().isEmpty()) {
      return;
    }
    section("images", "Images");
    table(
        "Each image from the chart to the digest that runs",
        List.of("State", "Chart: needed by", "Source", "Mirror", "Containers"));
    content.images().stream().sorted(Comparator.comparing(ReportImage::isOk)).forEach(this::image);
    endTable();
    page.end();
  }

  private void image(ReportImage image) {
    page.open("tr", "data-ok", image.isOk()).open("td");
    state(image.isOk());
    page.close().open("td");
    list(image.neededBy());
    page.close().open("th", "scope", "row");
    image
        .source()
        .ifPresentOrElse(
            source -> page.element("code", source), () -> page.text("not in the plan"));
    digest(image.sourceDigest());
    page.close().open("td").element("code", image.target());
    digest(image.mirrorDigest());
    image
        .mirrored()
        .ifPresent(
            one -> {
              page.empty("br").text(lower(one.outcome()));
              one.failure().ifPresent(problem -> page.text(": " + problem.message()));
            });
    page.close().open("td");
    if (image.containers().isEmpty()) {
      page.element("span", "none seen", "class", "muted");
    } else {
      page.open("ul");
      for (ReportImage.Container container : image.containers()) {
        page.open("li").element("code", container.name()).text(" ");
        boolean ok =
            container.result() == Check.Result.PASS || container.result() == Check.Result.SKIPPED;
        page.element("span", lower(container.result()), "class", ok ? "good" : "state bad");
        page.text(" ").element("code", container.digest()).close();
      }
      page.close();
    }
    page.close().end();
  }

  private void digest(Optional<Digest> digest) {
    digest.ifPresent(known -> page.empty("br").element("code", known.toString(), "class", "muted"));
  }

  private void list(List<String> entries) {
    if (entries.size() == 1) {
      page.element("code", entries.get(0));
    } else if (!entries.isEmpty()) {
      page.open("details").element("summary", entries.size() + " places").open("ul");
      entries.forEach(entry -> page.open("li").element("code", entry).close());
      page.close().close();
    }
  }

  private void mirroring() {
    if (mirrored.isEmpty()) {
      return;
    }
    section("mirroring", "Mirroring");
    page.open("dl", "class", "totals");
    total("Images", mirrored.size());
    total("MB sent", mirrored.stream().mapToLong(MirroredImage::bytesSent).sum() / 1e6);
    total("Blobs sent", mirrored.stream().mapToInt(MirroredImage::blobsSent).sum());
    total("Blobs mounted", mirrored.stream().mapToInt(MirroredImage::blobsMounted).sum());
    total("Blobs there before", mirrored.stream().mapToInt(MirroredImage::blobsPresent).sum());
    page.end();
    MirrorCharts.traffic(page, mirrored);
    MirrorCharts.times(page, mirrored);
    table(
        "Traffic and time of each image",
        List.of("Image", "Result", "Bytes sent", "Blobs sent", "Mounted", "There before", "Time"));
    for (MirroredImage image : mirrored) {
      page.open("tr", "data-ok", image.failure().isEmpty());
      page.open("th", "scope", "row")
          .element("code", image.entry().source().toString())
          .close()
          .element("td", lower(image.outcome()));
      number("bytesSent", image.bytesSent());
      number("blobsSent", image.blobsSent());
      number("blobsMounted", image.blobsMounted());
      number("blobsPresent", image.blobsPresent());
      page.element(
          "td",
          image
              .duration()
              .map(time -> String.format(Locale.ROOT, "%.3f s", time.toMillis() / 1e3))
              .orElse(""),
          "class",
          "number",
          "data-field",
          "seconds");
      page.end();
    }
    endTable();
    page.end();
  }

  private void total(String what, double number) {
    page.open("div").element("dt", what);
    page.element(
            "dd",
            number == Math.rint(number)
                ? String.valueOf((long) number)
                : String.format(Locale.ROOT, "%.1f", number))
        .close();
  }

  private void number(String field, long number) {
    page.element("td", String.valueOf(number), "class", "number", "data-field", field);
  }

  private void checks() {
    if (content.checks().isEmpty()) {
      return;
    }
    section("checks", "Checks");
    table(
        content.checks().size() + " checks, those that did not pass first",
        List.of("Result", "Kind", "Subject", "Found", "What to do"));
    content.checks().stream()
        .sorted(Comparator.comparing(check -> check.problem().isEmpty()))
        .forEach(
            check -> {
              boolean ok = check.problem().isEmpty();
              page.open("tr", "data-ok", ok);
              page.element("td", lower(check.result()), "class", ok ? "good" : "state bad");
              page.element("td", lower(check.kind()));
              page.open("th", "scope", "row")
                  .element("code", check.subject().toString())
                  .close()
                  .open("td")
                  .element("pre", check.detail())
                  .close()
                  .element("td", check.remedy().orElse(""));
              page.end();
            });
    endTable();
    page.end();
  }

  private void tables(ReportContent of) {
    for (ReportTable table : of.tables()) {
      if (!table.rows().isEmpty()) {
        page.open("section").element("h2", table.title());
        table(table.rows().size() + " entries: " + table.title(), table.columns());
        for (ReportTable.Row row : table.rows()) {
          page.open("tr", "data-ok", row.isOk());
          row.cells().forEach(cell -> page.open("td").element("pre", cell).close());
          page.end();
        }
        endTable();
        page.end();
      }
    }
    of.parts().values().forEach(this::tables);
  }

  private void facts() {
    if (content.facts().isEmpty()
        && content.parts().values().stream().allMatch(part -> part.facts().isEmpty())) {
      return;
    }
    section("facts", "What was found and done");
    table("In the order of the steps", List.of("Step", "Subject", "Fact"));
    facts(content);
    content.parts().values().forEach(this::facts);
    endTable();
    page.end();
  }

  private void facts(ReportContent of) {
    for (Fact fact : of.facts()) {
      page.open("tr", "data-ok", true).element("td", of.title());
      page.open("th", "scope", "row").element("code", fact.subject().toString()).close();
      page.open("td").element("pre", fact.message()).close();
      page.end();
    }
  }

  private static String lower(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT);
  }
}
