package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A call of Helm in a thread of its own, while the calling thread looks at the hooks. The thread
 * has ended when the call returns. Used once, by one thread.
 */
final class WatchedCall {
  /** Hooks often end quickly, so that the first looks follow each other closely. */
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final ReleaseName release;
  private final Consumer<String> progress;
  private boolean cutShort;
  private boolean isBlind;

  /**
   * Creates a call.
   *
   * @param progress is told what the hooks do, in the calling thread
   */
  WatchedCall(ReleaseName release, Consumer<String> progress) {
    this.release = release;
    this.progress = progress;
  }

  /** Returns whether Helm was interrupted. */
  boolean isCutShort() {
    return cutShort;
  }

  static String notWatched(RuntimeException reason) {
    return "the hooks are not watched: " + reason.getMessage();
  }

  /**
   * Runs a call. An interrupt, a hook that cannot succeed, and an exception of the listener
   * interrupt it. A Helm that cannot be interrupted runs to its end.
   *
   * @param helm the call
   * @param watch looks at the hooks; empty when there are none: then the call runs in the calling
   *     thread
   * @return the release, also when it was deployed in spite of an interrupt
   * @throws HookFailedException when a hook failed, or cannot succeed
   * @throws CancelledException when the calling thread is interrupted
   */
  Release run(Supplier<Release> helm, Optional<HookWatch> watch) {
    if (watch.isEmpty()) {
      return helm.get();
    }
    FutureTask<Release> task = new FutureTask<>(helm::get);
    Thread thread = new Thread(task, "kubernaut-airgap-install");
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    try {
      List<Problem> certain = List.of();
      try {
        certain = watch(task, watch.get());
      } catch (InterruptedException e) {
        interrupted = true;
      } finally {
        interrupted |= end(task, thread);
      }
      return result(task, watch.get(), certain, interrupted);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Looks at the hooks until Helm has ended or a hook cannot succeed.
   *
   * @return why hooks cannot succeed; empty when Helm has ended
   */
  private List<Problem> watch(FutureTask<Release> task, HookWatch watch)
      throws InterruptedException {
    long pause = FIRST_PAUSE;
    while (!hasEnded(task, pause)) {
      Optional<HookWatch.Look> look = look(watch);
      look.ifPresent(seen -> seen.news().forEach(progress));
      List<Problem> certain = look.map(HookWatch.Look::certain).orElse(List.of());
      if (!certain.isEmpty()) {
        return certain;
      }
      pause = isBlind ? Long.MAX_VALUE : Math.min(2 * pause, LONGEST_PAUSE);
    }
    return List.of();
  }

  private static boolean hasEnded(FutureTask<Release> task, long nanos)
      throws InterruptedException {
    try {
      Release unused = task.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /**
   * Takes a look. Looks only explain what Helm does, so that a look that fails does not end the
   * call.
   */
  private Optional<HookWatch.Look> look(HookWatch watch) {
    try {
      return Optional.of(watch.look(System.nanoTime()));
    } catch (CancelledException interrupted) {
      // The interrupt flag is set and ends the next wait.
      return Optional.empty();
    } catch (RuntimeException e) {
      isBlind = !(e instanceof ClusterException failure && mayPass(failure.reason()));
      return isBlind
          ? Optional.of(new HookWatch.Look(List.of(notWatched(e)), List.of()))
          : Optional.empty();
    }
  }

  private static boolean mayPass(ClusterException.Reason reason) {
    return reason == ClusterException.Reason.UNREACHABLE
        || reason == ClusterException.Reason.SERVER;
  }

  /**
   * Interrupts Helm unless it is done, and waits for the end of its thread.
   *
   * @return whether this thread was interrupted meanwhile
   */
  private boolean end(FutureTask<Release> task, Thread thread) {
    if (!task.isDone()) {
      cutShort = true;
      thread.interrupt();
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private Release result(
      FutureTask<Release> task, HookWatch watch, List<Problem> certain, boolean interrupted) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      throw cancelled(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (!(e.getCause() instanceof RuntimeException failure)) {
        throw new IllegalStateException("Helm cannot throw a checked exception", e);
      }
      if (interrupted) {
        throw failure instanceof CancelledException ? cancelled(failure) : failure;
      }
      List<Problem> problems = certain;
      if (problems.isEmpty() && failure instanceof HelmException) {
        Optional<HookWatch.Look> last = look(watch);
        last.ifPresent(seen -> seen.news().forEach(progress));
        problems = watch.problems();
      }
      throw problems.isEmpty() ? failure : new HookFailedException(release, problems, failure);
    }
  }

  private static CancelledException cancelled(Exception cause) {
    return CancelledException.interrupted(
        "interrupted while Helm was working; run the step again to continue", cause);
  }
}
