package ai.kubernaut.airgap.registry.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The clock of retries and rate limits. Tests replace it; everything else uses {@link #real()}. */
public interface Sleeper {
  /**
   * Waits.
   *
   * @param wait how long
   * @throws InterruptedException when the thread is interrupted
   */
  void sleep(Duration wait) throws InterruptedException;

  /** {@return the time as {@link System#nanoTime()} counts it} */
  long nanoTime();

  /** {@return a random number, from 0 to below 1} */
  double random();

  /** {@return the clock of the system; thread-safe} */
  static Sleeper real() {
    return new Sleeper() {
      @Override
      public void sleep(Duration wait) throws InterruptedException {
        Thread.sleep(wait.toMillis());
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public double random() {
        return ThreadLocalRandom.current().nextDouble();
      }
    };
  }
}
