package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.verify.Check;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes a report as JUnit XML: a test case for each check and each mirrored image, and one for
 * each problem beside these. An error is a failure; a warning is the output of a test case that
 * passes.
 */
final class JUnitWriter {
  private final XMLStreamWriter xml;
  private int failures;

  private JUnitWriter(XMLStreamWriter xml) {
    this.xml = xml;
  }

  static String write(ReportContent content) {
    try {
      // The first pass counts: the numbers stand before the test cases.
      JUnitWriter counted =
          new JUnitWriter(XMLOutputFactory.newFactory().createXMLStreamWriter(new StringWriter()));
      int tests = counted.cases(content);
      StringWriter text = new StringWriter();
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      xml.writeStartElement("testsuite");
      attribute(xml, "name", content.title());
      attribute(xml, "tests", String.valueOf(tests));
      attribute(xml, "failures", String.valueOf(counted.failures));
      attribute(xml, "errors", "0");
      new JUnitWriter(xml).cases(content);
      xml.writeEndElement();
      xml.writeEndElement();
      xml.writeEndDocument();
      return text.toString();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a report could not be written as XML", e);
    }
  }

  /** XML 1.0 has no way to write most control characters. */
  private static void attribute(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeAttribute(name, SafeText.of(value));
  }

  private int cases(ReportContent content) throws XMLStreamException {
    int tests = 0;
    Set<Problem> told = new HashSet<>();
    for (Check check : content.checks()) {
      String name = check.subject() + ": " + check.detail();
      begin(
          "check." + lower(check.kind()),
          check.problem().isPresent() ? check.subject().toString() : name,
          Optional.empty());
      Optional<Problem> problem = check.problem();
      if (problem.isPresent()) {
        told.add(problem.get());
        tell(problem.get());
      } else if (check.result() == Check.Result.SKIPPED) {
        xml.writeEmptyElement("skipped");
        attribute(xml, "message", check.detail());
      }
      xml.writeEndElement();
      tests++;
    }
    for (ReportImage image : content.images()) {
      if (image.mirrored().isPresent()) {
        begin("mirror.image", image.target(), image.mirrored().get().duration());
        Optional<Problem> failure = image.mirrored().get().failure();
        if (failure.isPresent()) {
          told.add(failure.get());
          tell(failure.get());
        }
        xml.writeEndElement();
        tests++;
      }
    }
    for (Problem problem : content.problems()) {
      if (told.add(problem)) {
        begin("problem", problem.subject().toString(), Optional.empty());
        tell(problem);
        xml.writeEndElement();
        tests++;
      }
    }
    return tests + result(content, tests);
  }

  /** A run without anything to test still has a result. */
  private int result(ReportContent content, int tests) throws XMLStreamException {
    boolean untold = !content.isOk() && failures == 0;
    if (tests > 0 && !untold) {
      return 0;
    }
    begin("report", content.title(), Optional.empty());
    if (untold) {
      failure(content.kind(), content.summary(), content.summary());
    } else {
      output(content.facts().stream().map(Fact::describe).toList());
    }
    xml.writeEndElement();
    return 1;
  }

  private void begin(String kind, String name, Optional<Duration> time) throws XMLStreamException {
    xml.writeStartElement("testcase");
    attribute(xml, "classname", "kubernaut-airgap." + kind);
    attribute(xml, "name", name);
    attribute(
        xml,
        "time",
        String.format(Locale.ROOT, "%.3f", time.map(took -> took.toMillis() / 1e3).orElse(0.0)));
  }

  private void tell(Problem problem) throws XMLStreamException {
    if (problem.isError()) {
      failure(
          problem.code().name(), problem.subject() + ": " + problem.message(), problem.describe());
    } else {
      output(List.of(problem.code().severity() + " " + problem.describe()));
    }
  }

  private void failure(String type, String message, String text) throws XMLStreamException {
    failures++;
    xml.writeStartElement("failure");
    attribute(xml, "type", type);
    attribute(xml, "message", message);
    xml.writeCharacters(SafeText.of(text));
    xml.writeEndElement();
  }

  private void output(List<String> lines) throws XMLStreamException {
    if (!lines.isEmpty()) {
      xml.writeStartElement("system-out");
      xml.writeCharacters(SafeText.of(String.join("\n", lines)));
      xml.writeEndElement();
    }
  }

  private static String lower(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT);
  }
}
