package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.io.ChildProcess;
import ai.kubernaut.airgap.registry.Credentials;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A program {@code docker-credential-…} that keeps credentials, run by docker's protocol: the
 * server's address goes to its standard input, and JSON comes from its standard output. It gets a
 * limited time; after that, or when the thread is interrupted, it is ended together with the
 * processes that it has started.
 */
final class CredentialHelper {
  private static final int MAX_OUTPUT = 256 << 10;
  private static final long POLL_MILLIS = 50;

  /** How long to wait for output that somebody may write after the helper has ended. */
  private static final long LATE_OUTPUT_MILLIS = 1000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path program;
  private final Duration timeout;

  private CredentialHelper(Path program, Duration timeout) {
    this.program = program;
    this.timeout = timeout;
  }

  /**
   * Looks for a helper's program.
   *
   * @param name the program's name, without a directory
   * @param path directories as the environment variable PATH lists them; relative ones are passed
   *     over
   * @return empty when there is no such program
   */
  static Optional<CredentialHelper> find(String name, @Nullable String path, Duration timeout) {
    if (path == null || name.contains("/") || name.contains("\\")) {
      return Optional.empty();
    }
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("windows");
    for (String directory : path.split(File.pathSeparator, -1)) {
      for (String suffix : windows ? List.of(".exe", ".cmd") : List.of("")) {
        Path program = program(directory, name + suffix);
        if (program != null) {
          return Optional.of(new CredentialHelper(program, timeout));
        }
      }
    }
    return Optional.empty();
  }

  private static @Nullable Path program(String directory, String name) {
    try {
      Path program = Path.of(directory).resolve(name);
      return program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)
          ? program
          : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /**
   * Asks for the credentials of one server.
   *
   * @return empty when the helper has none
   * @throws IOException when it cannot be run, or prints too much
   * @throws TimeoutException when it has not ended in time
   * @throws InterruptedException when the thread is interrupted
   */
  Optional<Credentials> get(String server)
      throws IOException, TimeoutException, InterruptedException {
    Process process =
        ChildProcess.start(
            new ProcessBuilder(program.toString(), "get")
                .redirectError(ProcessBuilder.Redirect.DISCARD));
    Output output = new Output(process.getInputStream());
    Set<ProcessHandle> family = new HashSet<>();
    boolean done = false;
    try {
      output.start();
      send(process, server);
      await(process, output, family);
      output.join(LATE_OUTPUT_MILLIS);
      if (output.isTooLong()) {
        throw new IOException("the output has more than " + MAX_OUTPUT + " bytes");
      }
      done = !output.isAlive();
      return credentials(output.bytes());
    } finally {
      if (!done) {
        end(process, output, family);
      }
    }
  }

  private static void send(Process process, String server) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(server.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has closed its input, or ended; what it printed, or did not, tells more.
      return;
    }
  }

  private void await(Process process, Output output, Set<ProcessHandle> family)
      throws TimeoutException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(family::add);
      if (output.isTooLong()) {
        return;
      }
      if (System.nanoTime() - end > 0) {
        throw new TimeoutException();
      }
    }
  }

  private static void end(Process process, Output output, Set<ProcessHandle> family) {
    process.descendants().forEach(family::add);
    // The helper first, so that it starts nothing more.
    process.destroyForcibly();
    for (ProcessHandle member : Set.copyOf(family)) {
      member.descendants().forEach(family::add);
    }
    family.forEach(ProcessHandle::destroyForcibly);
    boolean interrupted = Thread.interrupted();
    try {
      process.waitFor(LATE_OUTPUT_MILLIS, TimeUnit.MILLISECONDS);
      output.join(LATE_OUTPUT_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Without the parser's messages, which quote what the helper printed. */
  private static Optional<Credentials> credentials(byte[] output) {
    JsonNode json;
    try {
      json = JSON.readTree(output);
    } catch (IOException e) {
      return Optional.empty();
    }
    String username = json.path("Username").asText("");
    String secret = json.path("Secret").asText("");
    return username.isEmpty() || secret.isEmpty()
        ? Optional.empty()
        : Optional.of(Credentials.of(username, secret));
  }

  /** Reads what the helper prints, while another thread watches the time. */
  private static final class Output extends Thread {
    private final InputStream in;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Output(InputStream in) {
      super("airgap-credential-helper");
      setDaemon(true);
      this.in = in;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[8192];
      try (in) {
        int count = in.read(buffer);
        while (count >= 0 && !isTooLong()) {
          synchronized (bytes) {
            bytes.write(buffer, 0, count);
          }
          count = in.read(buffer);
        }
      } catch (IOException e) {
        // The helper was ended.
        return;
      }
    }

    boolean isTooLong() {
      synchronized (bytes) {
        return bytes.size() > MAX_OUTPUT;
      }
    }

    byte[] bytes() {
      synchronized (bytes) {
        return bytes.toByteArray();
      }
    }
  }
}
