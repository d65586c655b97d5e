package ai.kubernaut.airgap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.ChildJvm;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ProcessLockTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void choose() {
    file = directory.resolve("lock");
  }

  private boolean isHeldForOtherProcesses() throws Exception {
    Process other = ChildJvm.start(TryingProcess.class, file.toString());
    try {
      assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(other.exitValue()).isIn(TryingProcess.ACQUIRED, TryingProcess.HELD);
      return other.exitValue() == TryingProcess.HELD;
    } finally {
      other.destroyForcibly();
    }
  }

  /** Tries to acquire a lock and reports the result in its exit status. */
  static final class TryingProcess {
    static final int ACQUIRED = 0;
    static final int HELD = 7;

    private TryingProcess() {}

    public static void main(String[] arguments) throws IOException {
      if (ProcessLock.tryAcquire(Path.of(arguments[0])).isEmpty()) {
        System.exit(HELD);
      }
    }
  }

  @Test
  void aRefusedAttemptDoesNotReleaseTheLock() throws Exception {
    try (ProcessLock lock = ProcessLock.tryAcquire(file).orElseThrow()) {
      assertThat(lock.channel().isOpen()).isTrue();
      assertThat(ProcessLock.tryAcquire(file)).isEmpty();
      assertThatThrownBy(() -> ProcessLock.acquire(file, Duration.ofMillis(1)))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining("wait until it has finished");
      assertThat(isHeldForOtherProcesses()).isTrue();
    }
    assertThat(isHeldForOtherProcesses()).isFalse();
  }

  @Test
  void anInterruptedWaiterDoesNotReleaseTheLock() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (ProcessLock lock = ProcessLock.tryAcquire(file).orElseThrow()) {
      assertThat(lock.channel().isOpen()).isTrue();
      Future<ProcessLock> waiter =
          threads.submit(() -> ProcessLock.acquire(file, Duration.ofMinutes(1)));
      threads.shutdownNow();
      assertThatThrownBy(() -> waiter.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(isHeldForOtherProcesses()).isTrue();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFileIsLockedUnderEachOfItsPaths() throws IOException {
    Path other =
        Files.createSymbolicLink(
            directory.resolveSibling(directory.getFileName() + "-link"), directory);
    try (ProcessLock lock = ProcessLock.tryAcquire(file).orElseThrow()) {
      assertThat(lock.channel().isOpen()).isTrue();
      assertThat(ProcessLock.tryAcquire(other.resolve("lock"))).isEmpty();
    } finally {
      Files.delete(other);
    }
  }

  @Test
  void onlyTheOwnerCanReadTheFileAndNoLinkIsFollowed() throws IOException {
    ProcessLock.tryAcquire(file).orElseThrow().close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("elsewhere"));
    assertThatThrownBy(() -> ProcessLock.tryAcquire(link)).hasMessageContaining("symbolic link");
    assertThat(directory.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void oneThreadOfAllProcessesHoldsALockEvenWhenItsFileIsDeletedBetween() throws Exception {
    List<Process> processes = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        processes.add(
            ChildJvm.start(
                ExclusiveProcess.class, file.toString(), directory.resolve("marker").toString()));
      }
      for (Process process : processes) {
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  /** Fails when another thread of any process holds the lock at the same time. */
  static final class ExclusiveProcess {
    private ExclusiveProcess() {}

    public static void main(String[] arguments) throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(3);
      List<Future<?>> jobs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        jobs.add(
            threads.submit(
                () -> {
                  work(Path.of(arguments[0]), Path.of(arguments[1]));
                  return null;
                }));
      }
      threads.shutdown();
      for (Future<?> job : jobs) {
        job.get();
      }
    }

    private static void work(Path file, Path marker) throws Exception {
      for (int i = 0; i < 200; i++) {
        try (ProcessLock lock = ProcessLock.acquire(file, Duration.ofMinutes(1))) {
          // Fails when it exists.
          Files.createFile(marker);
          Files.delete(marker);
          if (i % 2 == 0 && lock.channel().isOpen()) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
