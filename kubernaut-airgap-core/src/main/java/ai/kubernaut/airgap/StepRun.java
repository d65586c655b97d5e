package ai.kubernaut.airgap;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.mirror.MirrorCancelledException;
import ai.kubernaut.airgap.mirror.MirrorCheckpoint;
import ai.kubernaut.airgap.progress.ProgressEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run of one or more steps in another thread. It can be waited for, observed, cancelled, paused,
 * and limited by a deadline. Thread-safe.
 *
 * <pre>{@code
 * StepRun<MirrorReport> run =
 *     airgap.start(
 *         steps -> steps.mirror(plan),
 *         RunOptions.builder().deadline(Duration.ofHours(2)).build());
 * System.out.println(run.progress().bytesDone());
 * MirrorReport report = run.await();
 * }</pre>
 *
 * @param <T> the result of the steps
 */
public final class StepRun<T> {
  private final String id;
  private final Consumer<StepRun<?>> afterwards;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);
  private volatile RunProgress progress = RunProgress.builder().build();

  // Guarded by this.
  private CancelledException.@Nullable Reason stopped;
  private @Nullable Thread thread;

  /**
   * Creates a run that does not run yet.
   *
   * @param afterwards is called when the run has ended
   */
  StepRun(String id, Consumer<StepRun<?>> afterwards) {
    this.id = id;
    this.afterwards = afterwards;
  }

  /**
   * Starts the run.
   *
   * @param executor calls the steps in another thread
   * @param steps the steps
   * @param options its deadline, and what cancels it
   */
  void start(Executor executor, Supplier<T> steps, RunOptions options) {
    executor.execute(() -> run(steps));
    options.deadline().ifPresent(this::limit);
    options.cancelledBy().ifPresent(this::cancelAfter);
  }

  private void run(Supplier<T> steps) {
    if (!enter()) {
      return;
    }
    try {
      T value = steps.get();
      leave();
      result.complete(value);
    } catch (Throwable failure) {
      CancelledException.Reason reason = leave();
      result.completeExceptionally(
          reason != null && failure instanceof CancelledException cancelled
              ? cancelled.withReason(reason)
              : failure);
    }
    afterwards.accept(this);
    left.countDown();
  }

  /** Returns false if the run was stopped before it began. */
  private synchronized boolean enter() {
    if (stopped == null) {
      thread = Thread.currentThread();
    }
    return stopped == null;
  }

  /** Leaves the thread to its owner as it was, and returns why the run was stopped. */
  private synchronized CancelledException.@Nullable Reason leave() {
    if (stopped != null) {
      boolean unused = Thread.interrupted();
    }
    thread = null;
    ended.countDown();
    return stopped;
  }

  private void cancelAfter(CompletionStage<?> stage) {
    // A stage that outlives the run keeps nothing of it.
    CompletableFuture<Void> unused =
        CompletableFuture.anyOf(result, stage.toCompletableFuture())
            .handle(
                (value, failure) -> {
                  cancel();
                  return null;
                });
  }

  private void limit(Duration deadline) {
    Thread watch =
        new Thread(
            () -> {
              try {
                if (!ended.await(TimeUnit.NANOSECONDS.convert(deadline), TimeUnit.NANOSECONDS)) {
                  stop(CancelledException.Reason.DEADLINE);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "kubernaut-airgap-deadline");
    watch.setDaemon(true);
    watch.start();
  }

  private void stop(CancelledException.Reason reason) {
    synchronized (this) {
      if (stopped != null || ended.getCount() == 0) {
        return;
      }
      stopped = reason;
      if (thread != null) {
        thread.interrupt();
        return;
      }
      ended.countDown();
    }
    result.completeExceptionally(
        new CancelledException(reason, "the run was cancelled before it began", null));
    afterwards.accept(this);
    left.countDown();
  }

  /** Takes note of an event of the run. */
  void observe(ProgressEvent event) {
    progress = progress.after(event);
  }

  /**
   * Returns the identifier that all events of the run carry.
   *
   * @return that of {@link RunOptions#id()}, or a random one
   */
  public String id() {
    return id;
  }

  /**
   * Returns how far the run is.
   *
   * @return the progress at this moment; after the end, the last one
   */
  public RunProgress progress() {
    return progress;
  }

  /**
   * Asks the run to end. The steps end as they do when their thread is interrupted: what was done
   * stays done, and {@link #await()} throws a {@link CancelledException}; for mirroring, a {@link
   * MirrorCancelledException} with a report. A run that has ended is not changed.
   */
  public void cancel() {
    stop(CancelledException.Reason.CANCELLED);
  }

  /**
   * Cancels the run, waits for its end, and returns what another run needs to continue the uploads
   * of its mirroring, in this process or another one. Only runs with {@link
   * ai.kubernaut.airgap.mirror.MirrorOptions#resumable()} have uploads to continue; other runs send
   * unfinished blobs from the start. Content that is in the mirror is never sent again.
   *
   * @return the unfinished uploads for {@link
   *     ai.kubernaut.airgap.mirror.MirrorOptions#resumeFrom()}; empty if the run ended by itself or
   *     did not mirror, which {@link #await()} tells
   * @throws CancelledException with INTERRUPTED when the waiting thread is interrupted; the run is
   *     cancelled all the same
   */
  public Optional<MirrorCheckpoint> pause() {
    cancel();
    try {
      ended.await();
    } catch (InterruptedException e) {
      throw CancelledException.interrupted("interrupted while waiting for the end of a run", e);
    }
    return result
        .handle(
            (value, failure) ->
                failure instanceof MirrorCancelledException cancelled
                    ? Optional.of(cancelled.checkpoint())
                    : Optional.<MirrorCheckpoint>empty())
        .join();
  }

  /**
   * Waits for the end of the run.
   *
   * @return the result of the steps
   * @throws CancelledException with CANCELLED or DEADLINE when the run was ended early, and with
   *     INTERRUPTED when the waiting thread is interrupted; the run goes on then
   * @throws RuntimeException what the steps have thrown
   */
  public T await() {
    try {
      return result.get();
    } catch (InterruptedException e) {
      throw CancelledException.interrupted("interrupted while waiting for a run; it goes on", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new CompletionException(e.getCause());
    }
  }

  /**
   * Returns the result as a future for composition with others. Completing or cancelling the future
   * does not change the run.
   *
   * @return a new future; it completes exceptionally with what the steps throw
   */
  public CompletableFuture<T> toFuture() {
    return result.copy();
  }

  /** Waits a limited time for the run to end. */
  void join(Duration limit) throws InterruptedException {
    boolean unused = left.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
