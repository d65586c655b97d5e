package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.io.ChildProcess;
import ai.kubernaut.airgap.io.ScratchDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Calls a {@code helm} binary: one process for each call, a few at a time, without a shell. An
 * interrupt ends the process. Thread-safe.
 */
final class HelmBinary implements HelmCalls {
  private static final Duration TIME_TO_END = Duration.ofMillis(500);
  private static final long MAX_OUTPUT_BYTES = 256L << 20;

  private final Path binary;
  private final boolean withCluster;
  private final Semaphore limit = new Semaphore(HelmWorkers.limit());
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Creates the calls.
   *
   * @param binary the file
   * @param withCluster whether the commands use a cluster
   */
  HelmBinary(Path binary, boolean withCluster) {
    this.binary = binary;
    this.withCluster = withCluster;
  }

  @Override
  public String call(HelmCommand command) {
    try {
      return HelmArguments.read(command, run(command.describe(), HelmArguments.of(command)));
    } catch (IOException e) {
      throw failed(command.describe(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HelmCalls.interrupted(command, e);
    }
  }

  /**
   * Runs the binary.
   *
   * @param what what it does, for messages
   * @return its standard output
   * @throws IllegalStateException with its standard error when it fails
   */
  String run(String what, List<String> arguments) throws IOException, InterruptedException {
    limit.acquire();
    try (ScratchDirectory directory = ScratchDirectory.create()) {
      Path output = directory.path().resolve("output");
      Path errors = directory.path().resolve("errors");
      Process process = start(directory.path(), arguments, output.toFile(), errors.toFile());
      running.add(process);
      try {
        if (closed) {
          process.destroyForcibly();
        }
        int status = process.waitFor();
        if (closed) {
          throw new HelmException("the Helm client was closed while " + what, "", null);
        }
        if (status != 0) {
          throw new IllegalStateException(message(Files.readString(errors)));
        }
        return readOutput(output);
      } finally {
        end(process);
        running.remove(process);
      }
    } finally {
      limit.release();
    }
  }

  private Process start(Path directory, List<String> arguments, File output, File errors)
      throws IOException {
    if (closed) {
      throw new HelmException("the Helm client is closed", "", null);
    }
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    if (!withCluster) {
      HelmEnvironment.withoutCluster(environment, directory);
      builder.directory(directory.toFile());
    }
    HelmEnvironment.withCluster(environment, directory);
    environment.put("TMPDIR", Files.createDirectory(directory.resolve("tmp")).toString());
    Process process = ChildProcess.start(builder.redirectOutput(output).redirectError(errors));
    process.getOutputStream().close();
    return process;
  }

  private static String readOutput(Path output) throws IOException {
    if (Files.size(output) > MAX_OUTPUT_BYTES) {
      throw new IOException(
          "helm printed "
              + Files.size(output)
              + " bytes; at most "
              + MAX_OUTPUT_BYTES
              + " are read");
    }
    return Files.readString(output);
  }

  /** Returns the error without the prefix of the command line and without warnings before it. */
  private static String message(String errors) {
    int begin = errors.startsWith("Error: ") ? 0 : errors.indexOf("\nError: ") + 1;
    String message = errors.substring(begin).strip();
    return message.startsWith("Error: ") ? message.substring("Error: ".length()) : message;
  }

  /**
   * Ends the process and those that it has started. Helm notes an end by SIGTERM in the release.
   */
  private static void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroy();
    boolean interrupted = Thread.interrupted();
    ChildProcess.end(process, TIME_TO_END);
    descendants.forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private HelmException failed(String what, IOException cause) {
    return new HelmException(
        binary
            + " cannot be run for "
            + what
            + ": "
            + cause.getMessage()
            + "; check that it is an executable helm binary, and that the temporary directory has"
            + " room",
        "",
        cause);
  }

  @Override
  public void close() {
    closed = true;
    running.forEach(Process::destroyForcibly);
  }
}
