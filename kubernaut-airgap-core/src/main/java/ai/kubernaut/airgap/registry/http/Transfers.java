package ai.kubernaut.airgap.registry.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * The transfers that are under way. A thread that waits for a socket does not notice an interrupt,
 * and a socket's timeout begins anew with each byte. So one daemon thread looks every {@value
 * #TICK_MILLIS} ms whether a waiting thread was interrupted, or a transfer takes too long, and
 * breaks its connection. That thread lives only while there are transfers.
 */
final class Transfers {
  private static final int TICK_MILLIS = 100;
  private static final int IDLE_TICKS = 20;
  private static final long END_MILLIS = 1000;

  private final Set<Transfer> open = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();
  private @Nullable Thread watcher;
  private volatile boolean closed;

  /** Registers a transfer that the current thread is about to wait for. */
  Transfer begin(Cancellable request, TransferLimits limits) {
    Transfer transfer = new Transfer(this, request, limits);
    transfer.enter();
    open.add(transfer);
    if (closed) {
      transfer.stop(Transfer.Stop.CLOSED);
    } else {
      startWatching();
    }
    return transfer;
  }

  void end(Transfer transfer) {
    open.remove(transfer);
  }

  private void startWatching() {
    synchronized (lock) {
      if (watcher == null) {
        watcher = new Thread(this::watch, "airgap-registry-interrupts");
        watcher.setDaemon(true);
        watcher.start();
      }
    }
  }

  private void watch() {
    int idle = 0;
    while (pause(idle)) {
      // Without the lock: breaking a connection can take a moment.
      for (Transfer transfer : open) {
        transfer.check();
      }
      idle = open.isEmpty() ? idle + 1 : 0;
    }
  }

  /** Waits for one tick; false when there is nothing left to watch. */
  private boolean pause(int idle) {
    synchronized (lock) {
      if (closed || (idle >= IDLE_TICKS && open.isEmpty())) {
        watcher = null;
        return false;
      }
    }
    LockSupport.parkNanos(this, TICK_MILLIS * 1_000_000L);
    return true;
  }

  /** Breaks every transfer off; later ones break off at once. */
  void close() {
    closed = true;
    open.forEach(transfer -> transfer.stop(Transfer.Stop.CLOSED));
    Thread last;
    synchronized (lock) {
      last = watcher;
    }
    if (last != null) {
      LockSupport.unpark(last);
      try {
        last.join(END_MILLIS);
      } catch (InterruptedException e) {
        // It ends by itself; the caller is told in the usual way.
        Thread.currentThread().interrupt();
      }
    }
  }
}
