package ai.kubernaut.airgap.cluster;

import ai.kubernaut.airgap.common.CancelledException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** One look of a {@link WaitPolicy}, in a thread of its own that can be left behind. */
final class TimedCheck {
  private TimedCheck() {}

  /**
   * Takes a look.
   *
   * @param nanos how long it may take, but never less than {@link WaitPolicy#MINIMUM_CHECK_TIME}
   * @return empty when it took longer; its thread was interrupted then
   */
  static <T> Optional<T> take(Supplier<T> look, long nanos) {
    FutureTask<T> task = new FutureTask<>(look::get);
    Thread thread = new Thread(task, "kubernaut-airgap-look");
    thread.setDaemon(true);
    thread.start();
    try {
      long limit = Math.max(nanos, WaitPolicy.MINIMUM_CHECK_TIME.toNanos());
      return Optional.of(task.get(limit, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      task.cancel(true);
      return Optional.empty();
    } catch (InterruptedException e) {
      task.cancel(true);
      throw interrupted(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a look cannot throw a checked exception", e);
    }
  }

  static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static CancelledException interrupted(InterruptedException cause) {
    return CancelledException.interrupted(
        "interrupted while waiting for the cluster; what was done stays done", cause);
  }
}
