package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.kubernaut.airgap.examples.MarkdownDocument;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Commands and options that documents show exist. */
final class DocumentedCommandTest {
  private final CommandLine program = Main.commandLine();

  static List<MarkdownDocument> documents() throws IOException {
    return MarkdownDocument.forUsers();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void theCommandLinesOfExamplesAreAccepted(MarkdownDocument document) {
    for (DocumentedCommand command : DocumentedCommand.in(document)) {
      assertThat(command.unknownOptions(program)).as(command.toString()).isEmpty();
      if (document.name().endsWith("troubleshooting.md")) {
        // Its commands have names such as FILE in place of values.
        continue;
      }
      assertThatCode(command::parse).as(command.toString()).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void theOptionsInSentencesExist(MarkdownDocument document) {
    Set<String> options = new TreeSet<>();
    addOptions(options, program.getCommandSpec());
    for (String span : document.spans()) {
      DocumentedCommand command = DocumentedCommand.of(span.replaceFirst("^kubernaut-airgap ", ""));
      if (span.startsWith("--")) {
        assertThat(options).as(span).containsAll(command.unknownOptions(program));
      } else if (command.spec(program).parent() != null) {
        assertThat(command.unknownOptions(program)).as(span).isEmpty();
      }
    }
  }

  private static void addOptions(Set<String> options, CommandSpec command) {
    command.options().forEach(option -> options.addAll(List.of(option.names())));
    command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .forEach(sub -> addOptions(options, sub));
  }

  @Test
  void aWrongOptionIsFound() {
    MarkdownDocument document =
        new MarkdownDocument(
            "x.md", "```sh\nkubernaut-airgap verify --plan a.yaml \\\n    --no-such 1\n```\n");
    assertThat(DocumentedCommand.in(document))
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.unknownOptions(program)).containsExactly("--no-such");
              assertThatCode(command::parse).hasMessageContaining("--no-such");
            });
    assertThat(Stream.of("bundle check --plan x", "mirror ls --no-such"))
        .allSatisfy(
            text -> assertThat(DocumentedCommand.of(text).unknownOptions(program)).hasSize(1));
  }
}
