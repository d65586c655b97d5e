package ai.kubernaut.airgap.registry.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.progress.ProgressEvent.Step;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RetriesTest {
  private final List<ProgressEvent> events = new ArrayList<>();

  private static RegistryException failure(Reason reason, Duration retryAfter) {
    return new RegistryException(reason, "quay.io", 0, "a test failed", null, retryAfter);
  }

  private Retries retries(RetryPolicy policy, NoSleep sleeper) {
    Contacts contacts = new Contacts();
    contacts.answered("quay.io");
    return new Retries(policy, sleeper, Progress.of(Step.MIRROR, events::add), contacts);
  }

  /** A request that fails a number of times. */
  private static String failing(int[] left, RegistryException failure) {
    if (left[0] > 0) {
      left[0]--;
      throw failure;
    }
    return "done";
  }

  @Test
  void waitsDoubleUpToALimit() {
    NoSleep sleeper = new NoSleep(0);
    RetryPolicy policy = RetryPolicy.builder().attempts(8).maxDelay(Duration.ofSeconds(10)).build();
    int[] left = {7};
    RegistryException failure = failure(Reason.SERVER, null);

    assertThat(retries(policy, sleeper).call("quay.io", () -> failing(left, failure)))
        .isEqualTo("done");

    assertThat(sleeper.waits())
        .extracting(Duration::toMillis)
        .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 10_000L, 10_000L);
    assertThat(events)
        .hasSize(7)
        .first()
        .isEqualTo(
            new ProgressEvent.Retrying(events.get(0).run(), failure, 1, Duration.ofMillis(500)));
    assertThat(events.get(0)).hasToString("  trying again in 0.5 s: a test failed");
  }

  @Test
  void chanceShortensAWait() {
    NoSleep sleeper = new NoSleep(0.5);
    int[] left = {1};

    retries(RetryPolicy.builder().jitter(1).build(), sleeper)
        .call("quay.io", () -> failing(left, failure(Reason.UNREACHABLE, null)));

    assertThat(sleeper.waits()).containsExactly(Duration.ofMillis(250));
  }

  @Test
  void aRegistryThatSaysWhenIsNotAskedEarlier() {
    NoSleep sleeper = new NoSleep(0);
    int[] left = {2};

    retries(RetryPolicy.builder().build(), sleeper)
        .call("quay.io", () -> failing(left, failure(Reason.RATE_LIMITED, Duration.ofSeconds(77))));

    assertThat(sleeper.waits()).containsExactly(Duration.ofSeconds(77), Duration.ofSeconds(77));
  }

  @Test
  void aRegistryThatAsksForTooMuchIsNotWaitedFor() {
    NoSleep sleeper = new NoSleep(0);
    RegistryException limited = failure(Reason.RATE_LIMITED, Duration.ofHours(6));
    int[] left = {1};

    assertThat(
            catchThrowable(
                () ->
                    retries(RetryPolicy.builder().build(), sleeper)
                        .call("quay.io", () -> failing(left, limited))))
        .isSameAs(limited);
    assertThat(sleeper.waits()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void onlyWhatMayPassIsTriedAgain(Reason reason) {
    NoSleep sleeper = new NoSleep(0);
    RegistryException failure = failure(reason, null);
    int[] left = {100};

    assertThat(
            catchThrowable(
                () ->
                    retries(RetryPolicy.builder().build(), sleeper)
                        .call("quay.io", () -> failing(left, failure))))
        .isSameAs(failure);

    assertThat(100 - left[0]).isEqualTo(reason.retryable() ? 5 : 1);
    assertThat(reason.retryable())
        .isEqualTo(
            reason == Reason.UNREACHABLE
                || reason == Reason.RATE_LIMITED
                || reason == Reason.SERVER);
  }

  @Test
  void anImageHasABudget() {
    NoSleep sleeper = new NoSleep(0);
    Retries retries = retries(RetryPolicy.builder().retriesPerImage(6).build(), sleeper);
    for (int i = 0; i < 2; i++) {
      int[] left = {3};
      retries.run("quay.io", () -> failing(left, failure(Reason.SERVER, null)));
    }

    int[] left = {1};
    assertThatThrownBy(
            () -> retries.run("quay.io", () -> failing(left, failure(Reason.SERVER, null))))
        .isInstanceOf(RegistryException.class);
    assertThat(sleeper.waits()).hasSize(6);
  }

  @Test
  void anInterruptEndsTheWaiting() {
    NoSleep sleeper = new NoSleep(0);
    RegistryException failure = failure(Reason.UNREACHABLE, null);
    int[] left = {3};
    Thread.currentThread().interrupt();

    assertThat(
            catchThrowable(
                () ->
                    retries(RetryPolicy.builder().build(), sleeper)
                        .call("quay.io", () -> failing(left, failure))))
        .isSameAs(failure);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(left[0]).isEqualTo(2);
  }

  @Test
  void policiesHaveToMakeSense() {
    assertThat(RetryPolicy.none().attempts()).isEqualTo(1);
    assertThatThrownBy(() -> RetryPolicy.builder().attempts(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("attempts is 0");
    assertThatThrownBy(() -> RetryPolicy.builder().jitter(1.1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jitter is 1.1");
    assertThatThrownBy(() -> RetryPolicy.builder().retriesPerImage(-1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriesPerImage is -1");
    assertThatThrownBy(() -> RetryPolicy.builder().baseDelay(Duration.ofMillis(-1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be negative");
  }
}
