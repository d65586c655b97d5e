package ai.kubernaut.airgap.registry.http;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/** One request and its answer's body, which can be broken off from another thread. */
final class Transfer {
  /** Why a transfer was broken off. */
  enum Stop {
    INTERRUPTED,
    CLOSED
  }

  private final Transfers owner;
  private final Cancellable request;
  private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
  private volatile @Nullable Thread waiting;

  Transfer(Transfers owner, Cancellable request) {
    this.owner = owner;
    this.request = request;
  }

  /** The current thread is going to wait for the connection. */
  void enter() {
    waiting = Thread.currentThread();
  }

  /** The current thread does not wait any more. */
  void leave() {
    waiting = null;
  }

  void stopWhenInterrupted() {
    Thread thread = waiting;
    if (thread != null && thread.isInterrupted()) {
      stop(Stop.INTERRUPTED);
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
