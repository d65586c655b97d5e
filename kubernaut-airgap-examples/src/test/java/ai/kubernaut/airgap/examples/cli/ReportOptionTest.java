package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The option {@code --report} of every command, and what is said about wrong options. */
final class ReportOptionTest {
  @TempDir Path directory;

  private Path images;
  private Path plan;

  @BeforeEach
  void writeAList() throws IOException {
    images =
        Files.writeString(directory.resolve("images.txt"), "quay.io/app@sha256:" + "0".repeat(64));
    plan = directory.resolve("plan.yaml");
  }

  private CommandLineRun plan(Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "plan", "--offline", "--target", "harbor.corp", "--images", images, "--out", plan));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  private static Stream<CommandLine> leaves(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? Stream.of(command)
        : command.getSubcommands().values().stream().flatMap(ReportOptionTest::leaves);
  }

  @Test
  void everyCommandTakesIt() {
    assertThat(leaves(Main.commandLine()))
        .filteredOn(command -> !command.getCommandName().equals("generate-completion"))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            command ->
                assertThat(command.getCommandSpec().findOption("--report"))
                    .as(command.getCommandName())
                    .isNotNull());
  }

  @Test
  void eachFileHasTheFormOfItsExtension_andTheJsonIsThatOfTheOption() throws IOException {
    Path json = directory.resolve("plan.json");
    Path xml = directory.resolve("plan.xml");
    Path markdown = directory.resolve("plan.md");
    Path html = directory.resolve("plan.html");

    CommandLineRun run =
        plan("--report", json, "--report", xml, "--report", markdown, "--report", html, "--json");

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(json).hasContent(run.out());
    assertThat(Files.readString(xml)).startsWith("<?xml").contains("<testsuite ");
    assertThat(Files.readString(markdown)).startsWith("# Plan for harbor.corp");
    assertThat(Files.readString(html)).startsWith("<!DOCTYPE html>").contains("quay.io/app");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan.pdf", "plan", "plan.yaml"})
  void anotherExtensionIsWrongUsage_andNothingIsDone(String name) {
    CommandLineRun run = plan("--report", directory.resolve(name));

    assertThat(run.status()).as(run.toString()).isEqualTo(2);
    assertThat(run.err().lines())
        .hasSize(2)
        .satisfiesExactly(
            line ->
                assertThat(line).contains(name, "its name must end with .json, .xml, .md, .html"),
            line -> assertThat(line).isEqualTo("kubernaut-airgap plan --help shows the options"));
    assertThat(plan).doesNotExist();
  }

  @Test
  void aFileThatCannotBeWrittenIsNamedBeforeTheStepRuns() {
    CommandLineRun run = plan("--report", directory.resolve("missing/plan.html"));

    assertThat(run.status()).as(run.toString()).isEqualTo(7);
    assertThat(run.err())
        .contains("cannot write the report", "missing/plan.html", "there is no directory");
    assertThat(plan).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plan --everything", "lab --flavour x", "bundle create", "bundle", "cook"})
  void aWrongOptionGetsTwoLines(String commandLine) {
    CommandLineRun run = CommandLineRun.of((Object[]) commandLine.split(" "));

    assertThat(run.status()).as(run.toString()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(2);
    assertThat(run.err()).startsWith("error: ").contains(" --help shows the options");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aRunThatFailsIsReportedToo() throws IOException {
    Path json = directory.resolve("failed.json");
    Path html = directory.resolve("failed.html");
    CommandLineRun saved = plan();
    assertThat(saved.status()).as(saved.toString()).isZero();

    CommandLineRun run =
        CommandLineRun.of(
            "preflight",
            "--plan",
            plan,
            "--target",
            "no-such-host.invalid",
            "--report",
            json,
            "--report",
            html,
            "--json");

    assertThat(run.status()).as(run.toString()).isEqualTo(1);
    JsonNode report = new ObjectMapper().readTree(Files.readString(json));
    assertThat(json).hasContent(run.out());
    assertThat(report.path("kind").asText()).isIn("FailedRun", "PreflightReport");
    assertThat(Files.readString(html)).contains("FAILED");
  }

  @Test
  void aMissingFileIsAFailedRunWithItsMessage() throws IOException {
    Path json = directory.resolve("failed.json");

    CommandLineRun run =
        CommandLineRun.of(
            "mirror", "--plan", directory.resolve("none.yaml"), "--report", json, "--json");

    assertThat(run.status()).as(run.toString()).isEqualTo(7);
    JsonNode report = new ObjectMapper().readTree(Files.readString(json));
    assertThat(json).hasContent(run.out());
    assertThat(report.path("kind").asText()).isEqualTo("FailedRun");
    assertThat(report.path("command").asText()).isEqualTo("kubernaut-airgap mirror");
    assertThat(report.path("message").asText()).contains("none.yaml");
    assertThat(run.err()).contains(report.path("message").asText());
  }
}
