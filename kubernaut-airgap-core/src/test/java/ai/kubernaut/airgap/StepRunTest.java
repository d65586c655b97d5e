package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.common.CancelledException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps in threads of their own. */
@Timeout(60)
final class StepRunTest {
  private final Airgap airgap = Airgap.builder().build();
  private final CountDownLatch begun = new CountDownLatch(1);

  /** A step that ends only when its thread is interrupted. */
  private String endless(Airgap steps) {
    assertThat(steps).isSameAs(airgap);
    begun.countDown();
    try {
      new CountDownLatch(1).await();
      return "never";
    } catch (InterruptedException e) {
      throw CancelledException.interrupted("mirroring was interrupted", e);
    }
  }

  private static Reason reason(StepRun<?> run) {
    return catchThrowableOfType(CancelledException.class, run::await).reason();
  }

  @Test
  void theResultCanBeAwaitedAndComposed() throws Exception {
    StepRun<String> run = airgap.start(steps -> "done");
    assertThat(run.await()).isEqualTo("done");
    assertThat(run.toFuture().thenApply(String::length).get()).isEqualTo(4);
  }

  @Test
  void whatTheStepThrowsIsThrown() {
    IllegalStateException failure = new IllegalStateException("no client");
    StepRun<String> run =
        airgap.start(
            steps -> {
              throw failure;
            });
    assertThatThrownBy(run::await).isSameAs(failure);
    assertThatThrownBy(() -> run.toFuture().get())
        .isInstanceOf(ExecutionException.class)
        .hasCause(failure);
  }

  @Test
  void aCancelledStepEndsWithTheReason() throws Exception {
    StepRun<String> run = airgap.start(this::endless);
    begun.await();
    run.cancel();
    assertThat(reason(run)).isEqualTo(Reason.CANCELLED);
    assertThatThrownBy(run::await).hasMessage("mirroring was interrupted");
  }

  @Test
  void aDeadlineEndsAStep() {
    StepRun<String> run = airgap.start(this::endless, Duration.ofMillis(20));
    assertThat(reason(run)).isEqualTo(Reason.DEADLINE);
  }

  @Test
  void aDeadlineThatIsNotReachedChangesNothing() {
    assertThat(airgap.start(steps -> "done", Duration.ofHours(1)).await()).isEqualTo("done");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> airgap.start(steps -> "done", Duration.ZERO))
        .withMessage("deadline PT0S must be more than zero");
  }

  @Test
  void closingCancelsWhatWasStarted() throws Exception {
    StepRun<String> run = airgap.start(this::endless);
    begun.await();
    airgap.close();
    assertThat(run.toFuture()).isCompletedExceptionally();
    assertThat(reason(run)).isEqualTo(Reason.CANCELLED);
    assertThatIllegalStateException().isThrownBy(() -> airgap.start(steps -> "late"));
  }

  @Test
  void anInterruptOfTheWaitingThreadLeavesTheStepRunning() throws Exception {
    StepRun<String> run = airgap.start(this::endless);
    Thread.currentThread().interrupt();
    assertThat(reason(run)).isEqualTo(Reason.INTERRUPTED);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(run.toFuture()).isNotDone();
    run.cancel();
    assertThat(reason(run)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void cancellingTheFutureDoesNotChangeTheStep() throws Exception {
    StepRun<String> run = airgap.start(this::endless);
    CompletableFuture<String> future = run.toFuture();
    assertThat(future.cancel(true)).isTrue();
    assertThat(run.toFuture()).isNotDone();
    run.cancel();
    assertThat(reason(run)).isEqualTo(Reason.CANCELLED);
  }
}
