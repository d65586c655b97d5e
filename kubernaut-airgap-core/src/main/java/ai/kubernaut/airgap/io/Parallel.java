package ai.kubernaut.airgap.io;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs tasks in a few threads of their own, which have ended when the call returns. */
public final class Parallel {
  /** Longer than a task takes to notice an interrupt. */
  private static final long END_SECONDS = 10;

  private Parallel() {}

  /**
   * Runs tasks in their order and returns their results in the same order. When a task fails, the
   * others are interrupted.
   *
   * @param <T> the type of a result
   * @param threads how many tasks run at the same time
   * @param name the name of the threads
   * @param tasks the tasks; they end soon after an interrupt
   * @return the results
   * @throws InterruptedException when the calling thread is interrupted; the tasks are, too
   */
  public static <T> List<T> call(int threads, String name, List<Callable<T>> tasks)
      throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads, work -> new Thread(work, name));
    try {
      List<Future<T>> running = new ArrayList<>();
      tasks.forEach(task -> running.add(pool.submit(task)));
      List<T> results = new ArrayList<>();
      for (Future<T> task : running) {
        results.add(task.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a task failed: " + e.getCause(), e.getCause());
    } finally {
      end(pool);
    }
  }

  private static void end(ExecutorService pool) {
    pool.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
