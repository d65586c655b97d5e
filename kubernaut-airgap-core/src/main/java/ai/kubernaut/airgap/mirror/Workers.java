package ai.kubernaut.airgap.mirror;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Threads for one kind of work in one run. Closing interrupts them and waits for their end. */
final class Workers implements AutoCloseable {
  /** Longer than a registry client takes to notice an interrupt. */
  private static final long END_SECONDS = 10;

  private final ExecutorService threads;
  private final CompletableFuture<Object> cancelled;

  /**
   * @param cancelled completed with a {@link CancellationException} when nobody waits any more
   */
  Workers(String name, int count, CompletableFuture<Object> cancelled) {
    this.cancelled = cancelled;
    this.threads =
        Executors.newFixedThreadPool(count, work -> new Thread(work, "airgap-mirror-" + name));
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
   * @throws IllegalStateException around what the work threw
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
        throw new IllegalStateException(
            "mirroring failed in a way that no image explains", e.getCause());
      }
    }
    return results;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
