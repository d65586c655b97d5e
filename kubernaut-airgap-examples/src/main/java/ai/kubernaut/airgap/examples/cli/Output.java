package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.progress.ProgressEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Where reports and progress go: a progress bar on a terminal, plain lines otherwise, JSON on its
 * own when asked for.
 */
final class Output implements Consumer<ProgressEvent> {
  /** The version of the schema in docs/schema. */
  private static final String API_VERSION = "airgap.kubernaut.ai/v1";

  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--json",
      description = "Print the report as JSON; progress goes to standard error.")
  boolean json;

  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  private @Nullable ProgressBar bar;
  private boolean apart;

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
    story().println(line);
  }

  /**
   * Prints a report: JSON when asked for, else text.
   *
   * @param kind the kind of the report in the schema of the JSON
   */
  void report(String kind, ObjectNode asJson, String asText) {
    if (!json) {
      out().println(asText);
      return;
    }
    try {
      ObjectNode document =
          JSON.createObjectNode().put("apiVersion", API_VERSION).put("kind", kind);
      document.setAll(asJson);
      out().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report could not be printed as JSON", e);
    }
  }

  @Override
  public void accept(ProgressEvent event) {
    if (event.isDetail()) {
      if (bar != null && event instanceof ProgressEvent.BytesSent) {
        bar.setExtraMessage(event.toString());
      }
      return;
    }
    if (event instanceof ProgressEvent.StepStarted started
        && started.items() > 0
        && isTerminal()
        && !json) {
      story().println(event);
      bar =
          new ProgressBarBuilder()
              .setTaskName("  images")
              .setInitialMax(started.items())
              .setStyle(ProgressBarStyle.ASCII)
              .build();
      return;
    }
    if (event instanceof ProgressEvent.ImageFinished && bar != null) {
      bar.step();
      return;
    }
    if (event instanceof ProgressEvent.StepFinished && bar != null) {
      closeBar();
    }
    story().println(event);
  }

  /** picocli tells terminals from pipes on every JDK; it has to know this to colour its help. */
  private static boolean isTerminal() {
    return CommandLine.Help.Ansi.AUTO.enabled();
  }

  /** Ends the bar, so that what follows has the line for itself. */
  void closeBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
