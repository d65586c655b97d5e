package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.common.CancelledException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** With {@code --json} every failure is one document, and its exit status tells what failed. */
final class FailureReportTest {
  @TempDir Path directory;

  private static JsonNode onlyDocument(String out) throws IOException {
    ReportSchema.check(out);
    List<JsonNode> documents =
        new ObjectMapper().readerFor(JsonNode.class).<JsonNode>readValues(out).readAll();
    assertThat(documents).hasSize(1);
    return documents.get(0);
  }

  @ParameterizedTest
  @CsvSource({
    "--json plan, kubernaut-airgap",
    "plan --json --everything, kubernaut-airgap plan",
    "plan --everything --json, kubernaut-airgap plan",
    "plan --json, kubernaut-airgap plan",
    "bundle create --json, kubernaut-airgap bundle create",
    "bundle create --target https://x --json, kubernaut-airgap bundle create",
    "bundle --json, kubernaut-airgap bundle",
    "cook --json, kubernaut-airgap",
    "prune --plan p --dry-run --delete --json, kubernaut-airgap prune",
    "mirror ls --target harbor.corp Quay.io/A --json, kubernaut-airgap mirror ls",
    "secrets --restart a --rotate b --plan p --json, kubernaut-airgap secrets",
  })
  void wrongUsageIsOneDocument_andTwoLines(String commandLine, String command) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of((Object[]) commandLine.split(" ")));
    arguments.replaceAll(one -> one.equals("p") ? writePlan() : one);
    if (commandLine.startsWith("secrets")) {
      arguments.addAll(List.of("--kubeconfig", writeKubeconfig()));
    }

    CommandLineRun run = CommandLineRun.of(arguments.toArray());

    assertThat(run.status()).as(run.toString()).isEqualTo(2);
    assertThat(run.err().lines()).as(run.toString()).hasSize(2);
    JsonNode document = onlyDocument(run.out());
    assertThat(document.path("apiVersion").asText()).isEqualTo("airgap.kubernaut.ai/v1");
    assertThat(document.path("kind").asText()).isEqualTo("FailedRun");
    assertThat(document.path("command").asText()).isEqualTo(command);
    assertThat(document.path("exitStatus").asInt()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: " + document.path("message").asText());
  }

  @Test
  void wrongUsageOfAStepIsAlsoInTheReportFile() throws IOException {
    Path report = directory.resolve("report.json");

    CommandLineRun run = CommandLineRun.of("mirror", "--report", report, "--only", "quay.io/a");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(onlyDocument(Files.readString(report)).path("message").asText()).contains("--only");
  }

  @Test
  void theClassesOfFailuresHaveTheirStatus() throws IOException {
    Path plan = writePlan();
    Path broken = Files.writeString(directory.resolve("broken"), "clusters: [\n");
    Path none = directory.resolve("none");

    assertFails(4, "preflight", "--plan", plan, "--authfile", none);
    assertFails(
        4,
        "pull-secret",
        "--plan",
        plan,
        "--authfile",
        writeEmptyObject(),
        "--kubeconfig",
        writeKubeconfig());
    assertFails(5, "verify", "--plan", plan, "--kubeconfig", broken);
    assertFails(6, "plan", "--offline", "--target", "harbor.corp", "--chart", none);
    assertFails(7, "mirror", "--plan", none);
    assertFails(7, "bundle", "check", none);
    assertFails(7, "diagnose", "--from-bundle", none);
    assertFails(7, "plan", "--report", none.resolve("report.html"));
  }

  private static void assertFails(int status, Object... arguments) throws IOException {
    List<Object> withJson = new ArrayList<>(List.of(arguments));
    withJson.add("--json");
    CommandLineRun run = CommandLineRun.of(withJson.toArray());

    assertThat(run.status()).as(run.toString()).isEqualTo(status);
    assertThat(run.err()).contains("error: ").doesNotContain("\tat ");
    JsonNode document = onlyDocument(run.out());
    assertThat(document.path("kind").asText()).isEqualTo("FailedRun");
    assertThat(document.path("exitStatus").asInt()).isEqualTo(status);
  }

  private Path writePlan() {
    return write(
        "plan.yaml",
        """
        apiVersion: airgap.kubernaut.ai/v1
        kind: MirrorPlan
        target: {registry: harbor.invalid, separator: /}
        images:
        - {source: 'quay.io/a/b:v1', target: 'harbor.invalid/a/b:v1'}
        """);
  }

  private Path writeEmptyObject() {
    return write("empty.json", "{}");
  }

  private Path writeKubeconfig() {
    return write(
        "kubeconfig",
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]
        users: [{name: u, user: {token: t}}]
        """);
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A command that throws what a test wants. */
  @Command(name = "fail")
  static final class FailCommand implements Runnable {
    private final Runnable failure;
    @Mixin Output output = new Output();

    FailCommand(Runnable failure) {
      this.failure = failure;
    }

    @Override
    public void run() {
      failure.run();
    }
  }

  private static CommandLineRun fail(Runnable failure, String... more) {
    List<String> arguments = new ArrayList<>(List.of("fail"));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commands = Main.commandLine();
    commands.addSubcommand(CommandSpec.forAnnotatedObject(new FailCommand(failure)));
    int status =
        Main.run(
            commands,
            Interruption.none(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));
    return new CommandLineRun(status, out.toString(), err.toString());
  }

  @Test
  void aCancelledRunSaysHowToContinue() throws IOException {
    Path report = directory.resolve("report.json");
    Runnable cancelled =
        () -> {
          throw CancelledException.interrupted("the step was interrupted", null);
        };

    CommandLineRun run = fail(cancelled, "--json", "--report", report.toString());

    assertThat(Thread.interrupted()).as("the interrupt flag is kept").isTrue();
    assertThat(run.status()).as(run.toString()).isEqualTo(8);
    assertThat(run.err().lines())
        .containsExactly(
            "error: the step was interrupted",
            "Nothing was changed. The same command starts again:",
            "  kubernaut-airgap fail --json --report " + report);
    assertThat(onlyDocument(run.out()).path("exitStatus").asInt()).isEqualTo(8);
    assertThat(report).hasContent(run.out());
  }

  @Test
  void anUnexpectedErrorIsADocumentToo_withTheTraceOnStandardError() throws IOException {
    for (Runnable failure :
        List.<Runnable>of(
            () -> {
              throw new IllegalStateException("a bug");
            },
            () -> {
              throw new UnsatisfiedLinkError("a bug");
            })) {
      CommandLineRun run = fail(failure, "--json");

      assertThat(run.status()).as(run.toString()).isEqualTo(70);
      assertThat(run.err()).contains("unexpected error, please report it", "a bug", "\tat ");
      JsonNode document = onlyDocument(run.out());
      assertThat(document.path("message").asText()).contains("unexpected error", "a bug");
      assertThat(document.path("exitStatus").asInt()).isEqualTo(70);
      assertThat(fail(failure).out()).isEmpty();
    }
  }
}
