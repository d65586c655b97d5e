package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.InstallationFailedException;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFile;
import ai.kubernaut.airgap.report.ReportFormat;
import ai.kubernaut.airgap.report.SafeText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * Where reports and progress go: a progress bar on a terminal, plain lines otherwise, JSON on its
 * own when asked for.
 */
final class Output implements Consumer<ProgressEvent> {
  @Option(
      names = "--json",
      description = "Print the report as JSON; progress goes to standard error.")
  boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      converter = ReportPath.class,
      description =
          "Also write the report to this file, readable by its owner only: .html, .json, .md or .xml (JUnit); repeatable.")
  List<Path> reports = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  private volatile @Nullable TransferBar bar;
  private volatile @Nullable TerminalWidth terminal;
  private boolean apart;
  private final AtomicBoolean reported = new AtomicBoolean();
  private final List<ReportFile> files = new ArrayList<>();
  private final Map<String, ReportDocument> steps = new LinkedHashMap<>();

  /** A path whose extension names a form of reports. */
  static final class ReportPath implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
      try {
        Path path = Path.of(value);
        ReportFormat.of(path);
        return path;
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  PrintWriter out() {
    return command.commandLine().getOut();
  }

  private PrintWriter story() {
    return json || apart ? command.commandLine().getErr() : out();
  }

  /** Sends the story to standard error, so that a report can be piped. */
  void keepReportsApart() {
    apart = true;
  }

  /** A line of the story, not of the report. */
  void tell(String line) {
    String lines = fit(line);
    TransferBar drawn = bar;
    if (drawn == null) {
      story().println(lines);
    } else {
      drawn.tell(lines);
    }
  }

  /**
   * Finds the output of the command that was asked for.
   *
   * @return empty for commands that only group others
   */
  static Optional<Output> of(CommandLine command) {
    return command.getCommandSpec().mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(Output.class::isInstance)
        .map(Output.class::cast)
        .findFirst();
  }

  /** Checks that the report files can be written, before anything else is done. */
  void open() {
    for (Path file : reports) {
      files.add(ReportFile.at(file));
    }
  }

  /** Keeps the report of one of several steps. */
  void addStep(String name, ReportDocument step) {
    steps.put(name, step);
  }

  /** Returns whether the report of the command, or of its failure, was printed. */
  boolean hasReported() {
    return reported.get();
  }

  /** Reports all steps. */
  void reportSteps(String kind, String title) {
    report(ReportDocument.ofSteps(kind, title, steps));
  }

  /** Prints a report, as JSON when asked for, and writes the report files. */
  void report(ReportDocument report) {
    report(report, report.toText());
  }

  /**
   * Prints a report and writes the report files.
   *
   * @param text what is printed unless JSON is asked for
   */
  void report(ReportDocument report, String text) {
    if (reported.getAndSet(true)) {
      return;
    }
    out().println(json ? ReportFormat.JSON.write(report) : text);
    write(report);
  }

  /**
   * Reports that the command failed, unless its report tells so already.
   *
   * @param asJson whether JSON is asked for by an option that may not have been parsed
   */
  void fail(AirgapException failure, ExitStatus status, boolean asJson) {
    closeBar();
    json |= asJson;
    if ((!json && files.isEmpty()) || reported.getAndSet(true)) {
      return;
    }
    if (failure instanceof InstallationFailedException failed) {
      steps.put("verification", ReportDocument.of(failed.report()));
      steps.put("diagnosis", ReportDocument.of(failed.diagnosis()));
    }
    ReportDocument report = failedRun(command, failure, steps, status);
    if (json) {
      out().println(ReportFormat.JSON.write(report));
    }
    write(report);
  }

  /** Creates the report of a command that failed. */
  static ReportDocument failedRun(
      CommandSpec command,
      AirgapException failure,
      Map<String, ReportDocument> steps,
      ExitStatus status) {
    return ReportDocument.ofFailure(command.qualifiedName(), failure, steps)
        .withExitStatus(status.number());
  }

  private void write(ReportDocument report) {
    files.forEach(file -> file.write(report));
  }

  @Override
  public void accept(ProgressEvent event) {
    TransferBar drawn = bar;
    if (event instanceof ProgressEvent.BytesSent sent) {
      if (drawn != null) {
        drawn.sent(sent.done(), sent.total());
      }
    } else if (event instanceof ProgressEvent.ImageFinished image && drawn != null) {
      drawn.finishedImage();
      if (image.failure().isPresent()) {
        tell(event.toString());
      }
    } else if (!event.isDetail()) {
      if (event instanceof ProgressEvent.StepFinished) {
        closeBar();
      }
      tell(event.toString());
      if (event instanceof ProgressEvent.MirrorSized sized
          && sized.bytes() > 0
          && isTerminal()
          && !json) {
        TerminalWidth width = TerminalWidth.open();
        terminal = width;
        bar = new TransferBar(story(), sized.images(), sized.bytes(), width::columns);
      }
    }
  }

  /** Fits lines to a terminal. In files and pipes they stay whole, so that they can be searched. */
  static String fit(String lines) {
    return isTerminal() ? SafeText.forTerminal(lines) : lines;
  }

  /** picocli tells terminals from pipes on every JDK; it has to know this to colour its help. */
  private static boolean isTerminal() {
    return CommandLine.Help.Ansi.AUTO.enabled();
  }

  /** Ends the bar, so that what follows has the line for itself. */
  synchronized void closeBar() {
    TransferBar drawn = bar;
    TerminalWidth width = terminal;
    bar = null;
    terminal = null;
    if (drawn != null) {
      drawn.close();
    }
    if (width != null) {
      width.close();
    }
  }
}
