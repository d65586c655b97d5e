package ai.kubernaut.airgap.examples.lab.cluster;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which everything behind the API happens: controllers, kubelet and operator each
 * do a small step when something has changed, so none of them needs a lock.
 */
final class EventLoop implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());

  private final ScheduledThreadPoolExecutor executor;

  EventLoop() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "lab-control-plane");
              thread.setDaemon(true);
              return thread;
            },
            // What comes in after the end is of no interest.
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  void execute(Runnable step) {
    executor.execute(() -> run(step));
  }

  void schedule(Duration delay, Runnable step) {
    var unused = executor.schedule(() -> run(step), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Runs a step, or a part of one whose failure must not keep the others from running. */
  static void run(Runnable step) {
    try {
      step.run();
    } catch (ApiException e) {
      // Somebody else was faster; that change brings the next step.
      LOG.log(e.isOfChange() ? Level.DEBUG : Level.WARNING, "a step was refused", e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a step of the control plane failed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
