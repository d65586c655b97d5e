package ai.kubernaut.airgap.mirror;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Waits, and throws the dice for how long: what tests have to take the place of. */
interface Sleeper {
  void sleep(Duration wait) throws InterruptedException;

  /** As {@link System#nanoTime()}. */
  long nanoTime();

  /** From 0 to below 1. */
  double random();

  /** By the clock. */
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
