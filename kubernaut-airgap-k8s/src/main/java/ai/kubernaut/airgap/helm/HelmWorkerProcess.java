package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.io.ChildProcess;
import ai.kubernaut.airgap.io.ScratchDirectory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One process that runs {@link HelmWorker}. Its temporary directory and the caches of Helm are in a
 * scratch directory, its memory is limited. A process without a cluster has nothing of the
 * environment of this process but the language, the time zone and the path of shared libraries; a
 * process with one has all of it, because kubeconfigs can start programs that need it. Used by one
 * thread at a time, except for {@link #kill()}.
 */
final class HelmWorkerProcess implements AutoCloseable {
  /** Variables that would change the JVM of the worker. */
  private static final List<String> JVM_VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

  private static final Duration TIME_TO_END = Duration.ofSeconds(5);
  private static final int SHOWN_ERROR_BYTES = 2000;

  private final Process process;
  private final ScratchDirectory directory;
  private final DataOutputStream to;
  private final DataInputStream from;

  private HelmWorkerProcess(Process process, ScratchDirectory directory) {
    this.process = process;
    this.directory = directory;
    this.to = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    this.from = new DataInputStream(new BufferedInputStream(process.getInputStream()));
  }

  /**
   * The response to a command.
   *
   * @param text the output of Helm, or its error output
   */
  record Response(boolean isSuccess, String text) {}

  /**
   * Starts a process.
   *
   * @param classPath of the process
   * @param withCluster whether its commands use a cluster
   * @throws HelmException when no process can be started
   */
  static HelmWorkerProcess start(HelmClassPath classPath, boolean withCluster) {
    try {
      ScratchDirectory directory = ScratchDirectory.create();
      try {
        return new HelmWorkerProcess(
            ChildProcess.start(builder(directory.path(), classPath.get(), withCluster)), directory);
      } catch (IOException | RuntimeException e) {
        directory.close();
        throw e;
      }
    } catch (IOException e) {
      throw new HelmException(
          "the process for Helm cannot be started: "
              + e.getMessage()
              + "; it needs bin/java in "
              + System.getProperty("java.home")
              + " and a temporary directory. Where that is not possible, use"
              + " HelmJavaClient.builder().inProcess(), or HelmCli with a helm binary",
          "",
          e);
    }
  }

  private static ProcessBuilder builder(Path directory, String classPath, boolean withCluster)
      throws IOException {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Duser.home=" + directory,
                "-Djava.io.tmpdir=" + temporary,
                "-Dfile.encoding=" + Charset.defaultCharset(),
                "-cp",
                classPath,
                HelmWorker.class.getName()));
    command.addAll(1, nativeAccess());
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    if (withCluster) {
      command.add(HelmWorker.WITH_CLUSTER);
      environment.keySet().removeAll(JVM_VARIABLES);
      HelmEnvironment.withCluster(environment, directory);
    } else {
      HelmEnvironment.withoutCluster(environment, directory);
      builder.directory(directory.toFile());
    }
    environment.put("TMPDIR", temporary.toString());
    environment.put("GOMEMLIMIT", "1GiB");
    return builder.command(command).redirectError(errors(directory).toFile());
  }

  /** Returns the option that lets JNA load Helm; later JVMs warn without it, or refuse. */
  static List<String> nativeAccess() {
    return Runtime.version().feature() >= 22
        ? List.of("--enable-native-access=ALL-UNNAMED")
        : List.of();
  }

  private static Path errors(Path directory) {
    return directory.resolve("errors");
  }

  /**
   * Runs a command.
   *
   * @throws IOException when the process ends before it has responded
   */
  Response call(HelmCommand command) throws IOException {
    command.write(to);
    int outcome = from.readUnsignedByte();
    return new Response(outcome == HelmWorker.SUCCESS, HelmCommand.readText(from));
  }

  /** Returns the end of what the process has written to its standard error. */
  String errors() {
    try {
      byte[] all = Files.readAllBytes(errors(directory.path()));
      int begin = Math.max(0, all.length - SHOWN_ERROR_BYTES);
      return new String(all, begin, all.length - begin, StandardCharsets.UTF_8).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Ends the process at once; a call that is running fails. */
  void kill() {
    process.destroyForcibly();
  }

  /** Ends the process in order, so that it removes its native library, or else by force. */
  @Override
  public void close() {
    try {
      to.close();
    } catch (IOException alreadyGone) {
      process.destroyForcibly();
    }
    // The directory is in use before.
    ChildProcess.end(process, TIME_TO_END);
    directory.close();
  }
}
