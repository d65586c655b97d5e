package ai.kubernaut.airgap.cluster;

import ai.kubernaut.airgap.AirgapException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.immutables.value.Value;

/** How long, and how often, a step looks again before it gives up. Immutable. */
@Value.Immutable
public interface Patience {
  /**
   * When to give up.
   *
   * @return more than zero
   */
  @Value.Parameter
  Duration timeout();

  /**
   * The pause between two looks.
   *
   * @return more than zero
   */
  @Value.Parameter
  Duration interval();

  /**
   * A patience.
   *
   * @param timeout when to give up
   * @param interval the pause between two looks
   * @return both
   * @throws IllegalArgumentException when one is zero or less
   */
  static Patience of(Duration timeout, Duration interval) {
    return ImmutablePatience.of(timeout, interval);
  }

  /** Checks that both are more than zero. */
  @Value.Check
  default void check() {
    if (timeout().isNegative()
        || timeout().isZero()
        || interval().isNegative()
        || interval().isZero()) {
      throw new IllegalArgumentException(
          "timeout " + timeout() + " and interval " + interval() + " have to be more than zero");
    }
  }

  /**
   * Looks until something is as wanted, or the time is over.
   *
   * @param <T> what is looked at
   * @param look takes a look
   * @param enough whether to stop
   * @return what was seen last, as wanted or not
   * @throws AirgapException when the thread is interrupted
   */
  default <T> T until(Supplier<T> look, Predicate<T> enough) {
    long begin = System.nanoTime();
    // This conversion keeps to the largest number where toNanos() would overflow.
    long patience = TimeUnit.NANOSECONDS.convert(timeout());
    T seen = look.get();
    while (!enough.test(seen) && System.nanoTime() - begin < patience) {
      try {
        TimeUnit.NANOSECONDS.sleep(TimeUnit.NANOSECONDS.convert(interval()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AirgapException(
            "interrupted while waiting for the cluster; what was done stays done", e);
      }
      seen = look.get();
    }
    return seen;
  }
}
