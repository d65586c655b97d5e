package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in a real terminal. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TerminalTest {
  private static final String REGISTRY = "registry.local";

  @TempDir Path directory;

  /** Stores an image of some megabytes and returns its name below the registry. */
  private static String push(RegistryClient registry) {
    OneLayerImage.push(registry, ImageRef.parse(REGISTRY + "/acme/app:1"), new byte[9_000_000]);
    return "/acme/app:1";
  }

  private Terminal mirror(RegistryServer server, String image, String... more) throws Exception {
    Path plan = directory.resolve("plan.yaml");
    CommandLineRun planned =
        CommandLineRun.of(
            "plan",
            "--images",
            Files.writeString(directory.resolve("images.txt"), server.host() + image),
            "--target",
            server.host() + "/mirror",
            "--plain-http",
            server.host(),
            "--authfile",
            Files.writeString(directory.resolve("none.json"), "{}"),
            "--out",
            plan);
    assertThat(planned.status()).as(planned.toString()).isZero();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "mirror",
                "--plan",
                plan.toString(),
                "--plain-http",
                server.host(),
                "--authfile",
                directory.resolve("none.json").toString(),
                "--no-preflight"));
    arguments.addAll(Arrays.asList(more));
    return Terminal.start(
        directory, 90, "", ChildJvm.command(Main.class, arguments.toArray(String[]::new)));
  }

  @Test
  void theBarMovesWithTheBytes_fitsTheNewSize_andCtrlCEndsTheRun() throws Exception {
    try (RegistryClient content = MemoryRegistryClient.create()) {
      String image = push(content);
      try (RegistryServer server = RegistryServer.builder(content, REGISTRY).start();
          Terminal terminal =
              mirror(server, image, "--bytes-per-second", server.host() + "=300000")) {
        terminal.awaitText("0/1 images");
        assertThat(terminal.lastLine()).contains("sending", "/9 MB", "MB/s").hasSizeLessThan(90);

        terminal.resize(70);
        terminal.forget();
        terminal.awaitText("MB/s");
        assertThat(terminal.lastLine()).contains("sending").hasSizeLessThan(70);

        terminal.keys("C-c");
        terminal.awaitText("exit=130");
        assertThat(terminal.screen().lines().map(String::strip))
            .containsSubsequence("interrupted: the command has not finished", "exit=130");
      }
    }
  }

  @Test
  void theBarStandsAboveWhatFollowsIt() throws Exception {
    try (RegistryClient content = MemoryRegistryClient.create()) {
      String image = push(content);
      try (RegistryServer server = RegistryServer.builder(content, REGISTRY).start();
          Terminal terminal = mirror(server, image)) {
        terminal.awaitText("exit=0");

        assertThat(terminal.screen().lines().map(String::strip))
            .containsSubsequence("1 images to copy: 2 blobs, 9.0 MB", "exit=0")
            .filteredOn(line -> line.startsWith("sending"))
            .singleElement()
            .asString()
            .contains("100%", "9/9 MB", "1/1 images");
      }
    }
  }

  @Test
  void helpHasColors_butNotWithNoColor() throws Exception {
    List<String> help = ChildJvm.command(Main.class, "mirror", "--help");
    try (Terminal terminal = Terminal.start(directory, 90, "", help)) {
      terminal.awaitText("exit=0");
      assertThat(terminal.received()).contains("\u001b[33m");
    }
    try (Terminal terminal = Terminal.start(directory, 90, "NO_COLOR=1", help)) {
      terminal.awaitText("exit=0");
      assertThat(terminal.received()).contains("--journal").doesNotContain("\u001b[");
    }
  }

  @Test
  void errorsFitTheTerminal() throws IOException, InterruptedException {
    List<String> wrong =
        ChildJvm.command(
            Main.class, "mirror", "--plan", directory.resolve("x".repeat(60)).toString());
    try (Terminal terminal = Terminal.start(directory, 130, "", wrong)) {
      terminal.awaitText("exit=7");
      assertThat(terminal.screen()).contains("error: no plan can be read:");
      assertThat(terminal.screen().lines().filter(line -> line.contains(" ")))
          .allMatch(line -> line.strip().length() <= 100 || !line.strip().contains(" "));
    }
  }
}
