package ai.kubernaut.airgap.registry.http;

import java.time.Duration;

/**
 * How long requests may take.
 *
 * @param requestTimeout the longest time that a request may take without the blob that it carries
 *     or brings
 * @param bytesPerSecond the lowest rate at which a blob may move; 0 for any
 * @param window the time over which that rate is measured
 */
record TransferLimits(Duration requestTimeout, long bytesPerSecond, Duration window) {
  /** The same for a request that is to give up sooner. */
  TransferLimits within(Duration timeout) {
    return new TransferLimits(timeout, bytesPerSecond, window);
  }

  /** A duration for people, in seconds. */
  static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() / 1000.0 + " s";
  }
}
