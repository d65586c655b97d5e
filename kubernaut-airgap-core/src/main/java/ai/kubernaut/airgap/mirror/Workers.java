package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.registry.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Threads for one kind of work in one run. Closing ends them: work that has not begun never does,
 * work under way is interrupted after a grace period, and all threads have ended afterwards.
 */
final class Workers implements AutoCloseable {
  /** Longer than a registry client takes to notice an interrupt. */
  private static final long END_SECONDS = 10;

  private final ThreadPoolExecutor threads;
  private final CompletableFuture<Object> cancelled;
  private final Duration grace;
  private volatile boolean stopping;

  /**
   * @param cancelled completed with a {@link CancellationException} when nobody waits any more
   * @param grace how long work under way may go on after closing, to come to a good end
   */
  Workers(String name, int count, CompletableFuture<Object> cancelled, Duration grace) {
    this.cancelled = cancelled;
    this.grace = grace;
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> new Thread(work, "airgap-mirror-" + name));
  }

  /** Announces the end of the run: from now on, failures may come from the end itself. */
  void stop() {
    stopping = true;
  }

  /**
   * Ends work whose result nobody waits for.
   *
   * @throws CancellationException when the run is ending
   */
  void checkNotStopping() {
    if (stopping) {
      throw new CancellationException();
    }
  }

  /** Whether the run is ending, so that work under way should come to an end. */
  boolean isStopping() {
    return stopping;
  }

  <T> CompletableFuture<T> submit(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, threads);
  }

  CompletableFuture<Void> run(Runnable work) {
    return CompletableFuture.runAsync(work, threads);
  }

  /** Work that begins when other work has ended well; if that broke, so does this. */
  <T> CompletableFuture<T> submitAfter(CompletableFuture<?> other, Supplier<T> work) {
    return other.thenApplyAsync(ended -> work.get(), threads);
  }

  /**
   * Waits for all results.
   *
   * @throws CancellationException when the run is cancelled first
   * @throws RegistryException when the work threw it
   * @throws IllegalStateException around anything else that the work threw
   */
  <T> List<T> await(List<CompletableFuture<T>> work) throws InterruptedException {
    List<T> results = new ArrayList<>();
    for (CompletableFuture<T> one : work) {
      try {
        CompletableFuture.anyOf(one, cancelled).get();
        results.add(one.get());
      } catch (ExecutionException e) {
        if (cancelled.isDone()) {
          throw new CancellationException();
        }
        if (e.getCause() instanceof RegistryException failure) {
          throw failure;
        }
        throw new IllegalStateException(
            "mirroring failed in a way that no image explains", e.getCause());
      }
    }
    return results;
  }

  @Override
  public void close() {
    stopping = true;
    threads.getQueue().clear();
    threads.shutdown();
    boolean interrupted = Thread.interrupted();
    try {
      threads.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
      threads.shutdownNow();
      threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      threads.shutdownNow();
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
