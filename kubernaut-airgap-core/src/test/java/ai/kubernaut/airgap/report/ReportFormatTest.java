package ai.kubernaut.airgap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.Problem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ReportFormatTest {
  @TempDir Path directory;

  private static Document xml(ReportDocument report) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(ReportFormat.JUNIT.write(report))));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList nodes = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int index = 0; index < nodes.getLength(); index++) {
      elements.add((Element) nodes.item(index));
    }
    return elements;
  }

  @Test
  void junitHasAFailureForEachError_andATestCaseForEachCheckAndImage() throws Exception {
    ReportDocument report = ReportSamples.steps(30);

    Document document = xml(report);

    List<Element> failures = elements(document, "failure");
    assertThat(failures)
        .extracting(failure -> failure.getTextContent())
        .containsExactlyInAnyOrderElementsOf(
            report.problems().stream().map(Problem::describe).toList())
        .hasSize(6);
    assertThat(elements(document, "testcase")).hasSize(60);
    Element suite = elements(document, "testsuite").get(0);
    assertThat(suite.getAttribute("tests")).isEqualTo("60");
    assertThat(suite.getAttribute("failures")).isEqualTo("6");
  }

  @Test
  void junitOfARunThatFailedWithoutProblemsFailsToo() throws Exception {
    ReportDocument report =
        ReportDocument.ofFailure("mirror", new AirgapException("no such host: harbor"), Map.of());

    assertThat(elements(xml(report), "failure"))
        .singleElement()
        .satisfies(failure -> assertThat(failure.getTextContent()).contains("no such host"));
  }

  @Test
  void whatAnAttackerWritesStaysTextInXml() throws Exception {
    Document document = xml(ReportSamples.malicious());

    assertThat(elements(document, "script")).isEmpty();
    assertThat(elements(document, "failure"))
        .hasSize(2)
        .first()
        .satisfies(
            failure ->
                assertThat(failure.getTextContent())
                    .contains(
                        "</script><script>alert(1)", "]]>", "\\u0000\\u001B[31m \\u202Eevil"));
  }

  @Test
  void whatAnAttackerWritesStaysTextInMarkdown() {
    String text = ReportFormat.MARKDOWN.write(ReportSamples.malicious());

    assertThat(text)
        .contains("&lt;/script&gt;&lt;script&gt;alert(1)", "a\\|b \\`c\\` \\[d\\](javascript:e)")
        .doesNotContain("<", "\u001b", "\u202e");
    // A pipe or a line end in a value would add cells and rows.
    assertThat(text.lines().filter(line -> line.startsWith("|") && line.contains("Failed")))
        .isNotEmpty()
        .allMatch(line -> List.of(4, 5).contains(line.split("(?<!\\\\)\\|", -1).length - 2));
  }

  @Test
  void whatAnAttackerWritesStaysTextInHtml() {
    String page = ReportFormat.HTML.write(ReportSamples.malicious());

    // The only elements are those of the writer: two scripts, and no image.
    assertThat(page.split("<script", -1)).hasSize(3);
    assertThat(page.split("</script", -1)).hasSize(3);
    assertThat(page)
        .doesNotContain("<img", "\u0000", "\u001b")
        .contains("&lt;/script&gt;&lt;script&gt;alert(1)");
  }

  @Test
  void thePageHasTheJsonOfTheReport() throws Exception {
    ReportDocument report = ReportSamples.malicious();
    String page = ReportFormat.HTML.write(report);
    String begin = "<script type=\"application/json\" id=\"report\">";
    int at = page.indexOf(begin) + begin.length();

    JsonNode embedded = new ObjectMapper().readTree(page.substring(at, page.indexOf("</", at)));

    assertThat(embedded).isEqualTo(new ObjectMapper().readTree(ReportFormat.JSON.write(report)));
  }

  @Test
  void aPageWithAHundredImagesIsSmallerThanAMegabyte() {
    String page = ReportFormat.HTML.write(ReportSamples.steps(100));

    assertThat(page.length()).isLessThan(1_000_000);
  }

  @Test
  void theImagesAreFollowedThroughAllSteps() throws Exception {
    JsonNode chain =
        new ObjectMapper().readTree(ReportFormat.JSON.write(ReportSamples.steps(4))).path("chain");

    assertThat(chain).hasSize(4);
    String digest = chain.get(1).path("sourceDigest").asText();
    assertThat(digest).startsWith("sha256:");
    assertThat(chain.get(1).path("source").asText())
        .isEqualTo("quay.io/kubernaut-ai/service-1:v1.1.0");
    assertThat(chain.get(1).path("mirrorDigest").asText()).isEqualTo(digest);
    assertThat(chain.get(1).at("/containers/0/digest").asText()).isEqualTo(digest);
    assertThat(chain.get(3).at("/containers/0/result").asText()).isEqualTo("fail");
  }

  @Test
  void causesAreInTheJsonAndInEveryFormForPeople() throws Exception {
    ReportDocument report = ReportSamples.steps(30);

    JsonNode causes = new ObjectMapper().readTree(ReportFormat.JSON.write(report)).path("causes");
    assertThat(causes).hasSize(3);
    assertThat(causes.findValuesAsText("root")).containsExactly("true", "false", "false");
    assertThat(causes.get(0).path("consequences")).hasSize(2);
    assertThat(causes.get(0).at("/repair/call").asText()).isEqualTo("airgap.mirror(plan)");
    String command = "kubernaut-airgap mirror --plan plan.yaml";
    assertThat(report.toText()).containsOnlyOnce("CAUSE ").contains(command);
    assertThat(ReportFormat.MARKDOWN.write(report)).contains("  - command: " + command);
    assertThat(ReportFormat.HTML.write(report)).contains(command, "root: PULL_IMAGE_NOT_FOUND");
  }

  @Test
  void causesOfAStepAreThoseOfTheWholeReport() throws Exception {
    ReportDocument report =
        ReportDocument.ofSteps(
            "LabReport", "All steps", Map.of("verification", ReportSamples.malicious()));

    JsonNode json = new ObjectMapper().readTree(ReportFormat.JSON.write(report));
    assertThat(json.path("causes")).hasSize(1).isEqualTo(json.at("/verification/causes"));
    assertThat(json.path("problems")).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void aFileIsWrittenForItsOwnerOnly_andNothingElseRemains(ReportFormat format) throws IOException {
    Path file = directory.resolve("report." + format.extension());
    Files.writeString(file, "earlier");

    ReportFile opened = ReportFile.at(file);
    assertThat(file).hasContent("earlier");
    opened.write(ReportSamples.steps(2));

    assertThat(Files.readString(file)).contains("service-1");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "report.pdf", "html", "report.html.gz"})
  void anotherExtensionIsRefused(String name) {
    assertThatThrownBy(() -> ReportFile.at(directory.resolve(name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its name must end with .json, .xml, .md, .html");
  }

  @Test
  void aFileThatCannotBeWrittenIsRefusedBeforeThereIsAReport() throws IOException {
    assertThatThrownBy(() -> ReportFile.at(directory.resolve("missing/report.html")))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining("there is no directory");
    Path there = Files.createDirectory(directory.resolve("there.html"));
    assertThatThrownBy(() -> ReportFile.at(there))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining("it is a directory");
  }
}
