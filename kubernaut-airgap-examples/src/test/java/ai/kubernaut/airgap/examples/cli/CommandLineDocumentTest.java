package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** docs/command-line.md is made from the commands, the exit statuses and the schema. */
final class CommandLineDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/command-line.md");
  private static final Path GENERATED = Path.of("target/command-line.md");

  private static final String INTRODUCTION =
      """
      # The command line

      All commands of `kubernaut-airgap`, with their options, exit statuses and JSON. A test generates this file from the commands and from the
      [schema](schema/report-v1.schema.json), so that no name changes unnoticed: names of commands and options, exit statuses, kinds of documents and
      their fields are not renamed or removed in version 1. New ones can be added.

      ## Exit status

      """;

  private static final String JSON =
      """

      Where a report names a problem the status is 1, also if a registry or the cluster has caused the problem. Statuses from 4 on are for commands that failed without a report of their own.

      ## JSON

      With `--json` a command prints one document on standard output, whatever happens; progress and errors go to standard error. A failure without a
      report of its own is a `FailedRun`: `message` has what standard error has, `exitStatus` the exit status, and `problems` the problems that
      are known. `apiVersion` is `airgap.kubernaut.ai/v1` in all documents.

      | kind | printed by | fields | optional fields |
      |---|---|---|---|
      """;

  private static final String USE =
      """

      ## Interruption

      Ctrl-C (SIGINT) and SIGTERM end a command in an orderly way; after 30 seconds, or a second signal, the process ends at once. Standard error then
      has what the run has left and the command that continues, with `***` in place of the values of `--set`, `--set-string` and `--set-json`, and of
      passwords in addresses. With `--json` this is also the message of the `FailedRun`.

      ## Shell completion

      `generate-completion` prints a script with which bash and zsh complete commands, options and their values:

      ```sh
      kubernaut-airgap() { java -jar /opt/kubernaut-airgap/kubernaut-airgap.jar "$@"; }
      source <(kubernaut-airgap generate-completion)
      ```

      ## Options of several commands

      Every command has `--help` (`-h`) and `--version` (`-V`).
      """;

  /** The options that several commands share. */
  private static final Map<Class<?>, String> GROUPS = new LinkedHashMap<>();

  static {
    GROUPS.put(Output.class, "Output");
    GROUPS.put(PlanArguments.class, "Plan");
    GROUPS.put(ChartArguments.class, "Chart");
    GROUPS.put(TargetArguments.class, "Mirror");
    GROUPS.put(RegistryArguments.class, "Registries");
    GROUPS.put(ReleaseArguments.class, "Release");
    GROUPS.put(ClusterArguments.class, "Cluster");
    GROUPS.put(SelectorArguments.class, "Selection by labels");
    GROUPS.put(ReferenceArguments.class, "Image references");
    GROUPS.put(LlmArguments.class, "LLM credentials");
    GROUPS.put(SignatureArguments.class, "Bundle signature");
  }

  private static String document() throws IOException {
    StringBuilder document = new StringBuilder(INTRODUCTION);
    document.append("| status | meaning |\n|---|---|\n");
    ExitStatus.meanings()
        .forEach((status, meaning) -> row(document, List.of(status, escaped(meaning))));
    document.append(JSON);
    addKinds(document);
    document.append(USE);
    CommandSpec root = Main.commandLine().getCommandSpec();
    addGroups(document, root);
    document.append("\n## Commands\n");
    addCommands(document, "", root);
    return document.toString();
  }

  private static void row(StringBuilder document, List<String> cells) {
    document.append("| ").append(String.join(" | ", cells).strip()).append(" |\n");
  }

  private static void addKinds(StringBuilder document) throws IOException {
    JsonNode schema = new ObjectMapper().readTree(ReportSchema.FILE.toFile());
    Map<String, List<String>> rows = new TreeMap<>();
    for (JsonNode one : schema.path("oneOf")) {
      JsonNode kind = schema.at(one.path("$ref").asText().substring(1));
      List<String> required = new ArrayList<>();
      kind.path("required").forEach(field -> required.add(field.asText()));
      List<String> optional = new ArrayList<>();
      kind.path("properties").fieldNames().forEachRemaining(optional::add);
      optional.removeAll(required);
      required.removeAll(List.of("apiVersion", "kind"));
      String name = kind.at("/properties/kind/const").asText();
      String description = kind.path("description").asText();
      assertThat(description).as(name).isNotEmpty();
      rows.put(name, List.of(code(name), description, codes(required), codes(optional)));
    }
    rows.values().forEach(cells -> row(document, cells));
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  private static String codes(Collection<String> texts) {
    return String.join(", ", texts.stream().map(CommandLineDocumentTest::code).toList());
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "\\<");
  }

  private static void addGroups(StringBuilder document, CommandSpec root) {
    Map<Class<?>, CommandSpec> found = new LinkedHashMap<>();
    collectGroups(root, found);
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(GROUPS.keySet());
    GROUPS.forEach(
        (type, title) -> {
          document.append("\n### ").append(title).append('\n');
          addArguments(document, ownArguments(found.get(type)));
        });
  }

  private static void collectGroups(CommandSpec command, Map<Class<?>, CommandSpec> found) {
    groups(command)
        .forEach(
            mixin -> {
              found.put(mixin.userObject().getClass(), mixin);
              collectGroups(mixin, found);
            });
    command.subcommands().values().forEach(sub -> collectGroups(sub.getCommandSpec(), found));
  }

  private static List<CommandSpec> groups(CommandSpec command) {
    return command.mixins().entrySet().stream()
        .filter(mixin -> !mixin.getKey().equals("mixinStandardHelpOptions"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The parameters and options of a command or a group without those of the groups in it. */
  private static List<ArgSpec> ownArguments(CommandSpec command) {
    Set<String> others = new LinkedHashSet<>();
    command
        .mixins()
        .values()
        .forEach(
            mixin -> mixin.options().forEach(option -> others.addAll(List.of(option.names()))));
    List<ArgSpec> own = new ArrayList<>(command.positionalParameters());
    command.options().stream()
        .filter(option -> !others.contains(option.longestName()))
        .forEach(own::add);
    return own;
  }

  private static void addArguments(StringBuilder document, List<ArgSpec> arguments) {
    if (arguments.isEmpty()) {
      return;
    }
    document.append("\n| option | meaning |\n|---|---|\n");
    for (ArgSpec argument : arguments) {
      row(document, List.of(code(name(argument)), escaped(meaning(argument))));
    }
  }

  private static String name(ArgSpec argument) {
    if (argument instanceof PositionalParamSpec) {
      return argument.paramLabel();
    }
    String names = String.join(", ", ((OptionSpec) argument).names());
    return argument.arity().max() == 0 ? names : names + " " + argument.paramLabel();
  }

  private static String meaning(ArgSpec argument) {
    String meaning = String.join(" ", argument.description());
    assertThat(meaning).as(name(argument)).isNotEmpty().doesNotContain("${");
    return argument.required() && argument instanceof OptionSpec ? meaning + " Required." : meaning;
  }

  private static void addCommands(StringBuilder document, String prefix, CommandSpec parent) {
    for (CommandLine line : new LinkedHashSet<>(parent.subcommands().values())) {
      CommandSpec command = line.getCommandSpec();
      String name = prefix + command.name();
      document.append("\n### ").append(name).append("\n\n");
      document
          .append(escaped(String.join(" ", command.usageMessage().description())).strip())
          .append('\n');
      if (command.userObject() instanceof BundleCommand) {
        document.append("It has subcommands only.\n");
      }
      addArguments(document, ownArguments(command));
      List<String> groups = new ArrayList<>();
      titles(command, groups);
      if (!groups.isEmpty()) {
        document
            .append("\nOptions of several commands: ")
            .append(String.join(", ", groups))
            .append(".\n");
      }
      String footer = String.join(" ", command.usageMessage().footer()).strip();
      if (!footer.isEmpty()) {
        document.append('\n').append(escaped(footer)).append('\n');
      }
      addCommands(document, name + " ", command);
    }
  }

  /** The groups of a command, and those in them, in the order of the document. */
  private static void titles(CommandSpec command, List<String> titles) {
    Map<Class<?>, CommandSpec> found = new LinkedHashMap<>();
    groups(command)
        .forEach(
            mixin -> {
              found.put(mixin.userObject().getClass(), mixin);
              groups(mixin).forEach(inner -> found.put(inner.userObject().getClass(), inner));
            });
    GROUPS.forEach(
        (type, title) -> {
          if (found.containsKey(type)) {
            titles.add(
                "[" + title + "](#" + title.toLowerCase(Locale.ROOT).replace(' ', '-') + ")");
          }
        });
  }

  @Test
  void theDocumentHasAllCommandsStatusesAndKinds() throws IOException {
    String document = document();
    Files.createDirectories(GENERATED.getParent());
    Files.writeString(GENERATED, document);
    assertThat(Files.readString(DOCUMENT))
        .as("copy kubernaut-airgap-examples/%s to docs/command-line.md", GENERATED)
        .isEqualTo(document);
  }
}
