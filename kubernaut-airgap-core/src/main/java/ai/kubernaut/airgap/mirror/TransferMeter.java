package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.progress.ProgressEvent.BlobFinished;
import ai.kubernaut.airgap.registry.Descriptor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Knows how much of a run's content has reached the mirror, and how long the rest may take, and
 * tells the listener. What is sent a second time after a failure counts once. Thread-safe.
 */
final class TransferMeter {
  private static final long SAMPLE_NANOS = 500_000_000L;
  private static final int SAMPLES = 20;
  private static final long ENOUGH_NANOS = 1_000_000_000L;

  /** How much had been sent at a time. */
  private record Sample(long time, long sent) {}

  private final Progress progress;
  private final LongSupplier clock;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private long total;
  private long done;
  private long sent;

  TransferMeter(Progress progress, LongSupplier clock) {
    this.progress = progress;
    this.clock = clock;
  }

  /** There is so much to do. */
  synchronized void begin(int images, int blobs, long bytes) {
    total = bytes;
    samples.add(new Sample(clock.getAsLong(), 0));
    progress.emit(run -> new ProgressEvent.MirrorSized(run, images, blobs, bytes));
  }

  /** The account of one blob, which is part of the whole that {@link #begin} was told. */
  OfBlob of(Descriptor blob) {
    return new OfBlob(blob);
  }

  /** How long the rest takes at the speed of the last seconds. */
  private Optional<Duration> remaining() {
    long now = clock.getAsLong();
    Sample last = samples.peekLast();
    if (last == null || now - last.time() >= SAMPLE_NANOS) {
      samples.add(new Sample(now, sent));
      if (samples.size() > SAMPLES) {
        samples.remove();
      }
    }
    Sample first = samples.element();
    long nanos = now - first.time();
    long bytes = sent - first.sent();
    return nanos < ENOUGH_NANOS || bytes == 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos((long) ((double) nanos / bytes * (total - done))));
  }

  /** One blob's account. */
  final class OfBlob {
    private final Descriptor blob;
    private long settled;

    private OfBlob(Descriptor blob) {
      this.blob = blob;
    }

    /** The mirror does not take the blob over from its own repository, so it has to come again. */
    void again() {
      synchronized (TransferMeter.this) {
        total += blob.size();
        settled = 0;
      }
    }

    /**
     * Content was sent.
     *
     * @param end up to which byte of the blob
     * @param bytes how much
     */
    void sent(long end, long bytes) {
      synchronized (TransferMeter.this) {
        settle(end);
        sent += bytes;
        progress.emit(run -> new ProgressEvent.BytesSent(run, bytes, done, total, remaining()));
      }
    }

    /** The blob is where it is needed. */
    void finished(Repository repository, BlobFinished.Way way) {
      synchronized (TransferMeter.this) {
        settle(blob.size());
        progress.emit(run -> new BlobFinished(run, blob.digest(), blob.size(), repository, way));
      }
    }

    private void settle(long end) {
      if (end > settled) {
        done += end - settled;
        settled = end;
      }
    }
  }
}
