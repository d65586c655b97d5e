package ai.kubernaut.airgap.examples.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;

/** One run of the program inside the test's JVM, and all it said. */
public final class CommandLineRun {
  private final int status;
  private final String out;
  private final String err;

  CommandLineRun(int status, String out, String err) {
    this.status = status;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the program with arguments, each printed as text. What it prints with {@code --json} has
   * to follow the published schema.
   */
  public static CommandLineRun of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(argument.toString());
    }
    int status =
        Main.run(
            new PrintWriter(out, true), new PrintWriter(err, true), texts.toArray(String[]::new));
    if (texts.contains("--json") && !out.toString().isEmpty()) {
      ReportSchema.check(out.toString());
    }
    return new CommandLineRun(status, out.toString(), err.toString());
  }

  /** The names of all commands that have no subcommands, such as {@code bundle create}. */
  public static Set<String> allCommands() {
    Set<String> names = new TreeSet<>();
    addNames("", Main.commandLine(), names);
    return names;
  }

  private static void addNames(String prefix, CommandLine command, Set<String> names) {
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> {
              if (sub.getSubcommands().isEmpty()) {
                names.add(prefix + name);
              }
              addNames(prefix + name + " ", sub, names);
            });
  }

  public int status() {
    return status;
  }

  public String out() {
    return out;
  }

  public String err() {
    return err;
  }

  @Override
  public String toString() {
    return "exit " + status + "\n" + out + "\n" + err;
  }
}
