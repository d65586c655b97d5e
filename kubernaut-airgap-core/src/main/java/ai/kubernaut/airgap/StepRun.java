package ai.kubernaut.airgap;

import ai.kubernaut.airgap.common.CancelledException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A step that runs in a thread of its own. It can be waited for, cancelled, and limited by a
 * deadline. Thread-safe.
 *
 * <pre>{@code
 * StepRun<MirrorReport> run = airgap.start(steps -> steps.mirror(plan), Duration.ofHours(2));
 * MirrorReport report = run.await();
 * }</pre>
 *
 * @param <T> the result of the step
 */
public final class StepRun<T> {
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final AtomicReference<CancelledException.@Nullable Reason> stopped =
      new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Creates a run that does not run yet.
   *
   * @param step the step
   * @param afterwards is called when the step has ended
   */
  StepRun(Supplier<T> step, Consumer<StepRun<?>> afterwards) {
    this.thread = new Thread(() -> run(step, afterwards), "kubernaut-airgap-step");
    thread.setDaemon(true);
  }

  void start(Optional<Duration> deadline) {
    thread.start();
    deadline.ifPresent(this::limit);
  }

  private void run(Supplier<T> step, Consumer<StepRun<?>> afterwards) {
    try {
      T value = step.get();
      ended.countDown();
      result.complete(value);
    } catch (Throwable failure) {
      CancelledException.Reason reason = stopped.get();
      ended.countDown();
      result.completeExceptionally(
          reason != null && failure instanceof CancelledException
              ? new CancelledException(reason, String.valueOf(failure.getMessage()), failure)
              : failure);
    }
    afterwards.accept(this);
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
    if (stopped.compareAndSet(null, reason) && ended.getCount() > 0) {
      thread.interrupt();
    }
  }

  /**
   * Asks the step to end. The step ends as it does when its thread is interrupted: what was done
   * stays done, and {@link #await()} throws a {@link CancelledException}. A step that has ended is
   * not changed.
   */
  public void cancel() {
    stop(CancelledException.Reason.CANCELLED);
  }

  /**
   * Waits for the end of the step.
   *
   * @return the result of the step
   * @throws CancelledException with CANCELLED or DEADLINE when the step was ended early, and with
   *     INTERRUPTED when the waiting thread is interrupted; the step goes on then
   * @throws RuntimeException what the step has thrown
   */
  public T await() {
    try {
      return result.get();
    } catch (InterruptedException e) {
      throw CancelledException.interrupted(
          "interrupted while waiting for a step; the step goes on", e);
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
   * does not change the step.
   *
   * @return a new future; it completes exceptionally with what the step throws
   */
  public CompletableFuture<T> toFuture() {
    return result.copy();
  }

  /** Waits a limited time for the thread of the step to end. */
  void join(Duration limit) throws InterruptedException {
    thread.join(limit.toMillis());
  }
}
