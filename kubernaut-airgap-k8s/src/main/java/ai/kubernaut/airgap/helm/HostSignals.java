package ai.kubernaut.airgap.helm;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the signal handlers of the host. The first calls of Helm in a process make its Go runtime
 * install handlers of its own, once and for all: the JVM would ignore SIGTERM, SIGINT and SIGQUIT
 * afterwards. So the first call is one that does nothing, and the handlers of the host are put back
 * after it; Go does not install its own again.
 */
final class HostSignals {
  /** The size of the C structure {@code sigaction} is smaller on every platform. */
  private static final int SIGACTION_BYTES = 512;

  private HostSignals() {}

  /** SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and SIGUSR2. */
  private static List<Integer> signals() {
    List<Integer> signals = new ArrayList<>(List.of(1, 2, 3, 15));
    signals.addAll(Platform.isMac() ? List.of(30, 31) : List.of(10, 12));
    return signals;
  }

  /** A handler of the host. */
  private record Kept(int signal, Memory action) {}

  /**
   * Runs the first call of Helm. Static and synchronized: handlers belong to the process, and two
   * clients must not put back each other's.
   *
   * @param firstCall a call that makes Go install its handlers
   */
  static synchronized void keepDuring(Runnable firstCall) {
    if (Platform.isWindows()) {
      firstCall.run();
      return;
    }
    List<Kept> kept = new ArrayList<>();
    for (int signal : signals()) {
      Memory action = new Memory(SIGACTION_BYTES);
      action.clear();
      if (sigaction(signal, Pointer.NULL, action)) {
        kept.add(new Kept(signal, action));
      }
    }
    try {
      firstCall.run();
    } finally {
      kept.forEach(handler -> sigaction(handler.signal(), handler.action(), Pointer.NULL));
    }
  }

  /** Calls the C function of this name; returns whether it succeeded. */
  private static boolean sigaction(int signal, Pointer action, Pointer previous) {
    return Function.getFunction("c", "sigaction").invokeInt(new Object[] {signal, action, previous})
        == 0;
  }
}
