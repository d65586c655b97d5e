package ai.kubernaut.airgap.io;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Calls a function in a few threads of its own, which have ended when the method returns. */
public final class Parallel {
  /** Longer than a call takes to notice an interrupt. */
  private static final long END_SECONDS = 10;

  private Parallel() {}

  /**
   * Applies a function to each input and returns the results in the order of the inputs. When the
   * function fails for one of them, the other calls are interrupted.
   *
   * @param <T> the type of an input
   * @param <R> the type of a result
   * @param threads how many calls run at the same time
   * @param name the name of the threads
   * @param inputs the inputs
   * @param function ends soon after an interrupt
   * @return the results
   * @throws InterruptedException when the calling thread is interrupted; the calls are, too
   */
  public static <T, R> List<R> map(
      int threads, String name, List<T> inputs, Function<? super T, ? extends R> function)
      throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads, work -> new Thread(work, name));
    try {
      List<Future<R>> running = new ArrayList<>();
      inputs.forEach(input -> running.add(pool.submit(() -> function.apply(input))));
      List<R> results = new ArrayList<>();
      for (Future<R> call : running) {
        results.add(call.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a call failed: " + e.getCause(), e.getCause());
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
