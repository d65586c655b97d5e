package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.examples.MarkdownDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A command line in a document.
 *
 * @param words the arguments, without the name of the program
 */
public record DocumentedCommand(List<String> words) {
  private static final Pattern PROGRAM =
      Pattern.compile("(?:.*&& )?(?:kubernaut-airgap|java -jar \\S*kubernaut-airgap\\.jar) (.*)");

  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
  private static final Pattern FILE = Pattern.compile("\\b(?:FILE|DIR|PATH|REPORT)\\b");

  /** Returns the command lines in the shell examples of a document. */
  public static List<DocumentedCommand> in(MarkdownDocument document) {
    return document.blocks("sh").stream()
        .flatMap(block -> block.replaceAll("\\\\\\n\\s*", "").lines())
        .map(PROGRAM::matcher)
        .filter(Matcher::matches)
        .map(line -> of(line.group(1)))
        .toList();
  }

  /** Returns a command line that the text, for example of a sentence, has after the program. */
  public static DocumentedCommand of(String text) {
    return new DocumentedCommand(
        WORD.matcher(text).results().map(DocumentedCommand::word).toList());
  }

  private static String word(MatchResult word) {
    for (int group = 1; group <= 2; group++) {
      if (word.group(group) != null) {
        return word.group(group);
      }
    }
    return word.group(3);
  }

  /** Returns the command with a text in place of another one in every word. */
  public DocumentedCommand replace(String text, String replacement) {
    return new DocumentedCommand(
        words.stream().map(word -> word.replace(text, replacement)).toList());
  }

  /** Returns the command with more words at its end. */
  public DocumentedCommand plus(String... more) {
    return new DocumentedCommand(Stream.concat(words.stream(), Stream.of(more)).toList());
  }

  /** Returns the command with those options, each with a value, that it knows and does not have. */
  public DocumentedCommand with(Object... options) {
    CommandSpec spec = spec(Main.commandLine());
    List<String> all = new ArrayList<>(words);
    for (int i = 0; i < options.length; i += 2) {
      String name = options[i].toString();
      OptionSpec option = spec.findOption(name);
      if (option != null && (option.isMultiValue() || !has(name))) {
        all.add(name);
        all.add(options[i + 1].toString());
      }
    }
    return new DocumentedCommand(all);
  }

  private boolean has(String option) {
    return words.stream().anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
  }

  /** Checks names and values of all arguments, and that none is missing; runs nothing. */
  void parse() {
    Main.commandLine().parseArgs(words.toArray(String[]::new));
  }

  /** Returns the options that the command of a program does not have. */
  List<String> unknownOptions(CommandLine program) {
    CommandSpec spec = spec(program);
    return words.stream()
        .filter(word -> word.startsWith("--"))
        .map(word -> word.replaceFirst("[=,].*", ""))
        .filter(option -> spec.findOption(option) == null)
        .toList();
  }

  /** Returns the command that the first words name, which is the program if they name none. */
  CommandSpec spec(CommandLine program) {
    CommandLine command = program;
    for (String word : words) {
      CommandLine sub = command.getSubcommands().get(word);
      if (sub == null) {
        break;
      }
      command = sub;
    }
    return command.getCommandSpec();
  }

  /** Runs the command as in a shell with this working directory. */
  public CommandLineRun run(Path directory) {
    CommandSpec spec = spec(Main.commandLine());
    List<String> located = new ArrayList<>();
    Optional<ArgSpec> option = Optional.empty();
    for (String word : words) {
      if (option.isPresent()) {
        located.add(located(option.get(), word, directory));
        option = Optional.empty();
      } else if (word.startsWith("--")) {
        located.add(word);
        OptionSpec named = spec.findOption(word);
        option = Optional.<ArgSpec>ofNullable(named).filter(one -> one.arity().max() > 0);
      } else {
        boolean isParameter = !isName(spec, word) && !spec.positionalParameters().isEmpty();
        located.add(
            isParameter ? located(spec.positionalParameters().get(0), word, directory) : word);
      }
    }
    return CommandLineRun.of(located.toArray());
  }

  private static boolean isName(CommandSpec spec, String word) {
    return Arrays.asList(spec.qualifiedName().split(" ")).contains(word);
  }

  private static String located(ArgSpec argument, String word, Path directory) {
    if (!FILE.matcher(argument.paramLabel()).find()) {
      return word;
    }
    int key = argument.paramLabel().contains("=") ? word.indexOf('=') + 1 : 0;
    return word.substring(0, key) + directory.resolve(word.substring(key));
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
