package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.mirror.MirrorCancelledException;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells why a command failed, on standard error and with {@code --json}, and how it ends. */
final class FailureHandler implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final List<String> arguments;
  private final Interruption interruption;
  private final AtomicBoolean interrupted = new AtomicBoolean();

  /**
   * Creates a handler.
   *
   * @param arguments the whole command line: where it is wrong, {@code --json} may not be parsed
   * @param interruption tells whether a signal has ended the run
   */
  FailureHandler(List<String> arguments, Interruption interruption) {
    this.arguments = List.copyOf(arguments);
    this.interruption = interruption;
  }

  /** Prepares for a signal during a command. */
  void started(CommandLine command) {
    interruption.listen(
        () -> {
          Output.of(command).ifPresent(Output::closeBar);
          command.getErr().println("interrupting the command; a second signal ends it at once");
        },
        () -> interruption.signal().ifPresent(signal -> endedBySignal(command, signal)));
  }

  @Override
  public int handleParseException(ParameterException wrong, String[] expanded) {
    return refuse(wrong.getCommandLine(), wrong);
  }

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, ParseResult parsed) {
    if (exception instanceof MirrorCancelledException cancelled) {
      Output.of(command)
          .ifPresent(output -> output.addStep("mirror", ReportDocument.of(cancelled.report())));
    }
    if (interruption.signal().isPresent()) {
      // Whatever it is, it comes from the end of the run.
      return endedBySignal(command, interruption.signal().get());
    }
    if (exception instanceof CancelledException) {
      return reportInterrupted(command, "error: " + exception.getMessage(), ExitStatus.CANCELLED);
    }
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

  private int endedBySignal(CommandLine command, ExitStatus signal) {
    return interrupted.compareAndSet(false, true)
        ? reportInterrupted(command, "interrupted: the command has not finished", signal)
        : signal.number();
  }

  /** Tells what is left, and the command that continues. */
  private int reportInterrupted(CommandLine command, String what, ExitStatus status) {
    Output.of(command).ifPresent(Output::closeBar);
    String again = TypedCommand.of(command.getCommandSpec().root().qualifiedName(), arguments);
    StringBuilder message = new StringBuilder();
    message
        .append('\n')
        .append(
            command.getCommand() instanceof Interruptible interruptible
                ? interruptible.afterInterruption()
                : Interruptible.NOTHING)
        .append("\n  ")
        .append(again);
    if (again.contains(TypedCommand.MASK)) {
      message
          .append("\n")
          .append(TypedCommand.MASK)
          .append(" stands for a value that may be secret; write it again.");
    }
    command.getErr().println(Output.fit(what) + message);
    // An interrupted thread cannot write files.
    boolean wasInterrupted = Thread.interrupted();
    try {
      return report(command, new AirgapException(what + message), status);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private int report(CommandLine command, AirgapException failure, ExitStatus status) {
    boolean json = arguments.contains("--json");
    try {
      Output.of(command)
          .ifPresentOrElse(
              output -> output.fail(failure, status, json),
              () -> {
                if (json) {
                  command
                      .getOut()
                      .println(
                          ReportFormat.JSON.write(
                              Output.failedRun(
                                  command.getCommandSpec(), failure, Map.of(), status)));
                }
              });
    } catch (AirgapException e) {
      command.getErr().println("error: " + e.getMessage());
    }
    return status.number();
  }
}
