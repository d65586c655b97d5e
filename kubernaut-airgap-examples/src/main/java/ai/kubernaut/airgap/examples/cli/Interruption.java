package ai.kubernaut.airgap.examples.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Ends a run in an orderly way after Ctrl-C or SIGTERM: interrupts its thread and gives it some
 * time. A second signal ends the process at once. A shutdown hook would know neither which signal
 * it was nor of a second one.
 */
final class Interruption {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Thread runner = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable ExitStatus> signal = new AtomicReference<>();
  private final Duration limit;
  private final IntConsumer exit;
  private volatile Runnable onSignal = () -> {};
  private volatile Runnable onOverdue = () -> {};

  /**
   * Creates an interruption of the current thread that nothing requests yet.
   *
   * @param limit how long to wait for the end of the run
   * @param exit ends the process with an exit status
   */
  Interruption(Duration limit, IntConsumer exit) {
    this.limit = limit;
    this.exit = exit;
  }

  /** Returns an interruption for a run inside a host, which handles its signals itself. */
  static Interruption none() {
    return new Interruption(Duration.ZERO, status -> {});
  }

  /**
   * Calls a run in this thread, and interrupts it after a signal. A signal that this process
   * ignores, for example in the background of a shell, stays ignored.
   *
   * @return the exit status of the run, or that of the signal
   */
  static int during(ToIntFunction<Interruption> run) {
    Interruption interruption = new Interruption(LIMIT, System::exit);
    Signals.register("INT", () -> interruption.request(ExitStatus.INTERRUPTED));
    Signals.register("TERM", () -> interruption.request(ExitStatus.TERMINATED));
    return interruption.call(run);
  }

  int call(ToIntFunction<Interruption> run) {
    try {
      int status = run.applyAsInt(this);
      return signal().map(ExitStatus::number).orElse(status);
    } finally {
      ended.countDown();
    }
  }

  /** Returns the exit status of the signal because of which the run has to end. */
  Optional<ExitStatus> signal() {
    return Optional.ofNullable(signal.get());
  }

  /**
   * Sets what else is done after a signal.
   *
   * @param signalled is called before the run is interrupted
   * @param overdue is called when the run has not ended in time, before the process ends
   */
  void listen(Runnable signalled, Runnable overdue) {
    onSignal = signalled;
    onOverdue = overdue;
  }

  /** Interrupts the run and waits for its end. Signals call this in threads of their own. */
  void request(ExitStatus status) {
    if (ended.getCount() == 0) {
      return;
    }
    if (!signal.compareAndSet(null, status)) {
      exit.accept(status.number());
      return;
    }
    onSignal.run();
    runner.interrupt();
    try {
      if (!ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        onOverdue.run();
        exit.accept(status.number());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
