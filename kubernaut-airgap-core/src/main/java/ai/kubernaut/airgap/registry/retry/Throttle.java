package ai.kubernaut.airgap.registry.retry;

import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Keeps all requests to one registry within a limit: each takes its turn, and waits until it has
 * come. Nothing is saved up in quiet times. Thread-safe.
 */
final class Throttle {
  private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

  private final String registry;
  private final double nanosPerRequest;
  private final double nanosPerByte;
  private final int mostBytesAtOnce;
  private final Sleeper sleeper;
  private final Progress progress;
  private long nextRequest;
  private long nextByte;

  Throttle(String registry, RateLimit limit, Sleeper sleeper, Progress progress) {
    this.registry = registry;
    this.nanosPerRequest = 1e9 / limit.requestsPerSecond().orElse(Double.POSITIVE_INFINITY);
    long bytes = limit.bytesPerSecond().orElse(Long.MAX_VALUE);
    this.nanosPerByte = 1e9 / bytes;
    // A connection on which nothing happens for long would be taken for dead.
    this.mostBytesAtOnce = (int) Math.min(1 << 20, bytes);
    this.sleeper = sleeper;
    this.progress = progress;
    this.nextRequest = sleeper.nanoTime();
    this.nextByte = nextRequest;
  }

  /** Waits for the turn of a request. */
  void request() {
    long now;
    long turn;
    synchronized (this) {
      now = sleeper.nanoTime();
      turn = Math.max(now, nextRequest);
      nextRequest = turn + (long) nanosPerRequest;
    }
    sleep(turn - now);
  }

  /** Counts bytes, and waits until more may follow. */
  void bytes(int count) {
    long now;
    long turn;
    synchronized (this) {
      now = sleeper.nanoTime();
      turn = Math.max(now, nextByte) + (long) (count * nanosPerByte);
      nextByte = turn;
    }
    sleep(turn - now);
  }

  private void sleep(long nanos) {
    Duration wait = Duration.ofNanos(nanos);
    if (wait.toMillis() == 0) {
      return;
    }
    if (wait.compareTo(WORTH_TELLING) >= 0) {
      progress.emit(run -> new ProgressEvent.Waiting(run, registry, wait));
    }
    try {
      sleeper.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(
          RegistryException.Reason.UNREACHABLE,
          registry,
          0,
          "waiting for " + registry + "'s turn was interrupted",
          e);
    }
  }

  /** A stream that gives no more than is allowed. */
  InputStream limit(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
          bytes(1);
        }
        return value;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, Math.min(length, mostBytesAtOnce));
        if (count > 0) {
          bytes(count);
        }
        return count;
      }
    };
  }
}
