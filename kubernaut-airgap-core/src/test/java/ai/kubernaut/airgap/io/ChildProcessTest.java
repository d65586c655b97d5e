package ai.kubernaut.airgap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChildProcessTest {
  /** More processes at once than the JDK can have idle threads for from earlier tests. */
  private static final int PROCESSES = 8;

  @Test
  void noThreadKeepsTheClassLoaderOfTheCaller() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    List<Process> processes = new ArrayList<>();
    try (URLClassLoader application = new URLClassLoader(new URL[0])) {
      thread.setContextClassLoader(application);
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(ChildProcess.start(new ProcessBuilder("cat")));
      }

      assertThat(thread.getContextClassLoader()).isSameAs(application);
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(other -> application.equals(other.getContextClassLoader()))
          .containsExactly(thread);
    } finally {
      thread.setContextClassLoader(before);
      for (Process process : processes) {
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
      }
    }
  }

  @Test
  void theClassLoaderOfTheCallerStaysWhereNoProcessCanBeStarted() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    String missing = Path.of("target", "no-such-program").toAbsolutePath().toString();

    assertThatThrownBy(() -> ChildProcess.start(new ProcessBuilder(missing)))
        .isInstanceOf(IOException.class);
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void aProcessThatDoesNotEndInTimeIsEndedByForce() throws Exception {
    Process process = ChildProcess.start(new ProcessBuilder("cat"));

    ChildProcess.end(process, Duration.ofMillis(1));

    assertThat(process.isAlive()).isFalse();
    assertThat(process.exitValue()).isNotZero();
  }

  @Test
  void anInterruptedThreadEndsAProcessAtOnceAndStaysInterrupted() throws Exception {
    Process process = ChildProcess.start(new ProcessBuilder("cat"));
    Thread.currentThread().interrupt();

    ChildProcess.end(process, Duration.ofDays(1));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(process.isAlive()).isFalse();
  }
}
