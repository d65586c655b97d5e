package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.registry.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A terminal in which a program runs, by {@code tmux}. Tests skip where that is missing, and fail
 * when the environment has {@code AIRGAP_IT_REQUIRED=true}.
 */
final class Terminal implements AutoCloseable {
  private final Path socket;
  private final InputStream output;
  private final StringBuilder received = new StringBuilder();

  private Terminal(Path socket, InputStream output) {
    this.socket = socket;
    this.output = output;
  }

  /** Starts a program; {@code exit=STATUS} is printed when it ends. */
  static Terminal start(Path directory, int columns, String environment, List<String> command)
      throws IOException, InterruptedException {
    String name = UUID.randomUUID().toString().substring(0, 8);
    Path socket = directory.resolve(name);
    Path pipe = directory.resolve(name + ".out");
    run(List.of("mkfifo", pipe.toString()));
    Path script = directory.resolve(name + ".sh");
    Files.writeString(
        script,
        """
        # The shell goes on when the program is interrupted.
        trap : INT
        tmux -S %1$s wait-for begin
        unset NO_COLOR
        %2$s %3$s
        echo "exit=$?"
        exec tmux -S %1$s wait-for end
        """
            .formatted(socket, environment, quoted(command)));
    tmux(
        socket,
        "new-session",
        "-d",
        "-x",
        String.valueOf(columns),
        "-y",
        "40",
        "exec sh " + script);
    tmux(socket, "pipe-pane", "exec cat > " + pipe);
    Terminal terminal = new Terminal(socket, Files.newInputStream(pipe));
    tmux(socket, "wait-for", "-S", "begin");
    return terminal;
  }

  private static String quoted(List<String> command) {
    List<String> words = new ArrayList<>();
    command.forEach(word -> words.add("'" + word.replace("'", "'\\''") + "'"));
    return String.join(" ", words);
  }

  private static String tmux(Path socket, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Programs.require("tmux").toString(),
                "-u",
                "-S",
                socket.toString(),
                "-f",
                "/dev/null"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("TMUX");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
    return said;
  }

  /** Reads until the program has written a text. */
  void awaitText(String text) throws IOException {
    byte[] buffer = new byte[4096];
    while (received.indexOf(text) < 0) {
      int count = output.read(buffer);
      if (count < 0) {
        throw new IOException("the terminal ended without '" + text + "': " + received);
      }
      received.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
    }
  }

  /** Everything that was written so far, with the control sequences. */
  String received() {
    return received.toString();
  }

  /** Forgets what was written so far. */
  void forget() {
    received.setLength(0);
  }

  String screen() throws IOException, InterruptedException {
    return tmux(socket, "capture-pane", "-p").stripTrailing();
  }

  String lastLine() throws IOException, InterruptedException {
    String screen = screen();
    return screen.substring(screen.lastIndexOf('\n') + 1);
  }

  void resize(int columns) throws IOException, InterruptedException {
    tmux(socket, "resize-window", "-x", String.valueOf(columns), "-y", "40");
  }

  void keys(String keys) throws IOException, InterruptedException {
    tmux(socket, "send-keys", keys);
  }

  @Override
  public void close() throws IOException {
    try {
      tmux(socket, "kill-server");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    output.close();
  }
}
