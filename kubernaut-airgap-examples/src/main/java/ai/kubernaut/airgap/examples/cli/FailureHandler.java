package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFormat;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells why a command failed, on standard error and with {@code --json}, and how it ends. */
final class FailureHandler implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final List<String> arguments;

  /**
   * Creates a handler.
   *
   * @param arguments the whole command line: where it is wrong, {@code --json} may not be parsed
   */
  FailureHandler(List<String> arguments) {
    this.arguments = List.copyOf(arguments);
  }

  @Override
  public int handleParseException(ParameterException wrong, String[] expanded) {
    return refuse(wrong.getCommandLine(), wrong);
  }

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, ParseResult parsed) {
    if (exception instanceof AirgapException failure) {
      command.getErr().println(Output.fit("error: " + failure.getMessage()));
      return report(command, failure, status(command, failure));
    }
    if (exception instanceof IllegalArgumentException) {
      return refuse(command, exception);
    }
    // Nothing that the library foresaw: whoever fixes it needs the whole trace.
    command.getErr().println("unexpected error, please report it:");
    exception.printStackTrace(command.getErr());
    return report(
        command,
        new AirgapException("unexpected error, please report it: " + exception, exception),
        ExitStatus.UNEXPECTED);
  }

  /** What is in the report that was printed is no failure of its own. */
  private static ExitStatus status(CommandLine command, AirgapException failure) {
    return failure instanceof ProblemsException
            && Output.of(command).filter(Output::hasReported).isPresent()
        ? ExitStatus.PROBLEM
        : ExitStatus.of(failure);
  }

  /** Two lines: what is wrong, and where the options are. */
  private int refuse(CommandLine command, Exception wrong) {
    String message = String.valueOf(wrong.getMessage()).strip();
    command.getErr().println("error: " + message);
    command
        .getErr()
        .println(command.getCommandSpec().qualifiedName() + " --help shows the options");
    return report(command, new AirgapException(message, wrong), ExitStatus.USAGE);
  }

  private int report(CommandLine command, AirgapException failure, ExitStatus status) {
    boolean json = arguments.contains("--json");
    try {
      Output.of(command)
          .ifPresentOrElse(
              output -> output.fail(failure, status, json),
              () -> {
                if (json) {
                  command.getOut().println(write(command, failure, status));
                }
              });
    } catch (AirgapException e) {
      command.getErr().println("error: " + e.getMessage());
    }
    return status.number();
  }

  private static String write(CommandLine command, AirgapException failure, ExitStatus status) {
    return ReportFormat.JSON.write(
        ReportDocument.ofFailure(command.getCommandSpec().qualifiedName(), failure, Map.of())
            .withExitStatus(status.number()));
  }
}
