package ai.kubernaut.airgap;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Starts another JVM with the class path of the running test. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Starts the main method of a class; the child shares the standard streams of the test. */
  public static Process start(Class<?> main, String... arguments) throws IOException {
    return new ProcessBuilder(command(main, arguments)).inheritIO().start();
  }

  /** The command line, for tests that redirect the streams of the child. */
  public static List<String> command(Class<?> main, String... arguments) {
    return command(List.of(), main, arguments);
  }

  /** The command line of a JVM with more options. */
  public static List<String> command(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Skips a test that sends a signal to a child if this process ignores the signal: children
   * inherit that, and a JVM does not handle a signal that it inherits as ignored. Shells ignore
   * SIGINT for programs in the background if they have no job control. Where there is no {@code
   * /proc}, no test is skipped.
   *
   * @param name the name, without SIG
   * @param number the number on Linux
   */
  public static void assumeHandled(String name, int number) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return;
    }
    try (Stream<String> lines = Files.lines(status)) {
      boolean ignored =
          lines
              .filter(line -> line.startsWith("SigIgn:"))
              .map(line -> new BigInteger(line.substring("SigIgn:".length()).strip(), 16))
              .anyMatch(mask -> mask.testBit(number - 1));
      Assumptions.assumeFalse(
          ignored,
          "skipped: SIG"
              + name
              + " is ignored in this process and so in its children; start the tests in the foreground");
    }
  }
}
