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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps in threads of their own. */
@Timeout(60)
final class StepRunTest {
  private final Airgap airgap = Airgap.builder().build();
  private final CountDownLatch begun = new CountDownLatch(1);

  /** A step that ends only when its thread is interrupted. */
  private String endless(Airgap steps) {
    begun.countDown();
    try {
      new CountDownLatch(1).await();
      return "never";
    } catch (InterruptedException e) {
      throw CancelledException.interrupted("mirroring was interrupted", e);
    }
  }

  private static RunOptions deadline(Duration limit) {
    return RunOptions.builder().deadline(limit).build();
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
    StepRun<String> run = airgap.start(this::endless, deadline(Duration.ofMillis(20)));
    assertThat(reason(run)).isEqualTo(Reason.DEADLINE);
  }

  @Test
  void aDeadlineThatIsNotReachedChangesNothing() {
    assertThat(airgap.start(steps -> "done", deadline(Duration.ofHours(1))).await())
        .isEqualTo("done");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> deadline(Duration.ZERO))
        .withMessage("deadline is PT0S; it must be more than zero");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunOptions.builder().id(" ").build())
        .withMessage("id is blank; it must identify the run");
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

  @Test
  void theOptionsOfARunCancelIt() throws Exception {
    CompletableFuture<Void> cancel = new CompletableFuture<>();
    StepRun<String> run =
        airgap.start(this::endless, RunOptions.builder().cancelledBy(cancel).build());
    begun.await();
    cancel.completeExceptionally(new IllegalStateException("the host stops"));
    assertThat(reason(run)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void aRunThatIsWaitedForIsCancelledWithItsCaller() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              try {
                begun.await();
                caller.interrupt();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    interrupter.start();
    assertThatThrownBy(
            () ->
                airgap.run(
                    steps -> {
                      try {
                        return endless(steps);
                      } finally {
                        ended.countDown();
                      }
                    },
                    RunOptions.builder().build()))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    ended.await();
    interrupter.join();
  }

  @Test
  void anExecutorOfTheHostGetsItsThreadBackUninterrupted() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (Airgap inPool = Airgap.builder().executor(pool).build()) {
      StepRun<String> first = inPool.start(this::endless);
      StepRun<String> second = inPool.start(steps -> "done");
      StepRun<String> third = inPool.start(steps -> "never");
      begun.await();
      third.cancel();
      assertThat(reason(third)).isEqualTo(Reason.CANCELLED);
      first.cancel();
      assertThat(reason(first)).isEqualTo(Reason.CANCELLED);
      assertThat(second.await()).isEqualTo("done");
      assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
    } finally {
      pool.shutdownNow();
    }
    try (Airgap without = Airgap.builder().executor(pool).build()) {
      assertThatThrownBy(() -> without.start(steps -> "rejected"))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  @Test
  void closingInARunClosesNothing() {
    assertThat(
            airgap
                .start(
                    steps -> {
                      steps.close();
                      return "done";
                    })
                .await())
        .isEqualTo("done");
    assertThat(airgap.start(steps -> "again").await()).isEqualTo("again");
  }

  @Test
  void aRunWithoutMirroringHasNothingToResume() throws Exception {
    StepRun<String> run = airgap.start(this::endless);
    begun.await();
    assertThat(run.pause()).isEmpty();
    assertThat(reason(run)).isEqualTo(Reason.CANCELLED);
    StepRun<String> done = airgap.start(steps -> "done");
    assertThat(done.await()).isEqualTo("done");
    assertThat(done.pause()).isEmpty();
    assertThat(done.await()).isEqualTo("done");
  }
}
