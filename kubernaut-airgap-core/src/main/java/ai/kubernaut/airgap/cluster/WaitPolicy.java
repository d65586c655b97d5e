package ai.kubernaut.airgap.cluster;

import ai.kubernaut.airgap.common.AirgapException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.immutables.value.Value;

/** How long a step waits for a condition, and how often it checks. Immutable. */
@Value.Immutable
public interface WaitPolicy {
  /**
   * The minimum time limit of a check, even if the timeout is shorter: one second.
   *
   * @see #until
   */
  Duration MINIMUM_CHECK_TIME = Duration.ofSeconds(1);

  /** {@return the maximum time to wait; more than zero} */
  @Value.Parameter
  Duration timeout();

  /** {@return the pause between two checks; more than zero} */
  @Value.Parameter
  Duration interval();

  /**
   * {@return whether there is only one check, without a time limit; false by default, true for
   * {@link #once()}}
   */
  @Value.Default
  default boolean isSingleLook() {
    return false;
  }

  /**
   * Creates a wait policy.
   *
   * @param timeout the maximum time to wait; more than zero
   * @param interval the pause between two checks; more than zero
   * @return the wait policy
   * @throws IllegalArgumentException when one is zero or less
   */
  static WaitPolicy of(Duration timeout, Duration interval) {
    return ImmutableWaitPolicy.of(timeout, interval);
  }

  /**
   * Returns the policy of checking once, without waiting. Only the timeouts of the clients limit
   * the check.
   *
   * @return the wait policy
   */
  static WaitPolicy once() {
    return ImmutableWaitPolicy.builder()
        .timeout(Duration.ofNanos(1))
        .interval(Duration.ofNanos(1))
        .isSingleLook(true)
        .build();
  }

  /** Checks that both are more than zero. */
  @Value.Check
  default void check() {
    if (timeout().isNegative()
        || timeout().isZero()
        || interval().isNegative()
        || interval().isZero()) {
      throw new IllegalArgumentException(
          "timeout " + timeout() + " and interval " + interval() + " must be more than zero");
    }
  }

  /**
   * Looks until something is as wanted, or the time is over. Each look runs in a thread of its own,
   * one after the other, and is interrupted when it takes longer than the rest of the timeout, or
   * than {@link #MINIMUM_CHECK_TIME} when that is longer: a server that never answers cannot extend
   * the wait. A {@linkplain #once() single look} runs in the calling thread.
   *
   * @param <T> what is looked at
   * @param look takes a look; it ends when its thread is interrupted
   * @param enough whether to stop
   * @return what was seen last, as wanted or not
   * @throws ClusterException with UNREACHABLE when the first look did not end in time
   * @throws AirgapException when the thread is interrupted
   */
  default <T> T until(Supplier<T> look, Predicate<T> enough) {
    if (isSingleLook()) {
      return look.get();
    }
    // This conversion keeps to the largest number where toNanos() would overflow.
    long timeout = TimeUnit.NANOSECONDS.convert(timeout());
    long begin = System.nanoTime();
    T seen =
        TimedCheck.take(look, timeout)
            .orElseThrow(
                () ->
                    new ClusterException(
                        ClusterException.Reason.UNREACHABLE,
                        "the cluster has not answered within "
                            + timeout()
                            + "; check that its API server responds, or allow more time",
                        null));
    while (!enough.test(seen)) {
      long left = timeout - (System.nanoTime() - begin);
      if (left <= 0) {
        return seen;
      }
      TimedCheck.pause(Math.min(left, TimeUnit.NANOSECONDS.convert(interval())));
      Optional<T> next = TimedCheck.take(look, timeout - (System.nanoTime() - begin));
      if (next.isEmpty()) {
        return seen;
      }
      seen = next.get();
    }
    return seen;
  }
}
