package ai.kubernaut.airgap.registry.http;

/**
 * Measures how fast a blob moves. Only the time counts in which this side waits for the other one:
 * a slow source or a slow reader does not make the registry slow. Thread-safe.
 */
final class TransferRate {
  private final long windowNanos;
  private final double minimum;
  private boolean waiting;
  private long since;
  private long waited;
  private long moved;

  TransferRate(TransferLimits limits) {
    this.windowNanos = limits.window().toNanos();
    this.minimum = limits.bytesPerSecond() * (windowNanos / 1e9);
  }

  /**
   * Begins to wait.
   *
   * @param bytes what is handed over in any case, as a write does
   */
  synchronized void begin(long bytes) {
    moved += bytes;
    since = System.nanoTime();
    waiting = true;
  }

  /**
   * Ends to wait.
   *
   * @param bytes what has come
   */
  synchronized void end(long bytes) {
    moved += bytes;
    waited += System.nanoTime() - since;
    waiting = false;
    if (waited >= windowNanos && moved >= minimum) {
      waited = 0;
      moved = 0;
    }
  }

  /** Whether less than the minimum has moved in a whole window of waiting. */
  synchronized boolean isTooSlow() {
    long total = waited + (waiting ? System.nanoTime() - since : 0);
    return total >= windowNanos && moved < minimum;
  }
}
