package ai.kubernaut.airgap.io;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Starts and ends child processes. */
public final class ChildProcess {
  private ChildProcess() {}

  /**
   * Starts a process such that nothing of the calling application is held by it. The JDK waits for
   * each process with a thread that it keeps for a minute afterwards, and for longer where other
   * processes end meanwhile; that thread inherits the context class loader of the thread that
   * starts the process, and with it each class of the application. Thread-safe.
   *
   * @param builder of the process
   * @return the process, which the caller ends
   * @throws IOException when the process cannot be started
   */
  public static Process start(ProcessBuilder builder) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      return builder.start();
    } finally {
      thread.setContextClassLoader(loader);
    }
  }

  /**
   * Waits until a process has ended that was asked to end, and ends it by force if it has not after
   * a time, or if the thread is interrupted, which stays so. Unlike {@link Process#onExit()} this
   * starts no thread of the JDK, for which the same would apply as for {@link #start}. Thread-safe.
   *
   * @param process that was asked to end
   * @param patience how long it may take before it is ended by force
   */
  public static void end(Process process, Duration patience) {
    boolean interrupted = false;
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      process.destroyForcibly();
    }
    // Its end takes a moment.
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
