package ai.kubernaut.airgap.registry.retry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers how long would have been waited, and waits no time at all. */
public final class NoSleep implements Sleeper {
  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private final double random;
  private long nanos;

  /** Makes every random number the same. */
  public NoSleep(double random) {
    this.random = random;
  }

  /** Returns what was waited for. */
  public List<Duration> waits() {
    return List.copyOf(waits);
  }

  @Override
  public void sleep(Duration wait) throws InterruptedException {
    waits.add(wait);
    pass(wait);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** Time goes by only here, and where somebody waits. */
  public synchronized void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public double random() {
    return random;
  }
}
