package ai.kubernaut.airgap.bundle.archive;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs one task at a time in a thread of its own. Waiting for a task cannot be interrupted, so that
 * what the task uses is free afterwards: tasks are short. Used by one thread.
 */
final class Background implements AutoCloseable {
  private final ExecutorService thread;
  private Future<?> task = CompletableFuture.completedFuture(null);

  Background(String name) {
    this.thread = Executors.newSingleThreadExecutor(work -> new Thread(work, name));
  }

  /**
   * Starts a task when the previous one has ended.
   *
   * @throws IOException what the previous task threw; the new one is not started then
   */
  void start(Callable<?> work) throws IOException {
    await();
    task = thread.submit(work);
  }

  /**
   * Waits until the task has ended. An interrupt of the thread is kept for later.
   *
   * @throws IOException what the task threw
   */
  void await() throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      task = CompletableFuture.completedFuture(null);
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("a task of a bundle failed", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends the thread after its task. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
