package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.common.CancelledException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Helm that waits for a hook when it installs or upgrades: until it is told how the hook ends, or
 * until it is interrupted.
 */
public final class BlockingHelm extends ForwardingHelmClient {
  private final Consumer<String> hook;
  private final CountDownLatch waiting = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean interruptible = true;
  private boolean blocking = true;
  private volatile @Nullable Thread thread;

  /**
   * Creates a Helm.
   *
   * @param helm does everything else
   * @param hook creates the hook, given {@code install} or {@code upgrade}
   */
  public BlockingHelm(TemplateHelm helm, Consumer<String> hook) {
    super(helm);
    this.hook = hook;
  }

  /** Makes it ignore interrupts, like Helm that runs in the JVM of the host. */
  public BlockingHelm inProcess() {
    interruptible = false;
    return this;
  }

  /** Lets later calls not wait for the hook. */
  public void withoutHook() {
    blocking = false;
  }

  /** Waits until Helm waits for the hook. */
  public void awaitHook() throws InterruptedException {
    waiting.await();
  }

  /** Ends the hook. */
  public void endHook() {
    ended.countDown();
  }

  /** Returns whether the thread of the last call is alive. */
  public boolean isRunning() {
    Thread last = thread;
    return last != null && last.isAlive();
  }

  private void awaitEnd(String operation) {
    if (!blocking) {
      return;
    }
    thread = Thread.currentThread();
    hook.accept(operation);
    waiting.countDown();
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        if (interruptible) {
          throw CancelledException.interrupted("interrupted while waiting for the hook", e);
        }
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Release install(Chart chart, ReleaseName release, Duration timeout) {
    awaitEnd("install");
    return super.install(chart, release, timeout);
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName release, Duration timeout) {
    awaitEnd("upgrade");
    return super.upgrade(chart, release, timeout);
  }

  @Override
  public Release rollback(ReleaseName release, int revision, Duration timeout) {
    awaitEnd("rollback");
    return super.rollback(release, revision, timeout);
  }
}
