package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.Programs;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A signal ends a run in an orderly way, and the user learns how to continue. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InterruptionTest {
  private static final String REGISTRY = "registry.local";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"INT, 130, true", "INT, 130, false", "TERM, 143, true"})
  void aSignalEndsTheRun_andTheSameCommandContinues(String signal, int status, boolean json)
      throws Exception {
    try (RegistryClient content = MemoryRegistryClient.create()) {
      OneLayerImage.push(content, ImageRef.parse(REGISTRY + "/acme/app:1"), new byte[9_000_000]);
      try (RegistryServer server = RegistryServer.builder(content, REGISTRY).start()) {
        String host = server.host();
        Path report = directory.resolve("report.json");
        List<String> arguments =
            new ArrayList<>(
                List.of(
                    "mirror",
                    "--plan",
                    plan(host).toString(),
                    "--plain-http",
                    host,
                    "--authfile",
                    Files.writeString(directory.resolve("none.json"), "{}").toString(),
                    "--no-preflight",
                    "--set",
                    "db.password=hunter2",
                    "--report",
                    report.toString()));
        if (json) {
          arguments.add("--json");
        }
        List<String> slowly = new ArrayList<>(arguments);
        slowly.addAll(List.of("--bytes-per-second", host + "=300000"));

        Process process = start(slowly);
        String out;
        String err;
        try (BufferedReader story = json ? process.errorReader() : process.inputReader()) {
          awaitLine(story, "1 images to copy");
          signal(process, signal);
          out = json ? rest(process.inputReader()) : "";
          err = json ? rest(story) : rest(process.errorReader());
          assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
          process.destroyForcibly();
        }

        assertThat(process.exitValue()).as(out + err).isEqualTo(status);
        assertThat(err)
            .contains("interrupting the command; a second signal ends it at once\n")
            .contains("interrupted: the command has not finished\n")
            .contains("What was sent is in the mirror. The same command continues from there;")
            .contains("\n  kubernaut-airgap mirror --plan " + directory.resolve("plan.yaml") + " ")
            .contains(" --set 'db.password=***' ", " --bytes-per-second " + host + "=300000\n")
            .doesNotContain("hunter2", "\tat ");
        String document = Files.readString(report);
        if (json) {
          assertThat(document).isEqualTo(out);
        }
        ReportSchema.check(document);
        JsonNode failed = new ObjectMapper().readTree(document);
        assertThat(failed.path("kind").asText()).isEqualTo("FailedRun");
        assertThat(failed.path("message").asText()).contains("interrupted: ", "--plan");
        assertThat(failed.path("exitStatus").asInt()).isEqualTo(status);
        assertThat(failed.path("mirror").path("complete").asBoolean(true)).isFalse();
        assertThat(failed.path("mirror").path("images")).hasSize(1);
        assertThat(failed.path("problems").path(0).path("code").asText())
            .isEqualTo("MIRRORING_CANCELLED");

        CommandLineRun again = CommandLineRun.of(arguments.toArray());
        assertThat(again.status()).as(again.toString()).isZero();
      }
    }
  }

  private Path plan(String host) throws Exception {
    Path plan = directory.resolve("plan.yaml");
    CommandLineRun planned =
        CommandLineRun.of(
            "plan",
            "--offline",
            "--images",
            Files.writeString(directory.resolve("images.txt"), host + "/acme/app:1"),
            "--target",
            host + "/mirror",
            "--out",
            plan);
    assertThat(planned.status()).as(planned.toString()).isZero();
    return plan;
  }

  /** Starts the program with the default action for signals, also where this JVM ignores them. */
  private static Process start(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Programs.require("env").toString());
    command.add("--default-signal=INT,TERM");
    command.addAll(ChildJvm.command(Main.class, arguments.toArray(String[]::new)));
    return new ProcessBuilder(command).start();
  }

  private static void signal(Process process, String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  private static void awaitLine(BufferedReader from, String text) throws Exception {
    StringBuilder said = new StringBuilder();
    String line = from.readLine();
    while (line != null && !line.contains(text)) {
      said.append(line).append('\n');
      line = from.readLine();
    }
    assertThat(line).as(said.toString()).isNotNull();
  }

  private static String rest(BufferedReader from) throws Exception {
    StringBuilder rest = new StringBuilder();
    for (String line = from.readLine(); line != null; line = from.readLine()) {
      rest.append(line).append('\n');
    }
    return rest.toString();
  }

  @Test
  void whatDoesNotEndInTimeIsTold_andTheProcessEnds() throws Exception {
    List<String> story = new CopyOnWriteArrayList<>();
    CountDownLatch exited = new CountDownLatch(1);
    Interruption interruption =
        new Interruption(
            Duration.ofMillis(10),
            status -> {
              story.add("exit " + status);
              exited.countDown();
            });
    Thread signal = new Thread(() -> interruption.request(ExitStatus.TERMINATED));

    int status = interruption.call(run -> ignoreInterrupts(run, signal, story, exited));

    signal.join();
    assertThat(status).isEqualTo(143);
    assertThat(story).containsOnlyOnce("signal", "interrupt", "overdue", "exit 143");
    assertThat(story).first().isEqualTo("signal");
    assertThat(story).containsSubsequence("overdue", "exit 143");
  }

  @Test
  void aSecondSignalEndsTheProcess() throws Exception {
    List<String> story = new CopyOnWriteArrayList<>();
    CountDownLatch exited = new CountDownLatch(1);
    Interruption interruption =
        new Interruption(
            Duration.ofMinutes(5),
            status -> {
              story.add("exit " + status);
              exited.countDown();
            });
    Thread signal = new Thread(() -> interruption.request(ExitStatus.INTERRUPTED));
    Thread second =
        new Thread(
            () -> {
              while (!story.contains("interrupt")) {
                Thread.onSpinWait();
              }
              interruption.request(ExitStatus.INTERRUPTED);
            });
    second.start();

    int status = interruption.call(run -> ignoreInterrupts(run, signal, story, exited));

    second.join();
    signal.join();
    assertThat(status).isEqualTo(130);
    assertThat(story).containsExactly("signal", "interrupt", "exit 130");
  }

  /** A run that cannot be interrupted. */
  private static int ignoreInterrupts(
      Interruption run, Thread signal, List<String> story, CountDownLatch exited) {
    run.listen(() -> story.add("signal"), () -> story.add("overdue"));
    signal.start();
    while (exited.getCount() > 0) {
      try {
        exited.await();
      } catch (InterruptedException e) {
        story.add("interrupt");
      }
    }
    return 0;
  }

  @Test
  void aRunThatHasEndedIsNotInterrupted() {
    List<String> exits = new ArrayList<>();
    Interruption interruption =
        new Interruption(Duration.ofMinutes(5), status -> exits.add("exit " + status));
    assertThat(interruption.call(run -> 3)).isEqualTo(3);

    interruption.request(ExitStatus.INTERRUPTED);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(exits).isEmpty();
  }

  @Test
  void everyCommandSaysWhatAnInterruptedRunLeaves() {
    Map<String, String> left = new TreeMap<>();
    for (String name : CommandLineRun.allCommands()) {
      CommandLine command = Main.commandLine();
      for (String part : name.split(" ", -1)) {
        command = command.getSubcommands().get(part);
      }
      left.put(
          name,
          command.getCommand() instanceof Interruptible one ? one.afterInterruption() : "nothing");
    }
    assertThat(left.keySet().stream().filter(name -> left.get(name).equals("nothing")))
        .as("commands that change nothing")
        .containsExactlyInAnyOrder(
            "plan",
            "inventory",
            "history",
            "verify attestation",
            "diagnose",
            "permissions",
            "cluster-facts",
            "mirror ls",
            "mirror inspect",
            "mirror partition",
            "mirror merge",
            "bundle inspect",
            "bundle check",
            "bundle serve",
            "generate-completion");
  }
}
