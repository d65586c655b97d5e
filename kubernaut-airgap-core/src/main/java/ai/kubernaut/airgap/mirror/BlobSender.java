package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Sends one blob for one image. It is sent in one request at first, which is fastest and which
 * every registry supports. When that breaks, it resumes at the offset that the registry reports.
 * Some registries, distribution 2.8 among them, discard a session when a request breaks in the
 * middle, and some proxies refuse large bodies (413): then the blob is sent again in chunks, so
 * that the next failure costs less. A chunk is read from the source before it is sent, so that
 * neither a slow source nor the end of the process is likely to break it in the middle. With a
 * journal, large blobs are sent in chunks from the beginning.
 */
final class BlobSender {
  /**
   * Small enough to be held in memory, large enough to cost little time, and what S3 and ECR want
   * of a piece at least.
   */
  static final int CHUNK = 5 << 20;

  /** A registry whose pieces have to be larger than this gets none. */
  private static final int MAX_CHUNK = 32 << 20;

  private final ImageCopy image;
  private final Descriptor blob;
  private final TransferMeter.OfBlob meter;
  private final Journal journal;
  private final int chunk;
  private final BooleanSupplier stopping;
  private boolean inPieces;
  private boolean resumed;
  private boolean renewed;
  private int failures;

  /**
   * @param stopping whether the run is ending, so that no further piece is to be sent
   */
  BlobSender(
      ImageCopy image,
      Descriptor blob,
      TransferMeter.OfBlob meter,
      Journal journal,
      int chunk,
      BooleanSupplier stopping) {
    this.stopping = stopping;
    this.journal = journal;
    this.inPieces = journal.isKept();
    this.image = image;
    this.blob = blob;
    this.meter = meter;
    this.chunk = chunk;
  }

  void send() {
    Optional<BlobUpload> earlier =
        journal
            .session(image.to(), blob.digest())
            .flatMap(session -> image.target().resumeUpload(image.to(), session));
    Optional<Long> arrived = earlier.flatMap(this::arrived);
    if (arrived.isPresent()) {
      resumed = true;
      image.bytesResumed(arrived.get());
      send(earlier.orElseThrow(), arrived.get());
      return;
    }
    Optional<BlobUpload> upload = image.target().beginUpload(image.to());
    if (upload.isPresent()) {
      send(upload.get(), 0);
    } else {
      sendWhole();
    }
  }

  /** The way for clients that cannot continue uploads. */
  private void sendWhole() {
    while (true) {
      try (CountedInput source = open(0)) {
        try {
          image.target().writeBlob(image.to(), blob, source);
          return;
        } catch (RegistryException e) {
          pause(source, e);
        }
      }
    }
  }

  private void send(BlobUpload first, long start) {
    BlobUpload upload = first;
    boolean keep = false;
    try {
      long offset = start;
      boolean stored = false;
      while (!stored) {
        journal.sending(image.to(), blob.digest(), upload);
        try (CountedInput source = open(offset)) {
          try {
            sendFrom(upload, offset, source);
            stored = true;
          } catch (CancellationException e) {
            keep = journal.isKept();
            throw e;
          } catch (RegistryException e) {
            keep = canGoOnLater(e);
            pause(source, e);
            Optional<Long> arrived =
                e.reason() == Reason.DIGEST_MISMATCH ? Optional.empty() : arrived(upload);
            if (arrived.isPresent()) {
              failures = arrived.get() > offset ? 0 : failures;
              offset = arrived.get();
            } else if (isStored()) {
              stored = true;
            } else {
              inPieces = true;
              offset = 0;
              upload = image.target().beginUpload(image.to()).orElseThrow();
            }
          }
        }
      }
      journal.ended(image.to(), blob.digest());
      keep = true;
    } finally {
      if (!keep) {
        journal.ended(image.to(), blob.digest());
        upload.abandon();
      }
    }
  }

  /**
   * A run that ends because the link is down, or is interrupted, leaves its uploads to the next.
   */
  private boolean canGoOnLater(RegistryException e) {
    return journal.isKept() && (e.reason().retryable() || Thread.currentThread().isInterrupted());
  }

  private void sendFrom(BlobUpload upload, long start, InputStream content) {
    long offset = start;
    long size = Math.max(chunk, upload.minimumChunk());
    while (inPieces && size <= MAX_CHUNK && blob.size() - offset > leastRest(offset, size)) {
      if (stopping.getAsBoolean()) {
        throw new CancellationException();
      }
      byte[] piece = piece(content, (int) Math.min(size, blob.size() - offset));
      upload.append(offset, piece.length, new ByteArrayInputStream(piece));
      journal.sending(image.to(), blob.digest(), upload);
      offset += piece.length;
      failures = 0;
    }
    upload.finish(blob, offset, content);
  }

  /**
   * How much the closing request may carry. A registry that has begun to receive it may give the
   * session up when it breaks, with all that it had acknowledged; so with a journal, a blob of
   * several pieces is complete before the session is closed.
   */
  private long leastRest(long offset, long size) {
    return journal.isKept() && offset > 0 ? 0 : size;
  }

  private static byte[] piece(InputStream content, int size) {
    try {
      return content.readNBytes(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits before the next try. Throws what the target did when there is no sense in one. */
  private void pause(CountedInput source, RegistryException e) {
    if (source.hasFailed()) {
      throw e;
    }
    if (e.reason() == Reason.UNAUTHORIZED && !renewed) {
      // The token has expired on the way; the next request, without a body, fetches another.
      renewed = true;
    } else if (e.status().orElse(0) == 413 && !inPieces && blob.size() > chunk) {
      inPieces = true;
    } else if (e.reason() == Reason.DIGEST_MISMATCH && resumed) {
      // What an earlier run sent is not what it should be; this one can do better.
      resumed = false;
    } else if (e.reason().retryable() || isSessionLost(e)) {
      failures++;
      image.target().pause(e, failures);
    } else {
      throw e;
    }
  }

  /**
   * 404 and 416 to a piece speak of the session; that the repository may be written was seen when
   * the upload began. Distribution 2.8 answers so when what a broken connection left behind arrives
   * only after it was asked for the offset.
   */
  private static boolean isSessionLost(RegistryException e) {
    return e.reason() == Reason.NOT_FOUND || e.status().orElse(0) == 416;
  }

  /** How much the registry holds; empty when it has given the session up. */
  private Optional<Long> arrived(BlobUpload upload) {
    try {
      long offset = upload.offset();
      return offset <= blob.size() ? Optional.of(offset) : Optional.empty();
    } catch (RegistryException e) {
      if (e.reason().retryable() || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** The answer to the last request may have been all that was lost. */
  private boolean isStored() {
    return image.target().findBlob(image.to(), blob.digest()).equals(OptionalLong.of(blob.size()));
  }

  private CountedInput open(long start) {
    long[] position = {start};
    return new CountedInput(
        image.source().readBlob(image.from(), blob, start),
        count -> {
          position[0] += count;
          image.bytesSent(count);
          meter.sent(position[0], count);
        });
  }
}
