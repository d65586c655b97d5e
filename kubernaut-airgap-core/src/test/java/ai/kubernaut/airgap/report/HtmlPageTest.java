package ai.kubernaut.airgap.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page in a browser. */
final class HtmlPageTest {
  private static final String AXE = "META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  // The browser may still write to its profile while it ends.
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path profile;

  @TempDir Path directory;

  private static Chromium browser;

  @BeforeAll
  static void startTheBrowser() throws Exception {
    browser = Chromium.start(profile);
  }

  @AfterAll
  static void endTheBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openTheReport() throws Exception {
    open(ReportSamples.steps(100));
  }

  private void open(ReportDocument report) throws Exception {
    Path page = directory.resolve("report.html");
    ReportFile.at(page).write(report);
    browser.open(page.toUri());
  }

  private static String text(String expression) throws Exception {
    return browser.evaluate(expression).asText();
  }

  private static int number(String expression) throws Exception {
    return browser.evaluate(expression).asInt();
  }

  @Test
  void thePageLoadsNothing_andTheConsoleStaysEmpty() throws Exception {
    assertThat(text("document.querySelector('h1').textContent")).isEqualTo("All steps");
    assertThat(browser.requests()).isEmpty();
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void theSearchShowsTheEntriesWithAllWords() throws Exception {
    String rows = "document.querySelectorAll('#images tbody tr:not([hidden])').length";
    assertThat(number(rows)).isEqualTo(100);

    browser.evaluate(
        "search.value = 'SERVICE-42 harbor'; search.dispatchEvent(new Event('input'))");

    assertThat(number(rows)).isEqualTo(1);
    assertThat(text("document.querySelector('#images tbody tr:not([hidden]) th').textContent"))
        .contains("quay.io/kubernaut-ai/service-42:v1.1.0");
    assertThat(text("count.textContent")).matches("\\d+ of \\d+ entries");
  }

  @Test
  void theFilterShowsWhatNeedsAttention() throws Exception {
    browser.evaluate("state.value = 'false'; state.dispatchEvent(new Event('change'))");

    assertThat(number("document.querySelectorAll('#images tbody tr:not([hidden])').length"))
        .isEqualTo(10);
    assertThat(number("document.querySelectorAll('#checks tbody tr:not([hidden])').length"))
        .isEqualTo(10);
  }

  @Test
  void theNumbersAreThoseOfTheJson() throws Exception {
    JsonNode report = browser.evaluate("JSON.parse(document.getElementById('report').textContent)");
    for (String field : List.of("bytesSent", "blobsSent", "blobsMounted", "blobsPresent")) {
      JsonNode shown =
          browser.evaluate(
              "Array.from(document.querySelectorAll('[data-field=%s]')).map(cell => Number(cell.textContent))"
                  .formatted(field));
      assertThat(shown)
          .extracting(JsonNode::asLong)
          .hasSize(100)
          .containsExactlyElementsOf(
              report.at("/mirror/images").findValues(field).stream()
                  .map(JsonNode::asLong)
                  .toList());
    }
    assertThat(number("document.querySelectorAll('#problems tbody tr').length"))
        .isEqualTo(report.path("problems").size());
    assertThat(number("document.querySelectorAll('#images tbody tr').length"))
        .isEqualTo(report.path("chain").size());
    assertThat(number("document.querySelectorAll('#causes svg rect').length"))
        .isEqualTo(report.path("causes").size());
    assertThat(number("document.querySelectorAll('#causes svg path.edge').length"))
        .isEqualTo(
            report.path("causes").findValues("consequences").stream()
                .mapToInt(JsonNode::size)
                .sum());
  }

  @Test
  void whatAnAttackerWritesIsNotExecuted() throws Exception {
    open(ReportSamples.malicious());

    assertThat(browser.events("Page.javascriptDialogOpening")).isEmpty();
    assertThat(browser.console()).isEmpty();
    assertThat(browser.requests()).isEmpty();
    assertThat(number("document.querySelectorAll('script').length")).isEqualTo(2);
    assertThat(number("document.querySelectorAll('img, iframe, object, embed').length")).isZero();
    assertThat(text("document.querySelector('#problems tbody tr').textContent"))
        .contains("</script><script>alert(1)</script><img src=x", "\\u202Eevil");
  }

  @Test
  void thePolicyRefusesOtherScripts() throws Exception {
    browser.evaluate(
        "const other = document.createElement('script'); other.textContent = 'window.ran = true';"
            + " document.body.append(other)");

    assertThat(text("typeof window.ran")).isEqualTo("undefined");
    assertThat(browser.console().toString()).contains("Content Security Policy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void axeFindsNothing(String scheme) throws Exception {
    browser.prefer(scheme);
    browser.evaluate(axe());

    JsonNode result =
        browser.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa'], preload: false})"
                + ".then(found => ({passes: found.passes.map(one => one.id),"
                + " violations: found.violations.map("
                + "one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html + node.failureSummary))}))");

    assertThat(result.path("violations")).isEmpty();
    assertThat(result.path("passes"))
        .extracting(JsonNode::asText)
        .contains("color-contrast", "label", "svg-img-alt");
    assertThat(text("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(scheme.equals("dark") ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
  }

  private static String axe() throws IOException {
    try (InputStream script = HtmlPageTest.class.getClassLoader().getResourceAsStream(AXE)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
