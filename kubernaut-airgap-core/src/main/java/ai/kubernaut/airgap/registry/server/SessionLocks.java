package ai.kubernaut.airgap.registry.server;

import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Lets one request at a time use an upload session. A request that continues after a broken
 * connection waits until the server has noticed that the earlier one is over.
 */
final class SessionLocks {
  private final Set<String> used = new HashSet<>();

  synchronized void acquire(String session) throws InterruptedIOException {
    try {
      while (!used.add(session)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server is closed");
    }
  }

  synchronized void release(String session) {
    used.remove(session);
    notifyAll();
  }
}
