package ai.kubernaut.airgap.registry.http;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer's body, which can be broken off from another thread. It has a deadline
 * except while a blob moves; then it has a minimum rate.
 */
final class Transfer {
  /** Why a transfer was broken off. */
  enum Stop {
    INTERRUPTED,
    CLOSED,
    TOO_LONG,
    TOO_SLOW
  }

  private final Transfers owner;
  private final Cancellable request;
  private final TransferLimits limits;
  private final TransferRate rate;
  private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
  private volatile @Nullable Thread waiting;
  private volatile boolean streaming;
  private volatile long deadline;

  Transfer(Transfers owner, Cancellable request, TransferLimits limits) {
    this.owner = owner;
    this.request = request;
    this.limits = limits;
    this.rate = new TransferRate(limits);
    startDeadline();
  }

  TransferLimits limits() {
    return limits;
  }

  /** The current thread is going to wait for the connection. */
  void enter() {
    waiting = Thread.currentThread();
  }

  /** The current thread does not wait any more. */
  void leave() {
    waiting = null;
  }

  /** From now on a blob moves, for as long as it has to. */
  void startStreaming() {
    streaming = true;
  }

  /** The blob has been sent, and the answer is due. */
  void endStreaming() {
    startDeadline();
    streaming = false;
  }

  private void startDeadline() {
    deadline = System.nanoTime() + limits.requestTimeout().toNanos();
  }

  /** How fast the blob moves. */
  TransferRate rate() {
    return rate;
  }

  /** Breaks the transfer off when its thread was interrupted or a limit is exceeded. */
  void check() {
    Thread thread = waiting;
    if (thread != null && thread.isInterrupted()) {
      stop(Stop.INTERRUPTED);
    } else if (streaming) {
      if (rate.isTooSlow()) {
        stop(Stop.TOO_SLOW);
      }
    } else if (System.nanoTime() - deadline > 0) {
      stop(Stop.TOO_LONG);
    }
  }

  void stop(Stop why) {
    stop.compareAndSet(null, why);
    request.cancel();
  }

  @Nullable Stop stopped() {
    return stop.get();
  }

  /** Breaks the connection without a reason to report. */
  void abort() {
    request.cancel();
  }

  void end() {
    leave();
    owner.end(this);
  }
}
