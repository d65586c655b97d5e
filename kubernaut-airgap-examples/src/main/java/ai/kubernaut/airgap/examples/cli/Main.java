package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program: one command for each step, and the lab for all of them. */
@Command(
    name = "kubernaut-airgap",
    description = "Installs Kubernaut on a cluster that cannot reach the internet.",
    mixinStandardHelpOptions = true,
    version = "kubernaut-airgap 0.1.0",
    subcommands = {
      PlanCommand.class,
      PreflightCommand.class,
      MirrorCommand.class,
      BundleCommand.class,
      InventoryCommand.class,
      PullSecretCommand.class,
      TrustCommand.class,
      MirrorRulesCommand.class,
      SealCommand.class,
      SecretsCommand.class,
      InstallCommand.class,
      UpgradeCommand.class,
      HistoryCommand.class,
      RollbackCommand.class,
      UninstallCommand.class,
      VerifyCommand.class,
      DiagnoseCommand.class,
      RepairCommand.class,
      PruneCommand.class,
      PermissionsCommand.class,
      ClusterFactsCommand.class,
      LabCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class Main {
  private Main() {}

  /**
   * Runs the program and ends the process with its exit status.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(
        Interruption.during(
            interruption ->
                run(
                    commandLine(),
                    interruption,
                    writer(System.out),
                    writer(System.err),
                    arguments)));
  }

  /**
   * UTF-8, whatever the locale says: bastion hosts often have none, and their terminals read UTF-8
   * all the same.
   */
  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /**
   * Runs the program inside a host.
   *
   * @param out reports and the story of the steps
   * @param err errors, and progress where reports are JSON
   * @param arguments the command line
   * @return the exit status: 0 for success; {@code --help} lists the others
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return run(commandLine(), Interruption.none(), out, err, arguments);
  }

  static int run(
      CommandLine commands,
      Interruption interruption,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    FailureHandler failures = new FailureHandler(List.of(arguments), interruption);
    return commands
        .setExecutionStrategy(parsed -> run(parsed, failures))
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setOut(out)
        .setErr(err)
        .execute(arguments);
  }

  /** Returns the parser of all commands. */
  static CommandLine commandLine() {
    CommandLine commands =
        new CommandLine(new Main())
            .registerConverter(ImageRef.class, text -> legal(text, ImageRef::parse))
            .registerConverter(Platform.class, text -> legal(text, Platform::parse))
            .registerConverter(Separator.class, text -> legal(text, Separator::parse))
            .registerConverter(Target.class, text -> legal(text, Target::registry))
            .setCaseInsensitiveEnumValuesAllowed(true);
    commands
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(ExitStatus.meanings());
    return commands;
  }

  /** An invalid name is wrong usage, not a failed step. */
  private static <T> T legal(String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (AirgapException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  /** Opens the report files before the command does anything. */
  private static int run(CommandLine.ParseResult parsed, FailureHandler failures) {
    CommandLine command = parsed.asCommandLineList().get(parsed.asCommandLineList().size() - 1);
    boolean isHelp =
        parsed.asCommandLineList().stream()
            .anyMatch(one -> one.isUsageHelpRequested() || one.isVersionHelpRequested());
    if (!isHelp) {
      failures.started(command);
      try {
        Output.of(command).ifPresent(Output::open);
      } catch (AirgapException e) {
        throw new CommandLine.ExecutionException(command, String.valueOf(e.getMessage()), e);
      }
    }
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (Error e) {
      // Such as a native library that cannot be loaded: no exception for picocli.
      throw new CommandLine.ExecutionException(command, "the command failed: " + e, e);
    }
  }
}
